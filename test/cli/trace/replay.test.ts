/** `trace replay`: the traces of test/traces, and what is said when the client sends something else. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TraceEvent } from '../../../src/cli/trace/format.ts';
import { type ReadTrace, readTrace } from '../../../src/cli/trace/read.ts';
import { replay } from '../../../src/cli/trace/replay.ts';
import { EXIT, UsageError } from '../../../src/errors.ts';
import { tracing } from './traced.ts';

const FOLDER = 'test/traces';
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'));
const SECRETS = ['--trace', '--trace-secrets'];

function replayed(trace: ReadTrace): Promise<number> {
  return replay(trace, AbortSignal.timeout(20_000));
}

/** Replays a trace with other events, and returns the message of the difference. */
async function difference(trace: ReadTrace, change: (event: TraceEvent) => TraceEvent[]): Promise<string> {
  const error = await replayed({ ...trace, events: trace.events.flatMap(change) }).then(
    () => assert.fail('it does not differ'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof UsageError && error.type === 'REPLAY_DIFFERS' && error.exit === EXIT.bug, String(error));
  return error.message;
}

test('the recorded traces: a fresh key, a stored key, a password after a refused salt', () => {
  assert.deepEqual(FILES.sort(), ['fresh-key.jsonl', 'password.jsonl', 'stored-key.jsonl']);
});

for (const file of FILES)
  test(`${file}: the same bytes go out (if a change was intended: node --import tsx test/traces/record.ts)`, async () => {
    const trace = readTrace(join(FOLDER, file));
    const sent = trace.events.filter((event) => event.event === 'frame' && event.from === 'client');
    assert.equal(await replayed(trace), sent.length);
  });

describe('a difference', () => {
  const trace = readTrace(join(FOLDER, 'fresh-key.jsonl'));

  test('names the first message, the byte and the field', async () => {
    const changed = await difference(trace, (event) => {
      const isCall = event.event === 'frame' && event.frame === 7;
      return [
        isCall ? { ...event, wire: event.wire?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? '' } : event,
      ];
    });
    assert.match(changed, /message 7 \(.*auth\.sendCall\) differs at byte 219 of its frame\.$/);
    const call = '79991234567'.replace(/./g, (digit) => `3${digit}`);
    const other = await difference(trace, (event) =>
      event.event === 'call'
        ? [{ ...event, bytes: event.bytes?.replace(call, call.replace(/7$/, '8')) ?? '' }]
        : [event],
    );
    assert.match(
      other,
      /message 7 \(.*auth\.sendCall\) differs at byte \d+ of its frame: the field phone_number at byte \d+ of/,
    );
  });

  test('in the randomness, the time, the number of messages and the connections', async () => {
    const drawn = trace.events.filter((event) => event.event === 'random');
    assert.match(
      await difference(trace, (event) => (event === drawn[0] ? [] : [event])),
      /drew 16 random bytes where it had drawn \d+/,
    );
    assert.match(
      await difference(trace, (event) => [event.event === 'time' ? { ...event, now: event.now + 5000 } : event]),
      /message 1 \(req_pq_multi\) differs at byte \d+ of its frame: the field msg_id/,
    );
    assert.match(
      await difference(trace, (event) => (event.event === 'frame' && event.frame === 10 ? [] : [event])),
      /it sends one frame more/,
    );
    assert.match(
      await difference(trace, (event) => (event.event === 'call' ? [] : [event])),
      /it does not connect to 127\.0\.0\.1:\d+/,
    );
    assert.match(
      await difference(trace, (event) => [event.event === 'open' ? { ...event, address: '127.0.0.1:1' } : event]),
      /it does not connect to 127\.0\.0\.1:1 next/,
    );
  });
});

test('what the sandbox does now can be replayed: temporary keys, a move, a wait, a break, a refusal', async () => {
  const { sandbox, run } = await tracing();
  const again = async (words: readonly string[], fault?: string) => {
    sandbox.fault(...(fault === undefined ? [] : [fault]));
    const traced = await run(words, { session: words.join(), flags: SECRETS });
    await replayed(readTrace(traced.file));
    return traced.outcome;
  };
  assert.match(await again(['send-code', '9996620001', '--pfs']), /^\w+$/);
  assert.match(await again(['send-code', '9996629303']), /^\w+$/);
  assert.match(await again(['send-code', '9996620002', '--transport', 'obfuscated-padded']), /^\w+$/);
  assert.match(await again(['send-code', '9996620003'], 'close@a1'), /^\w+$/);
  assert.match(await again(['send-code', '9996620004'], 'clock:4000'), /^\w+$/);
  assert.equal(await again(['send-code', '9996620005', '--transport', 'full'], 'msg-key@a1'), 'SECURITY_CHECK_FAILED');
  assert.equal(await again(['send-code', '9996629010']), 'PHONE_NUMBER_INVALID');
  const traced = await run(['send-code', '9996620006'], { session: 'redacted' });
  await assert.rejects(replayed(readTrace(traced.file)), /Only a trace with secrets/);
});
