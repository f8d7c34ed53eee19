/** The recipes of the sandbox's README are short. The one for a shell runs here, test:peers runs the others. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BIN, cleanEnv, POSIX, start } from '../scripts/cli.ts';
import { MAX_LINES, RECIPES, textOf } from './recipes/index.ts';

const recipe = (file: string) => fileURLToPath(new URL(`recipes/${file}`, import.meta.url));
const hasCurl = spawnSync('curl', ['--version']).status === 0;

test(`no recipe has more than ${MAX_LINES} lines`, () => {
  for (const each of RECIPES) assert.ok(textOf(each).trimEnd().split('\n').length <= MAX_LINES, each.file);
});

const NEEDS_CURL = hasCurl ? POSIX : { skip: 'curl is not installed' };

test('the shell script signs in', NEEDS_CURL, async () => {
  const args = [BIN, 'sandbox', '--control', '0', '--', 'bash', recipe('login.sh')];
  const { code, stdout, stderr } = await start(process.execPath, args, cleanEnv({})).ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^true\n9996621002\n9996621002\tTest 21002 .*\n$/);
});
