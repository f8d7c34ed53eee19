/** Refusals that need a new session: what is sent again in it, and what is still accepted in the former one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open } from '../../src/mtproto/envelope.ts';
import { mtproto } from '../../src/tl/layer.ts';
import { auth_key, call, type Ends, ends, fromServer, only, serve, TRUE } from './ends.ts';

function refuse(pair: Ends, bad_msg_id: bigint, error_code: number, session_id = pair.client.session_id) {
  const body = mtproto.encode({ _: 'bad_msg_notification', bad_msg_id, bad_msg_seqno: 1, error_code });
  return fromServer(pair, body, { session_id, seq_no: 0 });
}

function answer(pair: Ends, req_msg_id: bigint, session_id: bigint) {
  return fromServer(pair, mtproto.encode({ _: 'rpc_result', req_msg_id, result: TRUE }), { session_id });
}

/** Sends a call; returns its id. */
function ask(pair: Ends): bigint {
  const msg_id = pair.client.send(call());
  pair.client.flush();
  return msg_id;
}

test('several calls from a fast clock are sent again in one new session, once each', () => {
  const pair = ends({ skew: 3600 });
  const refusals = [1, 2, 3].flatMap((n) => {
    pair.client.send(call(n));
    assert.deepEqual(only(pair.toServer(), 'call'), []);
    return pair.server.flush();
  });
  assert.equal(refusals.length, 3);
  const sessions = refusals.map((payload) => {
    assert.equal(only(pair.client.receive(payload), 'renamed').length, 1);
    return pair.client.session_id;
  });
  assert.equal(new Set(sessions).size, 1);
  const calls = only(pair.toServer(), 'call');
  assert.deepEqual(
    calls.map(({ body }) => body),
    [1, 2, 3].map(call),
  );
  for (const { msg_id } of calls) pair.server.answer(msg_id, TRUE);
  assert.equal(only(pair.toClient(), 'answer').length, 3);
});

for (const error_code of [17, 32, 33])
  describe(`after refusal ${error_code}`, () => {
    test('a call that was not refused is not sent again, and is answered in its own session', () => {
      const pair = ends();
      const before = pair.client.session_id;
      const [kept, refused] = [ask(pair), ask(pair)];
      const renamed = only(refuse(pair, refused, error_code), 'renamed');
      assert.deepEqual(
        renamed.map(({ from }) => from),
        [refused],
      );
      assert.notEqual(pair.client.session_id, before);
      assert.equal(serve(pair), renamed[0]?.to);
      assert.equal(only(pair.toClient(), 'answer').length, 1);
      assert.deepEqual(answer(pair, kept, before), [{ _: 'answer', req_msg_id: kept, body: TRUE }]);
    });

    test('a call that was not sent yet is sent in the new session', () => {
      const pair = ends();
      const refused = ask(pair);
      const waiting = pair.client.send(call());
      const renamed = only(refuse(pair, refused, error_code), 'renamed');
      assert.deepEqual(
        renamed.map(({ from }) => from),
        [refused, waiting],
      );
      assert.equal(only(pair.toServer(), 'call').length, 2);
    });

    test('a new session does not treat the calls of the former one as lost', () => {
      const pair = ends();
      const kept = ask(pair);
      refuse(pair, ask(pair), error_code);
      const body = { first_msg_id: kept + (1n << 40n), unique_id: 1n, server_salt: 1n };
      const events = fromServer(pair, mtproto.encode({ _: 'new_session_created', ...body }));
      assert.equal(only(events, 'renamed').length, 1);
      assert.ok(pair.client.outbox.find(kept) !== undefined);
    });

    test('the former session cannot start again or deliver updates', () => {
      const pair = ends();
      const before = pair.client.session_id;
      refuse(pair, ask(pair), error_code);
      const created = { first_msg_id: 1n << 62n, unique_id: 1n, server_salt: 1n };
      const message = mtproto.encode({ _: 'new_session_created', ...created });
      assert.deepEqual(fromServer(pair, message, { session_id: before }), []);
      assert.deepEqual(fromServer(pair, call(), { session_id: before }), []);
    });

    test('a second refusal of a message is ignored', () => {
      const pair = ends();
      const before = pair.client.session_id;
      pair.client.outbox.acknowledge(1n);
      const refused = ask(pair); // in a container, with an acknowledgement
      assert.equal(only(refuse(pair, refused, error_code), 'renamed').length, 1);
      const after = pair.client.session_id;
      for (let i = 0; i < 1000; i++) assert.deepEqual(refuse(pair, refused, error_code, i % 2 ? before : after), []);
      assert.equal(pair.client.session_id, after);
    });
  });

test('a call that is finally refused is not kept', () => {
  const pair = ends();
  assert.equal(only(refuse(pair, ask(pair), 64), 'refused').length, 1);
  assert.deepEqual(pair.client.outbox.unsettled, []);
});

test('a refusal in a container corrects a clock during a session', () => {
  const pair = ends();
  pair.client.send(call());
  serve(pair);
  pair.toClient();
  for (const end of ['client', 'server'] as const) pair.clock[end] += 1000;
  pair.clock.client -= 3_600_000;
  pair.client.outbox.acknowledge(1n);
  const bad_msg_id = ask(pair);
  const refusal = mtproto.encode({ _: 'bad_msg_notification', bad_msg_id, bad_msg_seqno: 1, error_code: 16 });
  const [low, high] = [1n, 5n].map((bits) => (BigInt(pair.clock.server / 1000) << 32n) + bits);
  const item = { _: 'message' as const, msg_id: low ?? 0n, seqno: 0, bytes: refusal.length, body: refusal };
  const container = mtproto.encode({ _: 'msg_container', messages: [item] });
  const events = fromServer(pair, container, { msg_id: high ?? 0n, seq_no: 0 });
  assert.deepEqual(only(events, 'clock'), [{ _: 'clock', time_offset: 3600 }]);
  assert.equal(only(events, 'renamed').length, 1);
});

test('a container that is refused in the second session starts a third, once', () => {
  const pair = ends();
  refuse(pair, ask(pair), 32);
  const second = pair.client.session_id;
  pair.client.flush();
  const calls = [2, 3].map((n) => pair.client.send(call(n)));
  const [payload] = pair.client.flush();
  const { msg_id } = open(auth_key, 'client', payload ?? assert.fail('nothing went out'));
  assert.ok(!calls.includes(msg_id), 'a container');
  const renamed = only(refuse(pair, msg_id, 33), 'renamed');
  assert.deepEqual(
    renamed.map(({ from }) => from),
    calls,
  );
  const third = pair.client.session_id;
  assert.notEqual(third, second);
  assert.deepEqual(refuse(pair, msg_id, 33, second), []);
  assert.equal(pair.client.session_id, third);
});
