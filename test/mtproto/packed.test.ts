/** gzip_packed around a container, around its messages, and both: one limit for all, and no nested containers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../src/bytes.ts';
import { open } from '../../src/mtproto/envelope.ts';
import { pack } from '../../src/tl/gzip.ts';
import { current, mtproto } from '../../src/tl/layer.ts';
import { NOW } from '../pair.ts';
import { auth_key, call, ends, fromServer, only, SALT, TRUE } from './ends.ts';

const UPDATE = current.codec.encode({ _: 'updateShort', update: { _: 'updateLoginToken' }, date: 0 });
const at = (low: number, seconds = 0) => (BigInt(NOW / 1000 + seconds) << 32n) + BigInt(low);

type Item = readonly [low: number, body: Uint8Array, seqno?: number];

function container(...items: readonly Item[]): Uint8Array {
  const messages = items.map(([low, body, seqno = 1]) => ({
    _: 'message' as const,
    msg_id: at(low),
    seqno,
    bytes: body.length,
    body,
  }));
  return mtproto.encode({ _: 'msg_container', messages });
}

/** As a client receives it. */
const receive = (body: Uint8Array, pair = ends()) => fromServer(pair, body, { msg_id: at(81), seq_no: 2 });

test('a client accepts the messages of a packed container, packed or not', () => {
  const pair = ends();
  const req_msg_id = pair.client.send(call());
  const result = mtproto.encode({ _: 'rpc_result', req_msg_id, result: pack(TRUE) });
  const events = receive(pack(container([1, UPDATE], [5, pack(UPDATE)], [9, pack(result)])), pair);
  const update = { _: 'update', body: UPDATE };
  assert.deepEqual(events, [update, update, { _: 'answer', req_msg_id, body: TRUE }]);
  assert.deepEqual(receive(pack(container())), []);
});

test('a server accepts them too, and starts the session before the first of them', () => {
  const { server } = ends();
  const body = pack(container([4, call(1)], [8, pack(call(2)), 3]));
  const calls = only(server.accept({ salt: SALT, session_id: 5n, msg_id: at(80), seq_no: 4, body }), 'call');
  assert.deepEqual(
    calls.map(({ msg_id, body }) => ({ msg_id, body })),
    [
      { msg_id: at(4), body: call(1) },
      { msg_id: at(8), body: call(2) },
    ],
  );
  const sent = server.flush().map((payload) => mtproto.decodeAny(open(auth_key, 'server', payload).body));
  const [created] = sent;
  assert.ok(created?._ === 'new_session_created');
  assert.equal(created.first_msg_id, at(4));
});

test('a server refuses a packed container for the same reasons as a plain one', () => {
  for (const [items, code] of [
    [[[4, call(), 2]], 35],
    [
      [
        [4, call(), 3],
        [8, call(2), 1],
      ],
      32,
    ],
  ] as const) {
    const pair = ends();
    const body = pack(container(...items));
    pair.server.accept({ salt: SALT, session_id: 5n, msg_id: at(80), seq_no: 4, body });
    const replies = pair.server.flush().map((payload) => mtproto.decodeAny(open(auth_key, 'server', payload).body));
    assert.deepEqual(
      replies.flatMap((each) => (each._ === 'bad_msg_notification' ? [each.error_code] : [])),
      [code],
    );
  }
});

test('a container inside a container is refused as a whole, packed or not', () => {
  const inner = container([1, UPDATE]);
  for (const item of [inner, pack(inner)])
    for (const wrap of [(body: Uint8Array) => body, pack]) {
      const pair = ends();
      assert.throws(() => receive(wrap(container([1, UPDATE], [9, item])), pair), { name: 'SecurityError' });
      assert.equal(fromServer(pair, UPDATE, { msg_id: at(1) }).length, 1);
      assert.deepEqual(
        pair.client.flush({ acks: true }).map((payload) => mtproto.decodeAny(open(auth_key, 'client', payload).body)),
        [{ _: 'msgs_ack', msg_ids: [at(1)] }],
      );
    }
});

test('the rules of a container hold for a packed one', () => {
  for (const items of [[[85, UPDATE]], [[4, UPDATE]]] as const)
    assert.throws(() => receive(pack(container(...items))), { name: 'SecurityError' });
  const many = Array.from({ length: 1025 }, (): Item => [1, UPDATE]);
  assert.throws(() => receive(pack(container(...many))), { name: 'SecurityError' });
  assert.throws(() => receive(pack(pack(container([1, UPDATE])))), { name: 'TlError' });
});

test('a packed container and its packed messages share the limit of 1 MiB', () => {
  const filled = (bytes: number) => concat(UPDATE, new Uint8Array(bytes - UPDATE.length));
  const packed = pack(filled(1 << 19));
  const container2 = (more: number) => container([1, filled((1 << 19) - 40 - packed.length + more)], [5, packed]);
  assert.equal((container2(0).length + (1 << 19)) % (1 << 20), 0);
  assert.equal(receive(pack(container2(0))).length, 2);
  assert.throws(() => receive(pack(container2(4))), { name: 'TlError' });
  assert.equal(receive(container2(4)).length, 2); // not packed, so it does not count
});

test('a packed refusal is accepted at any time, and in a former session', () => {
  const pair = ends();
  const bad_msg_id = pair.client.send(call());
  pair.client.flush();
  fromServer(pair, UPDATE); // the clock is known
  const salt = { _: 'bad_server_salt', bad_msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: 3n } as const;
  const events = fromServer(pair, pack(mtproto.encode(salt)), { msg_id: at(1, 600), seq_no: 0 });
  assert.deepEqual(
    events.map(({ _ }) => _),
    ['salt', 'renamed'],
  );
});
