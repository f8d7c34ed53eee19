/** The recipes of the sandbox's README are short. The one for a shell runs here, test:peers runs the others. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BIN, cleanEnv, folder, POSIX, runs, start } from '../scripts/cli.ts';
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

/** Runs the last step of the GitHub action. GITHUB_ENV is the file to which it writes variables. */
async function runAction(OPTIONS: string) {
  const [, script = ''] =
    /^ {6}run: \|\n([\s\S]*)$/m.exec(readFileSync('.github/actions/sandbox/action.yml', 'utf8')) ?? [];
  const GITHUB_ENV = join(folder(), 'env');
  const job = cleanEnv({ GITHUB_ENV, GITHUB_ACTION_PATH: resolve('.github/actions/sandbox'), OPTIONS });
  return { GITHUB_ENV, ...(await start('bash', ['-e', '-c', script], job).ended) };
}

test('the GitHub action starts a sandbox and exports its variables', POSIX, async () => {
  const { GITHUB_ENV, code, stderr } = await runAction('--speed 20');
  assert.equal(code, 0, stderr);
  const lines = readFileSync(GITHUB_ENV, 'utf8').trim().split('\n');
  const variables = Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ''), line.replace(/^.*?=/, '')]));
  try {
    assert.match(variables.TG_AUTH_SANDBOX_CONTROL ?? '', /^http:/);
    const args = ['send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84'];
    assert.equal(await runs(args, cleanEnv(variables)), 'true');
  } finally {
    process.kill(Number(variables.TG_AUTH_SANDBOX_PID));
  }
});

test('the GitHub action fails if no sandbox starts: later steps would use the real Telegram', POSIX, async () => {
  const { GITHUB_ENV, code, stderr } = await runAction('--fault rain');
  assert.equal(code, 2, stderr);
  assert.ok(!existsSync(GITHUB_ENV));
});
