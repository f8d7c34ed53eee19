/** A clock that jumps changes no wait: the server named the seconds. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/index.ts';
import { checkFailure, envOf, lasting, runs, sessionFile, tgAuth } from './cli.ts';

test('a wait is never longer than the server said, even if the clock was set back by a day', async () => {
  const env = envOf(await lasting(startSandbox()));
  const { timeout } = JSON.parse(await runs(['send-code', '9996621234', '--json'], env));
  const file = sessionFile(env) ?? '';
  const later = (key: string, text: string) =>
    text.replace(new RegExp(`("${key}": )(\\d+)`), (_, name: string, time: string) => name + (Number(time) + 86_400));
  writeFileSync(file, later('asked', later('deadline', readFileSync(file, 'utf8'))));
  const ended = await tgAuth(['send-call', '9996621234', '--wait', '--timeout', '1', '--json'], env);
  checkFailure(ended, 20, 'WAIT_TOO_LONG');
  assert.equal(JSON.parse(ended.stdout).error.retryAfter, timeout);
});
