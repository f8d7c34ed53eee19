/**
 * Each check of the key exchange alone, on either side: one value is wrong, and all values that depend on it are
 * computed again, as an attacker who knows the secrets would do. Exactly the intended check must fail.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { newNonceHash, newNonceHashOfFail, temporaryCipher } from '../../src/crypto/keys.ts';
import { rsaPad } from '../../src/crypto/rsa.ts';
import { openPlain, sealPlain } from '../../src/mtproto/envelope.ts';
import { openHashed, sealHashed } from '../../src/mtproto/handshake-crypto.ts';
import { openInnerData } from '../../src/sandbox/protocol/inner-data.ts';
import { mtproto } from '../../src/tl/layer.ts';
import type { mtprotoText } from '../../src/tl/schema/mtproto.ts';
import type { AnyCall, AnyValue, Constructors, Methods, Types } from '../../src/tl/types.ts';
import { type Direction, exchange, seeded, serverKey } from '../pair.ts';

type Schema = typeof mtprotoText;
type Change = (payload: Uint8Array) => Uint8Array;

// The random values of both sides, in order.
const drawn = seeded('exchange client');
const nonce = drawn(16);
const new_nonce = drawn(32);
const server_nonce = seeded('exchange server')(16);
const cipher = () => temporaryCipher(new_nonce, server_nonce);
const random = seeded('an attacker');
const other16 = random(16);
/** The key that both sides would get. */
const { auth_key } = exchange().client;

const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

function named<V extends { readonly _: string }, N extends V['_']>(value: V, name: N): Extract<V, { _: N }> {
  const is = (each: V): each is Extract<V, { _: N }> => each._ === name;
  assert.ok(is(value), `${value._} is ${name}`);
  return value;
}

const call =
  <M extends keyof Methods<Schema>>(
    method: M,
    change: (call: Extract<AnyCall<Schema>, { _: M }>) => Uint8Array,
  ): Change =>
  (payload) => {
    const { msg_id, body } = openPlain(payload);
    return sealPlain(msg_id, change(named(mtproto.decodeCall(body), method)));
  };
const answer =
  <C extends AnyValue<Schema>['_']>(
    name: C,
    change: (value: Extract<AnyValue<Schema>, { _: C }>) => AnyValue<Schema>,
  ): Change =>
  (payload) => {
    const { msg_id, body } = openPlain(payload);
    return sealPlain(msg_id, mtproto.encode(change(named(mtproto.decodeAny(body), name))));
  };

const reqPq = (change: Partial<Methods<Schema>['req_pq_multi']>) =>
  call('req_pq_multi', (asked) => mtproto.encodeCall('req_pq_multi', { ...asked, ...change }));
const reqDh = (
  outer: Partial<Methods<Schema>['req_DH_params']>,
  inner: Partial<Constructors<Schema>['p_q_inner_data_dc']> = {},
) =>
  call('req_DH_params', (asked) => {
    const value = openInnerData(asked.encrypted_data, serverKey, () => false);
    const data = mtproto.encode({ ...named(value, 'p_q_inner_data_dc'), ...inner });
    return mtproto.encodeCall('req_DH_params', {
      ...asked,
      encrypted_data: rsaPad(data, serverKey, random),
      ...outer,
    });
  });
const setDh = (
  outer: Partial<Methods<Schema>['set_client_DH_params']>,
  inner: Partial<Constructors<Schema>['client_DH_inner_data']> = {},
) =>
  call('set_client_DH_params', (asked) => {
    const value = openHashed('Client_DH_Inner_Data', asked.encrypted_data, cipher());
    const encrypted_data = sealHashed(mtproto.encode({ ...value, ...inner }), cipher(), random);
    return mtproto.encodeCall('set_client_DH_params', { ...asked, encrypted_data, ...outer });
  });
const dhParams = (
  outer: Partial<Constructors<Schema>['server_DH_params_ok']>,
  inner: Partial<Types<Schema>['Server_DH_inner_data']> = {},
) =>
  answer('server_DH_params_ok', (said) => {
    const value = openHashed('Server_DH_inner_data', said.encrypted_answer, cipher());
    const encrypted_answer = sealHashed(mtproto.encode({ ...value, ...inner }), cipher(), random);
    return { ...said, encrypted_answer, ...outer };
  });

/** The same message with an id of the other side. */
const withId = (payload: Uint8Array, low: bigint) => {
  const { msg_id, body } = openPlain(payload);
  return sealPlain((msg_id & ~3n) | low, body);
};

const { p, q } = (() => {
  let factors = { p: new Uint8Array(0), q: new Uint8Array(0), pq: new Uint8Array(0) };
  const watch: Change = call('req_DH_params', (asked) => {
    const value = openInnerData(asked.encrypted_data, serverKey, () => false);
    factors = { p: asked.p.slice(), q: asked.q.slice(), pq: value.pq.slice() };
    return mtproto.encodeCall('req_DH_params', asked);
  });
  exchange({ tamper: (payload, from, step) => (from === 'client' && step === 1 ? watch(payload) : payload) });
  return factors;
})();

const NONCES = 'the nonces are those of this exchange';
const INNER = 'the inner p and q are the outer ones';
const RANGE = 'g_a and g_b: between 2^1984 and dh_prime − 2^1984';
const CLIENT_ID = "msg_id is a client's";
const SERVER_ID = "msg_id is a server's";
const [OURS, RESPQ] = ['nonce is ours', 'server_nonce is the one of resPQ'];

type Case = readonly [what: string, step: number, change: Change, check: string];

const byServer: readonly Case[] = [
  ["an id of req_pq_multi that is no client's", 0, (payload) => withId(payload, 1n), CLIENT_ID],
  ['another nonce in req_DH_params', 1, reqDh({ nonce: other16 }), NONCES],
  ['another server_nonce in req_DH_params', 1, reqDh({ server_nonce: other16 }), NONCES],
  ['p and q in the wrong order', 1, reqDh({ p: q, q: p }, { p: q, q: p }), 'p and q are the factors of pq'],
  ['another p', 1, reqDh({ p: flipped(p) }, { p: flipped(p) }), 'p and q are the factors of pq'],
  ['another q', 1, reqDh({ q: flipped(q) }, { q: flipped(q) }), 'p and q are the factors of pq'],
  ['another fingerprint', 1, reqDh({ public_key_fingerprint: 1n }), 'the fingerprint was offered'],
  ['another inner nonce', 1, reqDh({}, { nonce: other16 }), NONCES],
  ['another inner server_nonce', 1, reqDh({}, { server_nonce: other16 }), NONCES],
  ['another inner pq', 1, reqDh({}, { pq: other16.slice(0, 8) }), INNER],
  ['another inner p', 1, reqDh({}, { p: flipped(p) }), INNER],
  ['another inner q', 1, reqDh({}, { q: flipped(q) }), INNER],
  ['another nonce in set_client_DH_params', 2, setDh({ nonce: other16 }), NONCES],
  ['another server_nonce in set_client_DH_params', 2, setDh({ server_nonce: other16 }), NONCES],
  ['another nonce beside g_b', 2, setDh({}, { nonce: other16 }), NONCES],
  ['another server_nonce beside g_b', 2, setDh({}, { server_nonce: other16 }), NONCES],
  ['a retry_id before any retry', 2, setDh({}, { retry_id: 1n }), 'retry_id is the hash of the key before'],
  ['a g_b of 1', 2, setDh({}, { g_b: Uint8Array.of(1) }), RANGE],
  ['a g_b of dh_prime - 1', 2, setDh({}, { g_b: flipped(KNOWN_PRIME) }), RANGE],
  [
    'req_pq_multi once more',
    1,
    () => sealPlain(4n, mtproto.encodeCall('req_pq_multi', { nonce })),
    'req_DH_params follows resPQ',
  ],
  [
    'req_pq_multi at the end',
    2,
    () => sealPlain(4n, mtproto.encodeCall('req_pq_multi', { nonce })),
    'set_client_DH_params follows server_DH_params_ok',
  ],
  [
    'ping at the beginning',
    0,
    () => sealPlain(4n, mtproto.encodeCall('ping', { ping_id: 1n })),
    'the exchange begins with req_pq_multi',
  ],
];

const fail = (new_nonce_hash: Uint8Array): Change =>
  answer('server_DH_params_ok', () => ({ _: 'server_DH_params_fail', nonce, server_nonce, new_nonce_hash }));
const gen3 = (new_nonce_hash3: Uint8Array): Change =>
  answer('dh_gen_ok', () => ({ _: 'dh_gen_fail', nonce, server_nonce, new_nonce_hash3 }));
const gen2 = (new_nonce_hash2: Uint8Array): Change =>
  answer('dh_gen_ok', () => ({ _: 'dh_gen_retry', nonce, server_nonce, new_nonce_hash2 }));
const gen = (change: Partial<Constructors<Schema>['dh_gen_ok']>): Change =>
  answer('dh_gen_ok', (said) => ({ ...said, ...change }));

const byClient: readonly Case[] = [
  ["an id of resPQ that is no server's", 0, (payload) => withId(payload, 0n), SERVER_ID],
  ['another nonce in resPQ', 0, answer('resPQ', (said) => ({ ...said, nonce: other16 })), OURS],
  [
    'a pq of nine bytes',
    0,
    answer('resPQ', (said) => ({ ...said, pq: new Uint8Array(9).fill(1) })),
    'pq has at most eight bytes',
  ],
  ['another nonce in server_DH_params_ok', 1, dhParams({ nonce: other16 }), OURS],
  ['another server_nonce in server_DH_params_ok', 1, dhParams({ server_nonce: other16 }), RESPQ],
  ['another nonce beside g_a', 1, dhParams({}, { nonce: other16 }), OURS],
  ['another server_nonce beside g_a', 1, dhParams({}, { server_nonce: other16 }), RESPQ],
  ['a g that is no generator', 1, dhParams({}, { g: 2 }), 'g generates a subgroup of prime order modulo dh_prime'],
  ['a dh_prime that is none', 1, dhParams({}, { g: 4, dh_prime: flipped(KNOWN_PRIME) }), 'dh_prime is a safe prime'],
  ['a g_a of 1', 1, dhParams({}, { g_a: Uint8Array.of(1) }), RANGE],
  ['a g_a of dh_prime - 1', 1, dhParams({}, { g_a: flipped(KNOWN_PRIME) }), RANGE],
  [
    'server_DH_params_fail without the hash of new_nonce',
    1,
    fail(flipped(newNonceHashOfFail(new_nonce))),
    'new_nonce_hash of server_DH_params_fail',
  ],
  ['another nonce in dh_gen_ok', 2, gen({ nonce: other16 }), OURS],
  ['another server_nonce in dh_gen_ok', 2, gen({ server_nonce: other16 }), RESPQ],
  [
    'another hash in dh_gen_ok',
    2,
    gen({ new_nonce_hash1: flipped(newNonceHash(new_nonce, 1, auth_key)) }),
    'new_nonce_hash1',
  ],
  [
    'the hash of dh_gen_retry in dh_gen_ok',
    2,
    gen({ new_nonce_hash1: newNonceHash(new_nonce, 2, auth_key) }),
    'new_nonce_hash1',
  ],
  ['another hash in dh_gen_retry', 2, gen2(flipped(newNonceHash(new_nonce, 2, auth_key))), 'new_nonce_hash2'],
  ['another hash in dh_gen_fail', 2, gen3(flipped(newNonceHash(new_nonce, 3, auth_key))), 'new_nonce_hash3'],
];

for (const [side, from, cases] of [
  ['the server', 'client', byServer],
  ['the client', 'server', byClient],
] as const satisfies readonly [string, Direction, readonly Case[]][])
  describe(`${side} refuses`, () => {
    for (const [what, step, change, check] of cases)
      test(what, () => {
        const tamper = (payload: Uint8Array, sender: Direction, at: number) =>
          sender === from && at === step ? change(payload) : payload;
        assert.throws(() => exchange({ tamper }), { name: 'SecurityError', check });
      });
  });

describe('unchanged', () => {
  for (const [what, from, step, change] of [
    ['req_pq_multi', 'client', 0, reqPq({})],
    ['req_DH_params', 'client', 1, reqDh({})],
    ['set_client_DH_params', 'client', 2, setDh({})],
    ['server_DH_params_ok', 'server', 1, dhParams({})],
  ] as const)
    test(`${what} is taken`, () => {
      const tamper = (payload: Uint8Array, sender: Direction, at: number) =>
        sender === from && at === step ? change(payload) : payload;
      assert.deepEqual(exchange({ tamper }).client.auth_key, auth_key);
    });

  for (const [step, change] of [
    [1, fail(newNonceHashOfFail(new_nonce))],
    [2, gen3(newNonceHash(new_nonce, 3, auth_key))],
  ] as const)
    test(`a refusal with the right hash is the server's own (step ${step})`, () => {
      const tamper = (payload: Uint8Array, sender: Direction, at: number) =>
        sender === 'server' && at === step ? change(payload) : payload;
      assert.throws(() => exchange({ tamper }), { type: 'HANDSHAKE_REFUSED' });
    });
});
