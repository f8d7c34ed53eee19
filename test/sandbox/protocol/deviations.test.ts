/**
 * What Telegram's servers accept although the protocol says otherwise: a tolerant sandbox accepts it too and reports it
 * once for each connection; a strict one refuses it. Our own client's messages are changed on their way.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { concat } from '../../../src/bytes.ts';
import { sha1 } from '../../../src/crypto/hash.ts';
import { rsaPad } from '../../../src/crypto/rsa.ts';
import { isPlain, openPlain, seal, sealPlain } from '../../../src/mtproto/envelope.ts';
import { messageIds } from '../../../src/mtproto/message-id.ts';
import {
  DEVIATIONS,
  type Deviation,
  type Sandbox,
  type SandboxEvent,
  startSandbox,
} from '../../../src/sandbox/index.ts';
import { type InnerData, openInnerData } from '../../../src/sandbox/protocol/inner-data.ts';
import { legacy, mtproto } from '../../../src/tl/layer.ts';
import { seeded, serverKey } from '../../pair.ts';
import { SEED, TestClient } from '../client.ts';
import { rsaRaw } from './inner-data.ts';

const random = seeded('deviations');
const events: SandboxEvent[] = [];
const options = { key: serverKey, onEvent: (event: SandboxEvent) => events.push(event) };
let tolerant: Sandbox;
let strict: Sandbox;
before(async () => {
  tolerant = await startSandbox(options);
  strict = await startSandbox({ ...options, strict: true });
});
after(() => Promise.all([tolerant.close(), strict.close()]));

/** Makes what a deviating client sends from a plain payload of ours. */
type Deviate = (payload: Uint8Array) => readonly Uint8Array[];

const withBody = (payload: Uint8Array, change: (body: Uint8Array) => Uint8Array) => {
  const { msg_id, body } = openPlain(payload);
  return [sealPlain(msg_id, change(body))];
};
const withId =
  (change: (msg_id: bigint) => bigint): Deviate =>
  (payload) => {
    const { msg_id, body } = openPlain(payload);
    return [sealPlain(change(msg_id), body)];
  };
const padded =
  (length: number): Deviate =>
  (payload) =>
    withBody(payload, (body) => concat(body, random(length)));
const withInner =
  (encrypt: (inner: InnerData) => Uint8Array): Deviate =>
  (payload) =>
    withBody(payload, (body) => {
      const call = mtproto.decodeCall(body);
      if (call._ !== 'req_DH_params') return body;
      const inner = openInnerData(call.encrypted_data, serverKey, () => false);
      return mtproto.encodeCall('req_DH_params', { ...call, encrypted_data: encrypt(inner) });
    });
const oldForm = (inner: InnerData) => {
  const data = mtproto.encode(inner);
  return rsaRaw(concat(Uint8Array.of(0), sha1(data), data, random(235 - data.length)));
};
const shortened = (inner: InnerData): Uint8Array => {
  const encrypted = rsaPad(mtproto.encode(inner), serverKey, random);
  return encrypted[0] === 0 ? encrypted.subarray(1) : shortened(inner);
};
const rsaPadded = (inner: InnerData) => rsaPad(mtproto.encode(inner), serverKey, random);

/** TDLib pads the size of the value to a multiple of 16, and adds up to 15 blocks. */
const likeTdlib: Deviate = (payload) => {
  const { body } = openPlain(payload);
  return [sealPlain(0n, concat(body, random((-body.length & 15) + 240)))];
};

const CASES: readonly (readonly [title: string, expected: readonly Deviation[], deviate: Deviate])[] = [
  [
    'req_pq',
    ['req-pq'],
    (payload) =>
      withBody(payload, (body) => {
        const call = mtproto.decodeCall(body);
        return call._ === 'req_pq_multi' ? mtproto.encodeCall('req_pq', call) : body;
      }),
  ],
  ['the msg_id 0', ['plain-msg-id'], withId(() => 0n)],
  ['the msg_id 1', ['plain-msg-id'], withId(() => 1n)],
  ["a server's msg_id", ['plain-msg-id'], withId((msg_id) => msg_id | 3n)],
  ['4 bytes of padding', ['plain-padding'], padded(4)],
  ['252 bytes of padding', ['plain-padding'], padded(252)],
  ['plain messages like those of TDLib', ['plain-msg-id', 'plain-padding'], likeTdlib],
  [
    'acknowledgements of plain messages',
    ['plain-ack'],
    (payload) => [sealPlain(openPlain(payload).msg_id - 4n, mtproto.encode({ _: 'msgs_ack', msg_ids: [5n] })), payload],
  ],
  ['the form before RSA_PAD', ['rsa-padding'], withInner(oldForm)],
  ['encrypted data of 255 bytes', ['short-number'], withInner(shortened)],
  ['p_q_inner_data', ['inner-data'], withInner((inner) => rsaPadded({ ...inner, _: 'p_q_inner_data' }))],
  [
    'p_q_inner_data_temp',
    ['inner-data'],
    withInner((inner) => rsaPadded({ ...inner, _: 'p_q_inner_data_temp', expires_in: 600 })),
  ],
  [
    'what Telethon and Pyrogram send',
    ['rsa-padding', 'inner-data'],
    withInner((inner) => oldForm({ ...inner, _: 'p_q_inner_data' })),
  ],
];

/** Connects a client whose plain payloads are changed. */
async function deviating(sandbox: Sandbox, deviate: Deviate): Promise<TestClient> {
  const client = await TestClient.connect(sandbox);
  const send = client.send.bind(client);
  client.send = (...payloads) => send(...payloads.flatMap((each) => (isPlain(each) ? deviate(each) : [each])));
  return client;
}

const toleratedSince = (start: number) =>
  events.slice(start).flatMap((event) => (event.event === 'tolerated' ? [event.deviation] : []));

describe('a key exchange with', () => {
  for (const [title, expected, deviate] of CASES)
    test(`${title} is completed and reported, or refused if strict`, async () => {
      const start = events.length;
      const client = await deviating(tolerant, deviate);
      const { server_salt } = await client.exchange();
      const key = await client.exchange();
      assert.notEqual(key.server_salt, server_salt, 'two keys on one connection');
      client.begin(key);
      if (title !== 'p_q_inner_data_temp') assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
      assert.deepEqual(toleratedSince(start), expected);
      client.close();

      const refused = await deviating(strict, deviate);
      await assert.rejects(refused.exchange());
      await refused.ended();
      const last = events.at(-1);
      assert.ok(last?.event === 'closed');
      assert.doesNotMatch(last.reason, /The server failed/, 'the client did');
      assert.deepEqual(toleratedSince(start), expected);
    });

  test('none of them is not reported', async () => {
    const start = events.length;
    const client = await TestClient.start(strict);
    assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
    const other = await TestClient.start(tolerant);
    assert.equal(await other.call(legacy, 'auth.sendCall', SEED), true);
    assert.deepEqual(toleratedSince(start), []);
    for (const each of [client, other]) each.close();
  });
});

test('a message_length beyond the payload is always refused', async () => {
  const client = await deviating(tolerant, (payload) => [payload.map((byte, i) => (i === 16 ? byte + 4 : byte))]);
  await assert.rejects(client.exchange());
});

describe('msgs_ack with an odd seq_no', () => {
  const ids = messageIds(Date.now);

  async function acknowledges(sandbox: Sandbox): Promise<readonly number[]> {
    const client = await TestClient.start(sandbox);
    const body = mtproto.encode({ _: 'msgs_ack', msg_ids: [5n] });
    const { auth_key, channel } = client;
    assert.ok(channel !== undefined);
    const { session_id, server_salt: salt } = channel;
    for (const seq_no of [1, 3])
      client.send(seal(auth_key, 'client', { salt, session_id, msg_id: ids('request'), seq_no, body }, random));
    const ping = mtproto.encodeCall('ping', { ping_id: 1n });
    client.send(seal(auth_key, 'client', { salt, session_id, msg_id: ids('request'), seq_no: 4, body: ping }, random));
    const codes: number[] = [];
    for (;;)
      for (const { body } of await client.messages()) {
        const value = mtproto.decodeAny(body);
        if (value._ === 'bad_msg_notification') codes.push(value.error_code);
        if (value._ === 'pong') return codes;
      }
  }

  test('is accepted and reported once, or refused with code 34 if strict', async () => {
    const start = events.length;
    assert.deepEqual(await acknowledges(tolerant), []);
    assert.deepEqual(toleratedSince(start), ['odd-ack']);
    assert.deepEqual(await acknowledges(strict), [34, 34]);
    assert.deepEqual(toleratedSince(start), ['odd-ack']);
  });
});

test('every deviation is tested, here, in mtproxy.test.ts or in layers.test.ts', () => {
  const tested = new Set<string>([
    'odd-ack',
    'unpadded-proxy',
    'other-layer',
    ...CASES.flatMap(([, expected]) => expected),
  ]);
  assert.deepEqual(
    Object.keys(DEVIATIONS).filter((name) => !tested.has(name)),
    [],
  );
});
