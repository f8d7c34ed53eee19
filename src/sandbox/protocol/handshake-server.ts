/**
 * The server's side of a key exchange (https://core.telegram.org/mtproto/auth_key); the client's is
 * `mtproto/handshake.ts`.
 *
 * A client that fails a check causes a `SecurityError` or a `TlError`, and the connection sends it a transport error.
 */
import { checkPrimeSync } from 'node:crypto';
import { equal, le64, type Now, type Random } from '../../bytes.ts';
import { checkDhPublic, dhPair, KNOWN_PRIME } from '../../crypto/dh.ts';
import { authKeyAuxHash, authKeyId, firstSalt, newNonceHash, temporaryCipher } from '../../crypto/keys.ts';
import type { RsaPrivateKey } from '../../crypto/rsa.ts';
import { check, NetworkError, SecurityError } from '../../errors.ts';
import { openPlain, sealPlain } from '../../mtproto/envelope.ts';
import type { Flow } from '../../mtproto/handshake.ts';
import { openHashed, sealHashed, toBigEndian } from '../../mtproto/handshake-crypto.ts';
import { isFrom } from '../../mtproto/message-id.ts';
import type { ServerKey } from '../../mtproto/server-key.ts';
import { mtproto } from '../../tl/layer.ts';
import type { mtprotoText } from '../../tl/schema/mtproto.ts';
import type { AnyCall } from '../../tl/types.ts';
import type { Tolerates } from './deviations.ts';
import { type InnerData, openInnerData } from './inner-data.ts';

/** A server's half of Diffie–Hellman. */
export interface DhHalf {
  readonly g: number;
  readonly dh_prime: Uint8Array;
  readonly g_a: Uint8Array;
  /** Returns the auth_key. Throws `SecurityError` for a g_b out of range. */
  shared(g_b: Uint8Array): Uint8Array;
}

export interface ServeOptions {
  readonly key: ServerKey & RsaPrivateKey;
  /** The DC's id. A client may add 10000 (test network) or negate it (media). */
  readonly dc: number;
  readonly random: Random;
  readonly now: Now;
  /** Returns the msg_id of the next answer. */
  readonly nextId: () => bigint;
  /** Draws the factors of pq; by default two random primes of 31 bits. */
  readonly drawPrimes?: (random: Random) => readonly [p: bigint, q: bigint];
  /** Draws the half of Diffie–Hellman; by default one in the group of Telegram's servers. */
  readonly drawHalf?: (random: Random) => DhHalf;
  /** Whether another client has a key with this id; then this one must draw again (dh_gen_retry). */
  readonly isTaken?: (auth_key_id: bigint) => boolean;
  /** Nothing is tolerated by default. */
  readonly tolerates?: Tolerates;
}

export interface ServedKey {
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
  /** Lifetime of a temporary key in seconds; undefined for a permanent one. */
  readonly expires_in: number | undefined;
  /** The last payload to send: dh_gen_ok. */
  readonly answer: Uint8Array;
}

const MAX_RETRIES = 5;

interface Nonces {
  readonly nonce: Uint8Array;
  readonly server_nonce: Uint8Array;
}

interface Exchange extends Required<ServeOptions> {
  readonly nonces: Nonces;
}

const DEFAULTS = {
  drawHalf: halfInTelegramsGroup,
  isTaken: () => false,
  drawPrimes: primesOf31Bits,
  tolerates: () => false,
};

/** Serves one client from its first payload on. Throws `SecurityError` or `TlError` at the first failed check. */
export function* serveHandshake(first: Uint8Array, options: ServeOptions): Flow<ServedKey> {
  const { tolerates } = { ...DEFAULTS, ...options };
  const start = readCall(first, tolerates);
  if (start._ !== 'req_pq_multi' && (start._ !== 'req_pq' || !tolerates('req-pq')))
    throw new SecurityError('the exchange begins with req_pq_multi');
  const nonces = { nonce: start.nonce, server_nonce: options.random(16) };
  const exchange = { ...DEFAULTS, ...options, nonces };
  return yield* serveDh(exchange, yield* servePq(exchange));
}

/** Steps 2 to 4: sends pq, and returns the client's inner data. */
function* servePq(exchange: Exchange): Flow<InnerData> {
  const { key, dc, random, nextId, nonces, drawPrimes, tolerates } = exchange;
  const [p, q] = drawPrimes(random);
  const pq = toBigEndian(p * q);
  const resPQ = mtproto.encode({ _: 'resPQ', ...nonces, pq, server_public_key_fingerprints: [key.fingerprint] });
  const asked = readCall(yield sealPlain(nextId(), resPQ), tolerates);
  if (asked._ !== 'req_DH_params') throw new SecurityError('req_DH_params follows resPQ');
  checkNonces(asked, nonces);
  check(equal(asked.p, toBigEndian(p)) && equal(asked.q, toBigEndian(q)), 'p and q are the factors of pq');
  check(asked.public_key_fingerprint === key.fingerprint, 'the fingerprint was offered');
  const inner = openInnerData(asked.encrypted_data, key, tolerates);
  checkNonces(inner, nonces);
  const isSame = equal(inner.pq, pq) && equal(inner.p, asked.p) && equal(inner.q, asked.q);
  check(isSame, 'the inner p and q are the outer ones');
  check('dc' in inner || tolerates('inner-data'), 'p_q_inner_data names the data centre');
  if ('dc' in inner && Math.abs(inner.dc) % 10000 !== dc) throw new NetworkError('TRANSPORT_ERROR', { code: -444 });
  return inner;
}

/** Steps 5 to 9: Diffie–Hellman, repeated while the key is taken. */
function* serveDh(exchange: Exchange, inner: InnerData): Flow<ServedKey> {
  const { random, now, nextId, nonces, drawHalf, isTaken, tolerates } = exchange;
  const { new_nonce } = inner;
  const { g, dh_prime, g_a, shared } = drawHalf(random);
  const cipher = temporaryCipher(new_nonce, nonces.server_nonce);
  const server_time = Math.floor(now() / 1000);
  const data = mtproto.encode({ _: 'server_DH_inner_data', ...nonces, g, dh_prime, g_a, server_time });
  const encrypted_answer = sealHashed(data, cipher, random);
  let reply = mtproto.encode({ _: 'server_DH_params_ok', ...nonces, encrypted_answer });

  let retry_id = 0n;
  for (let attempt = 0; ; attempt++) {
    const set = readCall(yield sealPlain(nextId(), reply), tolerates);
    if (set._ !== 'set_client_DH_params') throw new SecurityError('set_client_DH_params follows server_DH_params_ok');
    checkNonces(set, nonces);
    const client = openHashed('Client_DH_Inner_Data', set.encrypted_data, cipher);
    checkNonces(client, nonces);
    check(client.retry_id === retry_id, 'retry_id is the hash of the key before');
    const auth_key = shared(client.g_b);
    if (!isTaken(authKeyId(auth_key))) {
      const new_nonce_hash1 = newNonceHash(new_nonce, 1, auth_key);
      return {
        auth_key,
        server_salt: firstSalt(new_nonce, nonces.server_nonce),
        expires_in: 'expires_in' in inner ? inner.expires_in : undefined,
        answer: sealPlain(nextId(), mtproto.encode({ _: 'dh_gen_ok', ...nonces, new_nonce_hash1 })),
      };
    }
    if (attempt >= MAX_RETRIES) throw new SecurityError('the auth_key is unused');
    retry_id = le64(authKeyAuxHash(auth_key));
    reply = mtproto.encode({ _: 'dh_gen_retry', ...nonces, new_nonce_hash2: newNonceHash(new_nonce, 2, auth_key) });
  }
}

function halfInTelegramsGroup(random: Random): DhHalf {
  const [g, dh_prime] = [3, KNOWN_PRIME];
  const pair = dhPair(g, dh_prime, random(256));
  const shared = (g_b: Uint8Array) => {
    checkDhPublic(g_b, dh_prime);
    return pair.shared(g_b);
  };
  return { g, dh_prime, g_a: pair.public, shared };
}

function checkNonces(sent: Nonces, { nonce, server_nonce }: Nonces): void {
  check(equal(sent.nonce, nonce) && equal(sent.server_nonce, server_nonce), 'the nonces are those of this exchange');
}

function readCall(payload: Uint8Array, tolerates: Tolerates): AnyCall<typeof mtprotoText> {
  const { msg_id, body } = openPlain(payload);
  const isClients = msg_id !== 0n && isFrom('client', msg_id);
  check(isClients || tolerates('plain-msg-id'), "msg_id is a client's");
  const { value, length } = mtproto.decodeCallPrefix(body);
  check(length === body.length || tolerates('plain-padding'), 'message_length is the length of the value');
  return value;
}

function primesOf31Bits(random: Random): [p: bigint, q: bigint] {
  const draw = () => {
    for (;;) {
      const candidate = BigInt.asUintN(31, le64(random(8)) | 0x40000001n);
      if (checkPrimeSync(candidate)) return candidate;
    }
  };
  const p = draw();
  let q = draw();
  while (q === p) q = draw();
  return p < q ? [p, q] : [q, p];
}
