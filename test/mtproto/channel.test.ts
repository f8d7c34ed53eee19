/** Client and server of a session against each other, and every service message by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concat } from '../../src/bytes.ts';
import { open } from '../../src/mtproto/envelope.ts';
import { messageIds, SeenIds } from '../../src/mtproto/message-id.ts';
import { pack } from '../../src/tl/gzip.ts';
import { current, mtproto } from '../../src/tl/layer.ts';
import { NOW } from '../pair.ts';
import { auth_key, call, ends, fromServer, only, SALT, serve, TRUE } from './ends.ts';

describe('a call and its answer', () => {
  test('plain, and gzipped', () => {
    for (const gzip of [false, true]) {
      const pair = ends();
      const msg_id = pair.client.send(call());
      assert.equal(serve(pair, { gzip }), msg_id);
      const events = pair.toClient();
      assert.deepEqual(only(events, 'answer'), [{ _: 'answer', req_msg_id: msg_id, body: TRUE }]);
      assert.deepEqual(only(events, 'salt'), []);
    }
  });

  test('several calls share a container, and each gets its own answer', () => {
    const pair = ends();
    const ids = [1, 2, 3].map((n) => pair.client.send(call(n)));
    const calls = only(pair.toServer(), 'call');
    assert.deepEqual(
      calls.map(({ msg_id }) => msg_id),
      ids,
    );
    for (const { msg_id } of calls.toReversed()) pair.server.answer(msg_id, TRUE);
    assert.deepEqual(
      only(pair.toClient(), 'answer').map(({ req_msg_id }) => req_msg_id),
      ids.toReversed(),
    );
  });

  test('rpc_error', () => {
    const pair = ends();
    const req_msg_id = pair.client.send(call());
    pair.toServer();
    pair.server.answer(req_msg_id, mtproto.encode({ _: 'rpc_error', error_code: 420, error_message: 'FLOOD_WAIT_3' }));
    assert.deepEqual(only(pair.toClient(), 'error'), [
      { _: 'error', req_msg_id, error_code: 420, error_message: 'FLOOD_WAIT_3' },
    ]);
  });

  test('a second answer, or an answer to no call, is no event', () => {
    const pair = ends();
    const msg_id = pair.client.send(call());
    serve(pair);
    pair.server.answer(msg_id, TRUE);
    pair.server.answer(12345678n << 32n, TRUE);
    assert.equal(only(pair.toClient(), 'answer').length, 1);
  });

  test('an answer is acknowledged with the next call, and then not kept by the server', () => {
    const pair = ends();
    pair.client.send(call());
    serve(pair);
    assert.ok(pair.server.outbox.unsettled.length > 0);
    pair.toClient();
    pair.client.send(call());
    pair.toServer();
    assert.deepEqual(pair.server.outbox.unsettled, []);
  });
});

describe('service messages about messages', () => {
  test('a wrong salt is replaced and the call is sent again', () => {
    const pair = ends({ server_salt: 1n });
    const from = pair.client.send(call());
    assert.deepEqual(only(pair.toServer(), 'call'), []);
    const events = pair.toClient();
    assert.deepEqual(only(events, 'salt'), [{ _: 'salt', server_salt: SALT }]);
    const [renamed] = only(events, 'renamed');
    assert.equal(renamed?.from, from);
    assert.equal(serve(pair), renamed?.to);
    assert.equal(only(pair.toClient(), 'answer').length, 1);
  });

  test('a salt changes every half hour and is valid for another', () => {
    const pair = ends();
    for (const [minutes, calls] of [
      [0, 1],
      [45, 1],
      [20, 0],
    ] as const) {
      pair.clock.client += minutes * 60_000;
      pair.clock.server += minutes * 60_000;
      pair.client.server_salt = SALT;
      pair.client.send(call());
      assert.equal(only(pair.toServer(), 'call').length, calls, `${minutes}`);
    }
  });

  for (const skew of [-86400, -400, 60, 86400])
    test(`a clock that is ${skew} s off is corrected, and the call is sent again`, () => {
      const pair = ends({ skew });
      pair.client.send(call());
      assert.deepEqual(only(pair.toServer(), 'call'), []);
      const events = pair.toClient();
      assert.deepEqual(only(events, 'clock'), [{ _: 'clock', time_offset: -skew }]);
      serve(pair);
      assert.equal(only(pair.toClient(), 'answer').length, 1);
    });

  test('a wrong clock within the window of the server is corrected by the first message', () => {
    const pair = ends({ skew: -100 });
    pair.client.send(call());
    serve(pair);
    const events = pair.toClient();
    assert.deepEqual(only(events, 'clock'), [{ _: 'clock', time_offset: 100 }]);
    assert.equal(only(events, 'answer').length, 1);
  });

  test('a message that is refused too often is not sent again', () => {
    const pair = ends();
    let msg_id = pair.client.send(call());
    for (let i = 0; ; i++) {
      assert.ok(i < 10, 'it ends');
      pair.client.flush();
      const bad = { bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: BigInt(i) };
      const events = fromServer(pair, mtproto.encode({ _: 'bad_server_salt', ...bad }));
      const [refused] = only(events, 'refused');
      if (refused !== undefined) {
        assert.deepEqual(refused, { _: 'refused', msg_id, error_code: 48 });
        return;
      }
      msg_id = only(events, 'renamed')[0]?.to ?? assert.fail('neither refused nor sent again');
    }
  });

  test('code 20 and our own mistakes are events; a refusal of an unknown message is none', () => {
    for (const [error_code, expected] of [
      [20, 'forgotten'],
      [18, 'refused'],
      [34, 'refused'],
      [64, 'refused'],
    ] as const) {
      const pair = ends();
      const bad_msg_id = pair.client.send(call());
      pair.client.flush();
      const notice = (id: bigint) =>
        fromServer(pair, mtproto.encode({ _: 'bad_msg_notification', bad_msg_id: id, bad_msg_seqno: 1, error_code }));
      assert.deepEqual(notice(4n), []);
      assert.deepEqual(
        notice(bad_msg_id).map((event) => event._),
        [expected],
      );
    }
  });

  test('seq_no out of order starts a new session', () => {
    const pair = ends();
    const bad_msg_id = pair.client.send(call());
    pair.client.flush();
    const before = pair.client.session_id;
    const bad = { bad_msg_id, bad_msg_seqno: 1, error_code: 32 };
    assert.equal(only(fromServer(pair, mtproto.encode({ _: 'bad_msg_notification', ...bad })), 'renamed').length, 1);
    assert.notEqual(pair.client.session_id, before);
  });

  test('a session that the server created again gets the earlier messages', () => {
    const pair = ends();
    const from = pair.client.send(call());
    pair.client.flush();
    const created = { first_msg_id: from + 4n, unique_id: 1n, server_salt: 9n };
    const events = fromServer(pair, mtproto.encode({ _: 'new_session_created', ...created }));
    assert.deepEqual(
      only(events, 'renamed').map((event) => event.from),
      [from],
    );
    assert.equal(pair.client.server_salt, 9n);
  });

  test('calls of a session that the server lost are forgotten', () => {
    const pair = ends();
    const created = (first_msg_id: bigint, unique_id: bigint) =>
      fromServer(pair, mtproto.encode({ _: 'new_session_created', first_msg_id, unique_id, server_salt: SALT }));
    const first = pair.client.send(call());
    pair.client.flush();
    assert.deepEqual(created(first, 1n), []);
    const next = first + (1n << 40n);
    assert.equal(only(created(next, 1n), 'renamed').length, 1);
    assert.deepEqual(created(next, 2n), [{ _: 'forgotten', msg_ids: pair.client.outbox.unsettled }]);
  });

  test('a lost answer is requested, unless it arrived or no call waits for it', () => {
    const pair = ends();
    const about = (msg_id: bigint, answer_msg_id: bigint) => {
      const info = mtproto.encode({ _: 'msg_detailed_info', msg_id, answer_msg_id, bytes: 8, status: 0 });
      assert.deepEqual(fromServer(pair, info, { seq_no: 0 }), []);
      const sent = pair.client.flush({ acks: true }).map((payload) => open(auth_key, 'client', payload).body);
      return sent.map((body) => mtproto.decodeAny(body));
    };
    const msg_id = pair.client.send(call());
    pair.client.flush();
    assert.deepEqual(about(msg_id, 5n), [{ _: 'msg_resend_req', msg_ids: [5n] }]);
    assert.deepEqual(about(msg_id + 4n, 5n), [{ _: 'msgs_ack', msg_ids: [5n] }]);
  });
});

describe('accepted messages', () => {
  const UPDATE = current.codec.encode({ _: 'updateShort', update: { _: 'updateLoginToken' }, date: 0 });
  const update = [{ _: 'update', body: UPDATE }];

  test('a value without a call is an update', () => {
    assert.deepEqual(fromServer(ends(), UPDATE), update);
    assert.deepEqual(fromServer(ends(), pack(UPDATE)), update);
  });

  test('another session and an even msg_id are security errors', () => {
    assert.throws(() => fromServer(ends(), UPDATE, { session_id: 6n }), { name: 'SecurityError' });
    assert.throws(() => fromServer(ends(), UPDATE, { msg_id: BigInt(NOW / 1000) << 32n }), { name: 'SecurityError' });
  });

  test('a message is accepted once', () => {
    const pair = ends();
    const msg_id = (BigInt(NOW / 1000) << 32n) + 1n;
    assert.deepEqual(fromServer(pair, UPDATE, { msg_id }), update);
    assert.deepEqual(fromServer(pair, UPDATE, { msg_id }), []);
  });

  test('once the clock is known, messages outside the window are ignored', () => {
    const at = (seconds: number) => (BigInt(NOW / 1000 + seconds) << 32n) + 1n;
    const pair = ends();
    assert.deepEqual(fromServer(pair, UPDATE, { msg_id: at(0) }), update);
    for (const [seconds, expected] of [
      [-299, update],
      [29, update],
      [-302, []],
      [32, []],
    ] as const)
      assert.deepEqual(fromServer(pair, UPDATE, { msg_id: at(seconds) }), expected, `${seconds}`);
  });

  test('a container is accepted as a whole or not at all', () => {
    const at = (low: number) => (BigInt(NOW / 1000) << 32n) + BigInt(low);
    const message = (msg_id: bigint, body: Uint8Array) => ({
      _: 'message' as const,
      msg_id,
      seqno: 1,
      bytes: body.length,
      body,
    });
    const container = (...messages: ReturnType<typeof message>[]) => mtproto.encode({ _: 'msg_container', messages });
    const good = container(message(at(1), UPDATE), message(at(5), UPDATE));
    assert.deepEqual(fromServer(ends(), good, { msg_id: at(9), seq_no: 2 }), [...update, ...update]);
    assert.deepEqual(fromServer(ends(), container(), { msg_id: at(9), seq_no: 0 }), []);
    const bad = [
      container(message(at(1), UPDATE), message(at(13), UPDATE)), // newer than its container
      container(message(at(1), UPDATE), message(at(4), UPDATE)), // a client's id
      container(message(at(1), UPDATE), message(at(5), good)), // a container in a container
    ];
    for (const body of bad)
      assert.throws(() => fromServer(ends(), body, { msg_id: at(9), seq_no: 2 }), { name: 'SecurityError' });
  });

  test('a repeated message is acknowledged again', () => {
    const msg_ids = [(BigInt(NOW / 1000) << 32n) + 1n];
    const container = mtproto.encode({
      _: 'msg_container',
      messages: msg_ids.map((msg_id) => ({ _: 'message', msg_id, seqno: 1, bytes: UPDATE.length, body: UPDATE })),
    });
    for (const [body, msg_id, seq_no] of [
      [UPDATE, msg_ids[0] ?? 0n, 1],
      [container, (msg_ids[0] ?? 0n) + 4n, 2],
    ] as const) {
      const pair = ends();
      for (const expected of [update, []]) {
        assert.deepEqual(fromServer(pair, body, { msg_id, seq_no }), expected);
        const sent = pair.client.flush({ acks: true }).map((payload) => open(auth_key, 'client', payload).body);
        assert.deepEqual(
          sent.map((each) => mtproto.decodeAny(each)),
          [{ _: 'msgs_ack', msg_ids }],
        );
      }
    }
  });

  test('a container holds at most 1024 messages', () => {
    const at = (low: number) => (BigInt(NOW / 1000) << 32n) + BigInt(low);
    const contain = (count: number) => {
      const items = Array.from({ length: count }, (_, i) => ({
        msg_id: at(4 * i + 1),
        seqno: 1,
        bytes: UPDATE.length,
      }));
      const messages = items.map((item) => ({ _: 'message' as const, ...item, body: UPDATE }));
      return fromServer(ends(), mtproto.encode({ _: 'msg_container', messages }), { msg_id: at(8001), seq_no: 2 });
    };
    assert.equal(contain(1024).length, 1024);
    assert.throws(() => contain(1025), { name: 'SecurityError' });
  });

  test('bad, twice packed or too large data is malformed', () => {
    const bomb = pack(new Uint8Array((1 << 20) + 4));
    const twice = pack(pack(UPDATE));
    const garbage = mtproto.encode({ _: 'gzip_packed', packed_data: new Uint8Array(8) });
    for (const body of [bomb, twice, garbage]) assert.throws(() => fromServer(ends(), body), { name: 'TlError' });
  });

  test('messages in a container may be packed, with the limit of one value for all', () => {
    const at = (low: number) => (BigInt(NOW / 1000) << 32n) + BigInt(low);
    const half = pack(concat(UPDATE, new Uint8Array(1 << 19)));
    const contain = (count: number) => {
      const items = Array.from({ length: count }, (_, i) => ({ msg_id: at(4 * i + 1), seqno: 1, bytes: half.length }));
      const messages = items.map((item) => ({ _: 'message' as const, ...item, body: half }));
      return fromServer(ends(), mtproto.encode({ _: 'msg_container', messages }), { msg_id: at(41), seq_no: 2 });
    };
    assert.equal(only(contain(1), 'update').length, 1);
    assert.throws(() => contain(2), { name: 'TlError' });
    const answer = (wrap: (result: Uint8Array) => Uint8Array) => {
      const pair = ends();
      const result = pack(new Uint8Array(1 << 20));
      return fromServer(pair, wrap(mtproto.encode({ _: 'rpc_result', req_msg_id: pair.client.send(call()), result })));
    };
    assert.equal(
      only(
        answer((result) => result),
        'answer',
      ).length,
      1,
    );
    assert.throws(() => answer(pack), { name: 'TlError' });
  });

  test('a value that does not belong in a session is malformed', () => {
    const nonce = new Uint8Array(16);
    const body = mtproto.encode({ _: 'dh_gen_ok', nonce, server_nonce: nonce, new_nonce_hash1: nonce });
    assert.throws(() => fromServer(ends(), body), { type: 'ANSWER_MALFORMED' });
    assert.throws(() => fromServer(ends(), mtproto.encodeCall('ping', { ping_id: 1n })), { type: 'ANSWER_MALFORMED' });
  });
});

describe('a server', () => {
  test('starts a session with new_session_created, once', () => {
    const pair = ends();
    pair.client.server_salt = SALT;
    pair.client.send(call());
    pair.toServer();
    assert.equal(pair.server.outbox.unsettled.length, 1);
    pair.client.send(call());
    pair.toServer();
    assert.equal(pair.server.outbox.unsettled.length, 1);
  });

  test('answers ping, get_future_salts and msgs_state_req', () => {
    const pair = ends();
    const asked = pair.client.send(call());
    pair.toServer();
    pair.client.notify(mtproto.encodeCall('ping', { ping_id: 42n }));
    pair.client.notify(mtproto.encodeCall('get_future_salts', { num: 3 }));
    const msg_ids = [asked, asked + 4000n * 2n ** 32n, 4n];
    const req_msg_id = pair.client.notify(mtproto.encode({ _: 'msgs_state_req', msg_ids }));
    pair.toServer();
    const events = pair.toClient();
    assert.deepEqual(only(events, 'pong'), [{ _: 'pong', ping_id: 42n }]);
    assert.deepEqual(only(events, 'state'), [{ _: 'state', req_msg_id, info: Uint8Array.of(4, 3, 2) }]);
    const salts = only(events, 'future_salts')[0]?.salts ?? [];
    assert.equal(salts.length, 3);
    assert.equal(salts[0]?.salt, SALT);
    for (const [i, { valid_since, valid_until }] of salts.entries()) {
      assert.equal(valid_until - valid_since, 3600);
      assert.equal(valid_since, NOW / 1000 + 1800 * i);
    }
  });

  test('does not acknowledge a service call that it answers, even a content-related one', () => {
    const pair = ends();
    pair.client.send(call());
    pair.toServer();
    pair.server.flush();
    pair.client.send(mtproto.encodeCall('ping', { ping_id: 42n }));
    pair.toServer();
    const bodies = pair.server.flush().map((payload) => mtproto.decodeAny(open(auth_key, 'server', payload).body)._);
    assert.deepEqual(bodies, ['pong']);
  });

  test('repeats unacknowledged messages when the session continues on another connection', () => {
    const pair = ends();
    const msg_id = pair.client.send(call());
    serve(pair);
    pair.server.flush(); // into a closed socket
    pair.server.resume();
    assert.deepEqual(
      only(pair.toClient(), 'answer').map(({ req_msg_id }) => req_msg_id),
      [msg_id],
    );
  });

  test('drops an answer on request, if it has one', () => {
    const pair = ends();
    const drop = (req_msg_id: bigint) => {
      const id = pair.client.send(mtproto.encodeCall('rpc_drop_answer', { req_msg_id }));
      pair.toServer();
      const answer = only(pair.toClient(), 'answer').find((event) => event.req_msg_id === id);
      return mtproto.decode('RpcDropAnswer', answer?.body ?? assert.fail('no answer'))._;
    };
    const asked = pair.client.send(call());
    pair.toServer();
    assert.equal(drop(asked), 'rpc_answer_dropped_running');
    pair.server.answer(asked, TRUE);
    assert.equal(drop(asked), 'rpc_answer_dropped');
    assert.equal(drop(asked), 'rpc_answer_unknown');
  });

  test('refuses a seq_no that does not fit the message or the order of messages', () => {
    const at = (low: number) => (BigInt(NOW / 1000) << 32n) + BigInt(4 * low);
    const ack = mtproto.encode({ _: 'msgs_ack', msg_ids: [1n] });
    const ping = mtproto.encodeCall('ping', { ping_id: 1n });
    const holding = (low: number, seqno: number, body: Uint8Array) =>
      mtproto.encode({
        _: 'msg_container',
        messages: [{ _: 'message', msg_id: at(low), seqno, bytes: body.length, body }],
      });
    const cases: [low: number, seq_no: number, body: Uint8Array, code: number | undefined][] = [
      [20, 3, call(), undefined],
      [40, 5, call(), undefined],
      [50, 5, call(), 32],
      [50, 4, ack, 32],
      [50, 6, ack, undefined],
      [60, 6, ping, undefined],
      [10, 3, call(), 33],
      [10, 2, ping, undefined],
      [30, 3, call(), 32],
      [30, 5, call(), 33],
      [30, 4, ping, undefined],
      [20, 3, call(), undefined], // received before
      [70, 8, call(), 35],
      [72, 8, holding(71, 7, call()), undefined],
      [74, 9, holding(73, 8, ping), 34],
      [74, 10, holding(73, 10, call()), 35],
      [74, 8, holding(73, 9, call()), 32],
      [74, 10, holding(73, 9, call()), undefined],
      [76, 10, holding(75, 9, call()), 32],
    ];
    const pair = ends();
    const { server } = pair;
    for (const [low, seq_no, body, code] of cases) {
      server.accept({ salt: SALT, session_id: 5n, msg_id: at(low), seq_no, body });
      const replies = server
        .flush()
        .flatMap((payload) => pair.client.receive(payload) && [open(auth_key, 'server', payload)]);
      const codes = replies.map((message) => {
        const notice = mtproto.decodeAny(message.body);
        return notice._ === 'bad_msg_notification' ? notice.error_code : undefined;
      });
      assert.equal(
        codes.find((each) => each !== undefined),
        code,
        `${low} ${seq_no}`,
      );
    }
  });

  test('refuses a msg_id with the wrong low bits', () => {
    const pair = ends();
    const message = { salt: SALT, session_id: 5n, msg_id: (BigInt(NOW / 1000) << 32n) + 3n, seq_no: 1, body: call() };
    assert.deepEqual(pair.server.accept(message), []);
    const [payload] = pair.server.flush();
    const { body } = open(auth_key, 'server', payload ?? assert.fail('no notification'));
    const notice = mtproto.decodeAny(body);
    assert.ok(notice._ === 'bad_msg_notification' && notice.error_code === 18);
  });
});

test('ids grow whatever the clock does, with the right low bits', () => {
  let now = NOW;
  const next = messageIds(() => now);
  let last = 0n;
  for (const step of [0, 0, 1, -5000, 0, 3600_000]) {
    now += step;
    for (const [kind, low] of [
      ['request', 0n],
      ['answer', 1n],
      ['notice', 3n],
    ] as const) {
      const id = next(kind);
      assert.ok(id > last);
      assert.equal(id & 3n, low);
      assert.notEqual(id & 0xffffffffn, 0n);
      last = id;
    }
  }
});

test('a session continues after any msg_id has set its clock', () => {
  for (const time of [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n]) {
    const pair = ends();
    fromServer(pair, mtproto.encode({ _: 'pong', msg_id: 0n, ping_id: 0n }), {
      msg_id: BigInt.asIntN(64, (time << 32n) + 1n),
    });
    assert.equal(BigInt(Math.floor(pair.client.time)), time);
    for (const n of [1, 2]) pair.client.send(call(n));
    assert.equal(pair.client.flush().length, 1);
  }
});

test('seen ids are kept in ascending order', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -50n, max: 50n })), (ids) => {
      const seen = new SeenIds();
      const known = new Set<bigint>();
      for (const id of ids) {
        assert.equal(seen.accept(id), !known.has(id));
        known.add(id);
      }
      for (let id = -51n; id <= 51n; id++) assert.equal(seen.has(id), known.has(id));
    }),
  );
});

test('the lowest seen ids are forgotten, and lower ones then refused', () => {
  const seen = new SeenIds();
  for (let id = 1000n; id < 1500n; id++) assert.ok(seen.accept(id));
  assert.ok(!seen.accept(1200n));
  assert.ok(!seen.accept(999n));
  assert.equal(seen.state(999n), 1);
  assert.ok(seen.accept(2000n));
  assert.equal(seen.state(1000n), 1);
  assert.equal(seen.state(1600n), 2);
  assert.equal(seen.state(2000n), 4);
  assert.equal(seen.state(2001n), 3);
});
