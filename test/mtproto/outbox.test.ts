/** The queue and the memory of sent messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BareMessage } from '../../src/mtproto/envelope.ts';
import { Outbox } from '../../src/mtproto/outbox.ts';
import { mtproto } from '../../src/tl/layer.ts';
import { NOW } from '../pair.ts';

const BODY = new Uint8Array(4);
const outbox = () => new Outbox(() => NOW);

/** The messages that were taken, without their containers. */
function messagesIn(taken: readonly BareMessage[]) {
  return taken.flatMap((message): readonly Pick<BareMessage, 'msg_id' | 'body'>[] => {
    const value = message.body === BODY ? undefined : mtproto.decodeAny(message.body);
    return value?._ === 'msg_container' ? value.messages : [message];
  });
}

test('many acknowledgements are sent at once, each id once, at most 8192 in a message', () => {
  const box = outbox();
  const ids = Array.from({ length: 20_000 }, (_, i) => BigInt(i));
  for (const id of [...ids, ...ids]) box.acknowledge(id);
  box.dropAck(7n);
  const acks = messagesIn(box.take(false, 'request')).map(({ body }) => {
    const value = mtproto.decodeAny(body);
    return value._ === 'msgs_ack' ? value.msg_ids : assert.fail(value._);
  });
  assert.deepEqual(
    acks.map(({ length }) => length),
    [8192, 8192, 3615],
  );
  assert.deepEqual(
    acks.flat(),
    ids.filter((id) => id !== 7n),
  );
  assert.deepEqual(box.take(true, 'request'), []);
});

test('a call is kept until it is settled, however many there are', () => {
  const box = outbox();
  const ids = Array.from({ length: 1000 }, () => {
    const id = box.send(BODY, 'request');
    box.take(false, 'request');
    return id;
  });
  for (const id of ids) assert.deepEqual(box.sentUnder(id), [id]);
  for (const id of ids) assert.ok(box.settle(id));
  assert.deepEqual(box.unsettled, []);
});

test("a server's messages are forgotten, oldest first, if the client acknowledges none", () => {
  const box = outbox();
  const ids = Array.from({ length: 1000 }, () => box.send(BODY, 'notice'));
  assert.deepEqual(box.unsettled, ids.slice(-200));
});

test('a message that is requested many times at once is repeated once', () => {
  const box = outbox();
  const ids = [1, 2].map(() => box.send(BODY, 'answer'));
  box.take(false, 'answer');
  box.repeat([...ids, ...ids, 4n]);
  box.repeat(ids);
  assert.deepEqual(
    messagesIn(box.take(false, 'answer')).map(({ msg_id }) => msg_id),
    ids,
  );
});
