/** Sessions as other clients use them: what the sandbox answers, in which payloads, and with which codes. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { le64 } from '../../src/bytes.ts';
import { type BareMessage, seal } from '../../src/mtproto/envelope.ts';
import { messageIds } from '../../src/mtproto/message-id.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { pack } from '../../src/tl/gzip.ts';
import { legacy, mtproto } from '../../src/tl/layer.ts';
import type { mtprotoText } from '../../src/tl/schema/mtproto.ts';
import type { AnyValue } from '../../src/tl/types.ts';
import { seeded, serverKey } from '../pair.ts';
import { SEED, TestClient, wrapped } from './client.ts';

const random = seeded('sessions');
let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ key: serverKey });
});
after(() => sandbox.close());

type Value = AnyValue<typeof mtprotoText>;

const { encode, encodeCall } = mtproto;
const CALL = wrapped(legacy.codec.encodeCall('auth.sendCall', SEED), 49);
const ping = (ping_id: bigint) => encodeCall('ping', { ping_id });
const container = (...items: readonly BareMessage[]) =>
  encode({
    _: 'msg_container',
    messages: items.map(({ msg_id, seq_no: seqno, body }) => ({
      _: 'message',
      msg_id,
      seqno,
      bytes: body.length,
      body,
    })),
  });

/** A client that numbers its messages itself. */
class Raw {
  readonly client: TestClient;
  readonly salt: bigint;
  session_id = le64(random(8));
  readonly #ids = messageIds(Date.now);

  private constructor(client: TestClient, salt: bigint) {
    this.client = client;
    this.salt = salt;
  }

  static async start(): Promise<Raw> {
    const client = await TestClient.connect(sandbox);
    const key = await client.exchange();
    client.begin(key);
    return new Raw(client, key.server_salt);
  }

  id(): bigint {
    return this.#ids('request');
  }

  send(body: Uint8Array, seq_no: number, changed: { msg_id?: bigint; salt?: bigint } = {}): bigint {
    const message = { msg_id: this.id(), salt: this.salt, session_id: this.session_id, ...changed };
    this.client.send(seal(this.client.auth_key, 'client', { ...message, seq_no, body }, random));
    return message.msg_id;
  }

  /** Sends a container of one message after the other. Returns their ids, and that of the container last. */
  contain(...bodies: readonly (readonly [body: Uint8Array, seq_no: number])[]): bigint[] {
    const items = bodies.map(([body, seq_no]) => ({ msg_id: this.id(), seq_no, body }));
    const most = Math.max(...items.map(({ seq_no }) => seq_no));
    return [...items.map(({ msg_id }) => msg_id), this.send(container(...items), most + (most & 1))];
  }

  /** The values of each payload up to the pong of a last ping. */
  async payloads(seq_no: number): Promise<Value[][]> {
    this.send(ping(-1n), seq_no);
    const payloads: Value[][] = [];
    for (;;) {
      const values = (await this.client.messages()).map(({ body }) => mtproto.decodeAny(body));
      const isLast = values.some((value) => value._ === 'pong' && value.ping_id === -1n);
      const rest = values.filter((value) => value._ !== 'msgs_ack' && !(value._ === 'pong' && value.ping_id === -1n));
      if (rest.length > 0) payloads.push(rest);
      if (isLast) return payloads;
    }
  }

  /** The values of all payloads, without new_session_created. */
  async values(seq_no: number): Promise<Value[]> {
    return (await this.payloads(seq_no)).flat().filter(({ _ }) => _ !== 'new_session_created');
  }
}

const namesOf = (payloads: readonly (readonly Value[])[]) => payloads.map((each) => each.map(({ _ }) => _));
/** The id and the code of each bad_msg_notification. */
const refusals = (values: readonly Value[]) =>
  values.flatMap((value) => (value._ === 'bad_msg_notification' ? [[value.bad_msg_id, value.error_code]] : []));

describe('new_session_created', () => {
  test('comes before the first answer, in a payload of its own', async () => {
    const raw = await Raw.start();
    raw.send(CALL, 1);
    assert.deepEqual(namesOf(await raw.payloads(2)), [['new_session_created'], ['rpc_result']]);
  });

  test('comes so too if the first message is a container of acknowledgements, pings and calls', async () => {
    const raw = await Raw.start();
    const ack = encode({ _: 'msgs_ack', msg_ids: [5n] });
    const [first] = raw.contain([ack, 0], [ping(7n), 0], [CALL, 1], [encodeCall('get_future_salts', { num: 2 }), 2]);
    const payloads = await raw.payloads(2);
    assert.deepEqual(namesOf(payloads), [['new_session_created'], ['pong', 'future_salts', 'rpc_result']]);
    const created = payloads[0]?.[0];
    assert.equal(created?._ === 'new_session_created' && created.first_msg_id, first);
  });

  test('comes once for each session', async () => {
    const raw = await Raw.start();
    raw.send(ping(1n), 0);
    assert.deepEqual(namesOf(await raw.payloads(0)), [['new_session_created'], ['pong']]);
    raw.send(ping(2n), 0);
    assert.deepEqual(namesOf(await raw.payloads(0)), [['pong']]);
    raw.session_id++;
    assert.deepEqual(namesOf(await raw.payloads(0)), [['new_session_created']]);
  });
});

describe('a refused message gets the code', () => {
  const at = (seconds: number) => (BigInt(Math.floor(Date.now() / 1000) + seconds) << 32n) + 4n;

  for (const [title, seconds, code] of [
    ['of a clock that is an hour behind', -3600, 16],
    ['from 1970', -Math.floor(Date.now() / 1000), 16],
    ['of a clock that is a minute ahead', 60, 17],
    ['of a clock that is a year ahead', 365 * 86_400, 17],
  ] as const)
    test(`${code} for the msg_id ${title}, alone or in a container`, async () => {
      const raw = await Raw.start();
      const msg_id = at(seconds);
      const late = [
        raw.send(CALL, 1, { msg_id }),
        raw.send(container({ msg_id, seq_no: 1, body: CALL }), 2, { msg_id: msg_id + 4n }),
      ];
      const values = await raw.values(0);
      assert.deepEqual(
        refusals(values),
        late.map((each) => [each, code]),
      );
      assert.equal(values.length, 2);
    });

  test('18 for a msg_id whose low bits are not 0', async () => {
    const raw = await Raw.start();
    const odd = [1n, 2n, 3n].map((low) => raw.send(CALL, 1, { msg_id: raw.id() | low }));
    assert.deepEqual(
      refusals(await raw.values(0)),
      odd.map((each) => [each, 18]),
    );
  });

  test('19 for a container with the msg_id of an earlier message', async () => {
    const raw = await Raw.start();
    const msg_id = raw.send(CALL, 1);
    raw.send(container({ msg_id: msg_id - 4n, seq_no: 0, body: ping(1n) }), 2, { msg_id });
    const values = await raw.values(2);
    assert.deepEqual(refusals(values), [[msg_id, 19]]);
    assert.ok(!values.some(({ _ }) => _ === 'pong'));
  });

  test('20 for a msg_id older than all that the server remembers', async () => {
    const raw = await Raw.start();
    const old = raw.id() - (10n << 32n);
    for (let i = 0; i < 500; i++) raw.send(encode({ _: 'msgs_ack', msg_ids: [] }), 0);
    raw.send(ping(1n), 0, { msg_id: old });
    const values = await raw.values(0);
    assert.deepEqual(refusals(values), [[old, 20]]);
    assert.equal(values.length, 1);
  });

  test('32 for a seq_no that is too low, 33 for one that is too high', async () => {
    const raw = await Raw.start();
    const [before, after] = [raw.id(), raw.id()];
    raw.send(CALL, 5);
    const low = raw.send(CALL, 3);
    raw.send(CALL, 7);
    const high = raw.send(CALL, 9, { msg_id: before });
    raw.send(CALL, 3, { msg_id: after });
    assert.deepEqual(refusals(await raw.values(8)), [
      [low, 32],
      [high, 33],
    ]);
  });

  test('34 for a container with an odd seq_no, 35 for a call with an even one', async () => {
    const raw = await Raw.start();
    const odd = raw.send(container({ msg_id: raw.id(), seq_no: 1, body: CALL }), 3);
    const even = raw.send(CALL, 2);
    const [, inside] = raw.contain([CALL, 2]);
    assert.deepEqual(refusals(await raw.values(0)), [
      [odd, 34],
      [even, 35],
      [inside, 35],
    ]);
  });

  test('48 and the right salt, for a wrong salt', async () => {
    const raw = await Raw.start();
    const msg_id = raw.send(CALL, 1, { salt: 0n });
    const about = { bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: raw.salt };
    assert.deepEqual(await raw.values(0), [{ _: 'bad_server_salt', ...about }]);
    raw.send(CALL, 1);
    assert.deepEqual(namesOf([await raw.values(2)]), [['rpc_result']]);
  });

  test('64 for an invalid container, and nothing in it is handled', async () => {
    const raw = await Raw.start();
    const item = (msg_id: bigint, body = ping(1n)) => ({ msg_id, seq_no: 0, body });
    const cases: ((msg_id: bigint) => Uint8Array)[] = [
      (msg_id) => container(item(msg_id)),
      (msg_id) => container(item(msg_id - 8n), item(msg_id + 4n)),
      (msg_id) => container(item(msg_id - 8n), item(msg_id - 3n)),
      (msg_id) => container(item(msg_id - 8n, container(item(msg_id - 12n)))),
      (msg_id) => container(item(msg_id - 8n, pack(container(item(msg_id - 12n))))),
      (msg_id) => container(...Array.from({ length: 1025 }, (_, i) => item(msg_id - 8n - 4n * BigInt(i)))),
      (msg_id) => container(item(msg_id - 8n)).subarray(0, -4),
    ];
    const invalid = cases.map((make) => {
      const msg_id = raw.id() + (1n << 20n);
      return raw.send(make(msg_id), 0, { msg_id });
    });
    const values = await raw.values(0);
    assert.deepEqual(
      refusals(values),
      invalid.map((each) => [each, 64]),
    );
    assert.ok(!values.some(({ _ }) => _ === 'pong'));
  });
});

describe('a service message', () => {
  test('may be in a container of one message, packed or not', async () => {
    const raw = await Raw.start();
    raw.contain([ping(1n), 0]);
    raw.contain([pack(ping(2n)), 0]);
    raw.send(pack(container({ msg_id: raw.id(), seq_no: 1, body: pack(pack(CALL)) })), 2);
    assert.deepEqual(namesOf(await raw.payloads(2)), [['new_session_created'], ['pong'], ['pong'], ['rpc_result']]);
  });

  test('http_wait, msgs_all_info and msgs_ack get no answer', async () => {
    const raw = await Raw.start();
    raw.send(encodeCall('http_wait', { max_delay: 0, wait_after: 0, max_wait: 25_000 }), 0);
    raw.send(encode({ _: 'msgs_all_info', msg_ids: [4n], info: Uint8Array.of(4) }), 0);
    raw.send(encode({ _: 'msgs_ack', msg_ids: [5n] }), 0);
    raw.contain([encodeCall('http_wait', { max_delay: 0, wait_after: 0, max_wait: 25_000 }), 1]);
    assert.deepEqual(await raw.values(2), []);
  });

  test('get_future_salts lists the salts from the current one on', async () => {
    const raw = await Raw.start();
    const req_msg_id = raw.send(encodeCall('get_future_salts', { num: 3 }), 1);
    const [salts] = await raw.values(2);
    assert.ok(salts?._ === 'future_salts' && salts.req_msg_id === req_msg_id && salts.salts.length === 3);
    assert.equal(salts.salts[0]?.salt, raw.salt);
  });

  test('destroy_session ends another session of the key', async () => {
    const raw = await Raw.start();
    raw.send(ping(1n), 0);
    const old = raw.session_id++;
    const destroy = (session_id: bigint) => raw.send(encodeCall('destroy_session', { session_id }), 0);
    for (const session_id of [old, old, raw.session_id]) destroy(session_id);
    const named = (await raw.values(0)).filter(({ _ }) => _ !== 'pong');
    assert.deepEqual(named, [
      { _: 'destroy_session_ok', session_id: old },
      { _: 'destroy_session_none', session_id: old },
      { _: 'destroy_session_none', session_id: raw.session_id },
    ]);
    raw.session_id = old;
    assert.deepEqual(namesOf(await raw.payloads(0)), [['new_session_created']]);
  });

  test('rpc_drop_answer drops an answer that is not acknowledged', async () => {
    const raw = await Raw.start();
    const asked = raw.send(CALL, 1);
    const drop = (req_msg_id: bigint, seq_no: number) =>
      raw.send(encodeCall('rpc_drop_answer', { req_msg_id }), seq_no);
    for (const [i, id] of [asked, asked, asked - 4n].entries()) drop(id, 3 + 2 * i);
    const results = (await raw.values(8)).flatMap((value) => (value._ === 'rpc_result' ? [value.result] : []));
    const [, dropped, ...unknown] = results.map(
      (result) => mtproto.find(new DataView(result.buffer, result.byteOffset).getUint32(0, true))?.name,
    );
    assert.equal(dropped, 'rpc_answer_dropped');
    assert.deepEqual(unknown, ['rpc_answer_unknown', 'rpc_answer_unknown']);
  });

  test('msg_resend_req repeats what is kept, and tells the state if something is not', async () => {
    const raw = await Raw.start();
    raw.send(CALL, 1);
    await raw.payloads(2);
    raw.send(CALL, 3);
    const answers = (await raw.client.messages()).filter(({ body }) => mtproto.decodeAny(body)._ === 'rpc_result');
    const [answer] = answers;
    assert.ok(answer !== undefined);
    raw.send(encode({ _: 'msg_resend_req', msg_ids: [answer.msg_id] }), 4);
    assert.deepEqual(namesOf([await raw.values(4)]), [['rpc_result']]);
    const asked = raw.send(encode({ _: 'msg_resend_req', msg_ids: [answer.msg_id, 5n] }), 4);
    const values = await raw.values(4);
    assert.deepEqual(namesOf([values]), [['rpc_result', 'msgs_state_info']]);
    assert.ok(
      values.some((value) => value._ === 'msgs_state_info' && value.req_msg_id === asked && value.info.length === 2),
    );
  });

  test('msgs_state_req gets a byte for each message', async () => {
    const raw = await Raw.start();
    const asked = raw.send(CALL, 1);
    raw.send(encode({ _: 'msgs_state_req', msg_ids: [asked, asked - 4n, asked + (9n << 32n)] }), 2);
    const info = (await raw.values(2)).flatMap((value) => (value._ === 'msgs_state_info' ? [...value.info] : []));
    assert.deepEqual(info, [4, 2, 3]);
  });

  test('ping_delay_disconnect gets a pong, and its delay closes the connection', async () => {
    const raw = await Raw.start();
    raw.send(encodeCall('ping_delay_disconnect', { ping_id: 9n, disconnect_delay: 1 }), 1);
    const values = await raw.values(2);
    assert.ok(values.some((value) => value._ === 'pong' && value.ping_id === 9n));
    await raw.client.ended();
  });
});

test('the layer and the device of a key hold in its other sessions and connections', async () => {
  const raw = await Raw.start();
  raw.send(CALL, 1);
  await raw.payloads(2);
  raw.session_id++;
  raw.send(legacy.codec.encodeCall('auth.sendCall', SEED), 1);
  const [result] = await raw.values(2);
  assert.ok(result?._ === 'rpc_result');
  assert.equal(legacy.codec.decodeAnswer('auth.sendCall', result.result), true);
});
