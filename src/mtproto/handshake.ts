/**
 * Creating an auth_key, the client's side (https://core.telegram.org/mtproto/auth_key), step by step like the page.
 *
 * Every failed check throws `SecurityError`, and nothing of the exchange is kept.
 */
import { equal, le64, type Now, type Random } from '../bytes.ts';
import { sameSecret } from '../crypto/compare.ts';
import { checkDhParameters, checkDhPublic, dhPair, KNOWN_PRIME } from '../crypto/dh.ts';
import { factor } from '../crypto/factor.ts';
import { authKeyAuxHash, firstSalt, newNonceHash, newNonceHashOfFail, temporaryCipher } from '../crypto/keys.ts';
import { rsaPad } from '../crypto/rsa.ts';
import { NetworkError, SecurityError } from '../errors.ts';
import { mtproto } from '../tl/layer.ts';
import type { mtprotoText } from '../tl/schema/mtproto.ts';
import type { Answers, Constructors, Methods } from '../tl/types.ts';
import { openPlain, sealPlain } from './envelope.ts';
import { type Cipher, check, openHashed, sealHashed, toBigEndian } from './handshake-crypto.ts';
import { isFrom } from './message-id.ts';
import { fingerprintHex, type ServerKey } from './server-key.ts';

/** A key exchange without I/O. It yields a payload for the other side and resumes with the answer. */
export type Flow<T> = Generator<Uint8Array, T, Uint8Array>;

type Schema = typeof mtprotoText;
type InnerData = Constructors<Schema>['server_DH_inner_data'];

export interface HandshakeOptions {
  /** Trusted server keys. The first one that the server offers is used. */
  readonly keys: readonly ServerKey[];
  /** p_q_inner_data_dc.dc: the DC's id, plus 10000 on the test network. */
  readonly dc: number;
  /** Seconds that the key lives, for a temporary key (https://core.telegram.org/api/pfs). */
  readonly expires_in?: number;
  readonly random: Random;
  readonly now: Now;
  /** Returns the client's next msg_id. */
  readonly nextId: () => bigint;
  /**
   * Gets the work that the next answer will need. Run it once the request is sent, while the server works; if it is not
   * run, it is done when the answer is there.
   */
  readonly meanwhile?: (work: () => void) => void;
}

export interface NewKey {
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  /** The first salt, a long. */
  readonly server_salt: bigint;
  /** Seconds by which the server's clock is ahead of ours. */
  readonly time_offset: number;
}

type DhPair = ReturnType<typeof dhPair>;
type DhGroup = Pick<InnerData, 'g' | 'dh_prime'>;

/** What Telegram's servers send. Our half is computed for it before they do, and thrown away if they send another. */
const USUAL: DhGroup = { g: 3, dh_prime: KNOWN_PRIME };

/** How often dh_gen_retry is answered with a new b before the exchange fails. */
const MAX_RETRIES = 3;

interface Nonces {
  readonly nonce: Uint8Array;
  readonly server_nonce: Uint8Array;
  readonly new_nonce: Uint8Array;
}

export function* handshake(options: HandshakeOptions): Flow<NewKey> {
  const { keys, random, now } = options;

  // 1–3: server_nonce, the server's key, the factors of pq
  const nonce = random(16);
  const resPQ = yield* ask(options, 'req_pq_multi', { nonce });
  check(equal(resPQ.nonce, nonce), 'nonce is ours');
  const { pq, server_nonce } = resPQ;
  const serverKey = pickKey(keys, resPQ.server_public_key_fingerprints);
  const [p, q] = factor(bigEndian(pq));
  const factors = { p: toBigEndian(p), q: toBigEndian(q) };

  // 4: new_nonce, the only secret that the server's RSA key protects
  const nonces: Nonces = { nonce, server_nonce, new_nonce: random(32) };
  const encrypted_data = rsaPad(innerData(options, { ...nonces, ...factors, pq }), serverKey, random);
  const { fingerprint: public_key_fingerprint } = serverKey;
  const request = { nonce, server_nonce, ...factors, public_key_fingerprint, encrypted_data };
  const guess = once(() => freshPair(USUAL, random));
  options.meanwhile?.(guess);
  const params = yield* ask(options, 'req_DH_params', request);

  // 5–6: the server's half of Diffie–Hellman
  checkNonces(params, nonces);
  if (params._ === 'server_DH_params_fail') {
    const proof = newNonceHashOfFail(nonces.new_nonce);
    check(sameSecret(params.new_nonce_hash, proof), 'new_nonce_hash of server_DH_params_fail');
    throw new NetworkError('HANDSHAKE_REFUSED', { answer: params._ });
  }
  const cipher = temporaryCipher(nonces.new_nonce, server_nonce);
  const dh = openHashed('Server_DH_inner_data', params.encrypted_answer, cipher);
  checkNonces(dh, nonces);
  checkDhParameters(dh.dh_prime, dh.g);
  checkDhPublic(dh.g_a, dh.dh_prime);
  const time_offset = dh.server_time - Math.floor(now() / 1000);

  // 7–9: our half, and the proof that both sides have the same key
  const isUsual = dh.g === USUAL.g && equal(dh.dh_prime, USUAL.dh_prime);
  const auth_key = yield* agree(options, dh, cipher, nonces, isUsual ? guess() : freshPair(dh, random));
  const server_salt = firstSalt(nonces.new_nonce, server_nonce);
  for (const secret of [nonces.new_nonce, cipher.key, cipher.iv]) secret.fill(0);
  return { auth_key, server_salt, time_offset };
}

/** Sends our half of Diffie–Hellman until the server accepts it, and returns the auth_key. */
function* agree(
  options: HandshakeOptions,
  dh: InnerData,
  cipher: Cipher,
  nonces: Nonces,
  first: DhPair,
): Flow<Uint8Array> {
  const { nonce, server_nonce, new_nonce } = nonces;
  const { random } = options;
  let retry_id = 0n;
  for (let attempt = 0; ; attempt++) {
    const pair = attempt === 0 ? first : freshPair(dh, random);
    const inner = mtproto.encode({ _: 'client_DH_inner_data', nonce, server_nonce, retry_id, g_b: pair.public });
    const encrypted_data = sealHashed(inner, cipher, random);
    const shared = once(() => pair.shared(dh.g_a));
    options.meanwhile?.(shared);
    const answer = yield* ask(options, 'set_client_DH_params', { nonce, server_nonce, encrypted_data });
    const auth_key = shared();
    checkNonces(answer, nonces);
    const proves = (hash: Uint8Array, n: 1 | 2 | 3) =>
      check(sameSecret(hash, newNonceHash(new_nonce, n, auth_key)), `new_nonce_hash${n}`);
    switch (answer._) {
      case 'dh_gen_ok':
        proves(answer.new_nonce_hash1, 1);
        return auth_key;
      case 'dh_gen_retry':
        proves(answer.new_nonce_hash2, 2);
        if (attempt < MAX_RETRIES) break;
        throw new NetworkError('HANDSHAKE_REFUSED', { answer: answer._ });
      case 'dh_gen_fail':
        proves(answer.new_nonce_hash3, 3);
        throw new NetworkError('HANDSHAKE_REFUSED', { answer: answer._ });
    }
    retry_id = le64(authKeyAuxHash(auth_key));
  }
}

function* ask<M extends keyof Methods<Schema> & keyof Answers<Schema>>(
  { nextId }: HandshakeOptions,
  method: M,
  params: Methods<Schema>[M],
): Flow<Answers<Schema>[M]> {
  const { msg_id, body } = openPlain(yield sealPlain(nextId(), mtproto.encodeCall(method, params)));
  if (!isFrom('server', msg_id)) throw new SecurityError("msg_id is a server's");
  return mtproto.decodeAnswer(method, body, { trailing: true });
}

function checkNonces(answer: Omit<Nonces, 'new_nonce'>, { nonce, server_nonce }: Nonces): void {
  check(equal(answer.nonce, nonce), 'nonce is ours');
  check(equal(answer.server_nonce, server_nonce), 'server_nonce is the one of resPQ');
}

function innerData(
  { dc, expires_in }: HandshakeOptions,
  fields: Omit<Constructors<Schema>['p_q_inner_data'], '_'>,
): Uint8Array {
  return expires_in === undefined
    ? mtproto.encode({ _: 'p_q_inner_data_dc', ...fields, dc })
    : mtproto.encode({ _: 'p_q_inner_data_temp_dc', ...fields, dc, expires_in });
}

/** The first offered key that we trust. Throws `SecurityError` if there is none. */
function pickKey(keys: readonly ServerKey[], offered: readonly bigint[]): ServerKey {
  for (const fingerprint of offered) {
    const known = keys.find((key) => key.fingerprint === fingerprint);
    if (known !== undefined) return known;
  }
  const hex = (list: readonly bigint[]) => list.map(fingerprintHex).join(', ') || 'none';
  throw new SecurityError('a server key that we know', 'SERVER_KEY_UNKNOWN', {
    offered: hex(offered),
    known: hex(keys.map(({ fingerprint }) => fingerprint)),
  });
}

/** Draws b until g_b is in range, nearly always the first time. */
function freshPair({ g, dh_prime }: DhGroup, random: Random): DhPair {
  for (;;) {
    const b = random(256);
    const pair = dhPair(g, dh_prime, b);
    b.fill(0);
    try {
      checkDhPublic(pair.public, dh_prime);
      return pair;
    } catch (error) {
      if (!(error instanceof SecurityError)) throw error;
    }
  }
}

/** Returns a function that computes a value when it is first called. */
function once<T>(compute: () => T): () => T {
  let computed: { readonly value: T } | undefined;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
}

function bigEndian(bytes: Uint8Array): bigint {
  check(bytes.length <= 8, 'pq has at most eight bytes');
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
