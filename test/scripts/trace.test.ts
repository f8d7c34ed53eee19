/** Traces of the built program: in a sandbox's command, on a full disk, and what replay and show print. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkFailure, cleanEnv, folder, tgAuth } from './cli.ts';

const CALL = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84'];

test('a command of a sandbox records a trace with secrets, which can be replayed and shown', async () => {
  const file = join(folder(), 'call.jsonl');
  const traced = await tgAuth(['sandbox', '--', 'tg-auth', ...CALL, '--trace', file, '--trace-secrets'], cleanEnv());
  assert.deepEqual([traced.code, traced.stdout], [0, 'true\n'], traced.stderr);
  const replayed = await tgAuth(['trace', 'replay', file, '--json']);
  assert.deepEqual([replayed.code, JSON.parse(replayed.stdout).result], [0, true], replayed.stderr);
  const shown = await tgAuth(['trace', 'show', file, '--json']);
  assert.match(JSON.parse(shown.stdout).result, /auth\.sendCall .*encrypted/);
  checkFailure(await tgAuth(['trace', 'show', 'package.json', '--json']), 2, 'USAGE');
});

test('a trace that cannot be written ends with 32', { skip: !existsSync('/dev/full') }, async () => {
  checkFailure(await tgAuth([...CALL, '--sandbox', '--json', '--trace', '/dev/full']), 32, 'FILE_UNWRITABLE');
});

test('the example of the documentation is a header', () => {
  const [, line = ''] = /```json\n(.*)\n/.exec(readFileSync('src/cli/trace/README.md', 'utf8')) ?? [];
  const { format, version, secrets } = JSON.parse(line);
  assert.deepEqual([format, version, secrets], ['tg-auth-trace', 1, false]);
});
