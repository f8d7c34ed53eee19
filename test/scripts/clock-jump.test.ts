/** A clock that jumps changes no wait: the server named the seconds. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/index.ts';
import { checkFailure, type Env, envOf, lasting, sessionFile } from './cli.ts';
import { runs, tgAuth } from './in-process.ts';

const DAY = 86_400;

/** Moves times in the only session file, as if the clock had been set back by a day since. */
function setBack(env: Env, keys: string): void {
  const file = sessionFile(env) ?? '';
  const times = new RegExp(`("(?:${keys})": )(\\d+)`, 'g');
  const text = readFileSync(file, 'utf8').replace(times, (_, key: string, time: string) => key + (Number(time) + DAY));
  writeFileSync(file, text);
}

test('a wait is never longer than the server said, even if the clock was set back by a day', async () => {
  const env = envOf(await lasting(startSandbox()));
  const { timeout } = JSON.parse(await runs(['send-code', '9996621234', '--json'], env));
  setBack(env, 'asked|deadline');
  const ended = await tgAuth(['send-call', '9996621234', '--wait', '--timeout', '1', '--json'], env);
  checkFailure(ended, 20, 'WAIT_TOO_LONG');
  assert.equal(JSON.parse(ended.stdout).error.retryAfter, timeout);
});

test('nor is a FLOOD_WAIT of an earlier command', async () => {
  const env = envOf(await lasting(startSandbox()));
  checkFailure(await tgAuth(['send-code', '9996629120', '--json'], env), 20, 'FLOOD_WAIT_X');
  setBack(env, 'asked');
  const { stderr } = await tgAuth(['send-code', '9996629120'], env);
  assert.match(stderr, /asked you to wait until \S+ \S+ \(21 h 1[56] min\) before/);
  assert.match(await runs(['session', 'show'], env), /^waits: .*, retryAfter 21 h 1[56] min$/m);
});
