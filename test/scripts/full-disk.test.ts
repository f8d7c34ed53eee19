/** A full disk: nothing is left that blocks the next run. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/index.ts';
import { BIN, checkFailure, envOf, lasting, POSIX, start, tgAuth } from './cli.ts';

/** Limits files to 0 bytes, like a full disk: files can be created but not written. */
const FULL = `trap '' XFSZ; ulimit -f 0; exec "$@"`;

test('a lock that could not be written is removed', POSIX, async () => {
  const env = envOf(await lasting(startSandbox()));
  const args = ['send-code', '+9996620000', '--json'];
  const ended = await start('/bin/sh', ['-c', FULL, 'sh', process.execPath, BIN, ...args], env).ended;
  checkFailure(ended, 32, /^STORE_/);
  const files = readdirSync(env.XDG_STATE_HOME ?? '', { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    files.filter((file) => /\.(lock|json)/.test(file)),
    [],
  );
  assert.equal((await tgAuth(args, env)).code, 0);
});
