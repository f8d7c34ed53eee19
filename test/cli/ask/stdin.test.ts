import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readAll } from '../../../src/cli/ask/stdin.ts';
import { UsageError } from '../../../src/errors.ts';

const MOST = 1 << 20;
const never = new AbortController().signal;

function* chunks(bytes: number) {
  for (let left = bytes; left > 0; left -= 4096) yield Buffer.alloc(Math.min(left, 4096), 'x');
}

test('1 MiB is read whole', async () => {
  assert.equal((await readAll(Readable.from(chunks(MOST)), never)).length, MOST);
});

test('one byte more is refused, and nothing after it is read', async () => {
  let taken = 0;
  function* endless() {
    for (;;) {
      taken += 4096;
      yield Buffer.alloc(4096, 'x');
    }
  }
  for (const more of [chunks(MOST + 1), endless()]) {
    const stdin = Readable.from(more);
    await assert.rejects(readAll(stdin, never), (error: unknown) => error instanceof UsageError && error.exit === 2);
    assert.ok(stdin.destroyed);
  }
  assert.ok(taken < 2 * MOST);
});

test('the last newline is dropped, and a character may be split between chunks', async () => {
  assert.equal(await readAll(Readable.from([Buffer.from('a\n\r\n')]), never), 'a\n');
  const [one, two] = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)];
  assert.equal(await readAll(Readable.from([one, two]), never), 'ä');
});

test('an abort ends the wait with its reason', async () => {
  const stop = new AbortController();
  const reading = readAll(new Readable({ read() {} }), stop.signal);
  stop.abort(new UsageError('too late'));
  await assert.rejects(reading, /too late/);
});
