/**
 * Faults of the key exchange (https://core.telegram.org/mtproto/auth_key). With the server's RSA key they read
 * new_nonce from req_DH_params, and can then change what only the client and the server should.
 */
import { fromHex } from '../../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../../crypto/aes.ts';
import { newNonceHash, newNonceHashOfFail, temporaryCipher } from '../../crypto/keys.ts';
import { TgAuthError } from '../../errors.ts';
import { isPlain, openPlain, sealPlain } from '../../mtproto/envelope.ts';
import { type Cipher, openHashed, sealHashed } from '../../mtproto/handshake-crypto.ts';
import { mtproto } from '../../tl/layer.ts';
import type { mtprotoText } from '../../tl/schema/mtproto.ts';
import type { AnyValue, Constructors } from '../../tl/types.ts';
import type { ServeOptions } from '../protocol/handshake-server.ts';
import { openInnerData } from '../protocol/inner-data.ts';
import {
  atMoment,
  type DueContext,
  type FaultArgument,
  type FaultContext,
  type FaultKind,
  flipBit,
  oneOf,
  type Traffic,
} from './fault.ts';
import { WEAK_DH_FAULTS } from './weak-dh.ts';

/** A server's message in a key exchange. */
type Reply = Extract<AnyValue<typeof mtprotoText>, { server_nonce: Uint8Array }>;
type InnerData = Constructors<typeof mtprotoText>['server_DH_inner_data'];

/** What both sides know after req_DH_params. */
interface Secrets {
  readonly new_nonce: Uint8Array;
  readonly cipher: Cipher;
}

const UNKNOWN: Secrets = {
  new_nonce: new Uint8Array(32),
  cipher: { key: new Uint8Array(32), iv: new Uint8Array(32) },
};

interface Asked extends DueContext, Secrets {}

/** 2^61 − 1, which is prime; 2^64 + 13, which has nine bytes; and 0. */
const BAD_PQ: Readonly<Record<string, string>> = {
  prime: '1fffffffffffffff',
  large: '01000000000000000d',
  zero: '00',
};

const WRONG_RETRY = onReply('h3', '', (reply) =>
  reply._ === 'dh_gen_retry' ? { ...reply, new_nonce_hash2: flipBit(reply.new_nonce_hash2, 0) } : reply,
);

export const HANDSHAKE_FAULTS: Readonly<Record<string, FaultKind>> = {
  nonce: onReply('h1', 'sends a wrong nonce', (reply) => ({ ...reply, nonce: flipBit(reply.nonce, 0) })),
  'server-nonce': onReply('h2', 'sends another server_nonce than before', (reply) => ({
    ...reply,
    server_nonce: flipBit(reply.server_nonce, 0),
  })),
  fingerprint: onReply('h1', 'offers another RSA key', (reply) =>
    reply._ === 'resPQ' ? { ...reply, server_public_key_fingerprints: [1n] } : reply,
  ),
  pq: onReply(
    'h1',
    'sends a pq that is not a product of two primes',
    (reply, { argument }) => (reply._ === 'resPQ' ? { ...reply, pq: fromHex(BAD_PQ[argument] ?? '') } : reply),
    oneOf(...Object.keys(BAD_PQ)),
  ),
  'params-fail': onReply('h2', 'answers server_DH_params_fail', ({ nonce, server_nonce }, { new_nonce }) => ({
    _: 'server_DH_params_fail',
    nonce,
    server_nonce,
    new_nonce_hash: newNonceHashOfFail(new_nonce),
  })),
  'dh-hash': onReply('h2', 'sends server_DH_inner_data with a wrong hash', (reply, { cipher: { key, iv } }) =>
    reply._ === 'server_DH_params_ok'
      ? { ...reply, encrypted_answer: igeEncrypt(key, iv, flipBit(igeDecrypt(key, iv, reply.encrypted_answer), 0)) }
      : reply,
  ),
  'dh-nonce': onInner('sends a wrong nonce inside server_DH_inner_data', (data) => ({
    ...data,
    nonce: flipBit(data.nonce, 0),
  })),
  'dh-server-nonce': onInner('sends a wrong server_nonce inside server_DH_inner_data', (data) => ({
    ...data,
    server_nonce: flipBit(data.server_nonce, 0),
  })),
  ...WEAK_DH_FAULTS,
  'dh-retry': {
    does: 'answers the first set_client_DH_params of each exchange with dh_gen_retry',
    make: () => ({ serve: retryOnce }),
  },
  'retry-hash': {
    ...WRONG_RETRY,
    does: 'answers dh_gen_retry with a wrong new_nonce_hash2',
    make: (due, argument) => ({ ...WRONG_RETRY.make(due, argument), serve: retryOnce }),
  },
  'dh-fail': onReply('h3', 'answers dh_gen_fail', ({ nonce, server_nonce }, { new_nonce, newestAuthKey }) => ({
    _: 'dh_gen_fail',
    nonce,
    server_nonce,
    new_nonce_hash3: newNonceHash(new_nonce, 3, newestAuthKey() ?? new Uint8Array(256)),
  })),
  'new-nonce-hash': onReply('h3', 'sends a wrong new_nonce_hash', (reply) =>
    reply._ === 'dh_gen_ok' ? { ...reply, new_nonce_hash1: flipBit(reply.new_nonce_hash1, 0) } : reply,
  ),
};

/** Answers the first set_client_DH_params of an exchange as if another client had its key. */
function retryOnce(options: ServeOptions): ServeOptions {
  let asked = false;
  const isTaken = (auth_key_id: bigint) => {
    const first = !asked;
    asked = true;
    return first || options.isTaken?.(auth_key_id) === true;
  };
  return { ...options, isTaken };
}

/** Describes a fault that changes the server's reply at the moment. */
function onReply(
  moment: string,
  does: string,
  change: (reply: Reply, asked: Asked) => Reply,
  argument?: FaultArgument,
): FaultKind {
  const wrap = (next: Traffic, context: DueContext): Traffic => {
    let secrets = UNKNOWN;
    return {
      ...next,
      receive(payload) {
        secrets = learn(payload, context) ?? secrets;
        next.receive(payload);
      },
      send(payload) {
        const asked = { ...context, ...secrets };
        next.send(context.isDue(payload) ? changed(payload, (reply) => change(reply, asked)) : payload);
      },
    };
  };
  return atMoment(moment, does, wrap, argument);
}

/** A fault that changes the encrypted content of server_DH_params_ok. */
function onInner(does: string, change: (data: InnerData) => InnerData): FaultKind {
  return onReply('h2', does, (reply, asked) => changeInner(reply, asked, change));
}

function changeInner(reply: Reply, { cipher, random }: Asked, change: (data: InnerData) => InnerData): Reply {
  if (reply._ !== 'server_DH_params_ok') return reply;
  const data = openHashed('Server_DH_inner_data', reply.encrypted_answer, cipher);
  return { ...reply, encrypted_answer: sealHashed(mtproto.encode(change(data)), cipher, random) };
}

/** Reads the secrets from req_DH_params. The server itself refuses a payload that cannot be read. */
function learn(payload: Uint8Array, { key }: FaultContext): Secrets | undefined {
  try {
    const call = mtproto.decodeCallPrefix(openPlain(payload).body).value;
    if (call._ !== 'req_DH_params') return undefined;
    const { new_nonce } = openInnerData(call.encrypted_data, key, () => true);
    return { new_nonce, cipher: temporaryCipher(new_nonce, call.server_nonce) };
  } catch (error) {
    if (error instanceof TgAuthError) return undefined;
    throw error;
  }
}

function changed(payload: Uint8Array, change: (reply: Reply) => Reply): Uint8Array {
  if (!isPlain(payload)) return payload;
  const { msg_id, body } = openPlain(payload);
  const value = mtproto.decodeAny(body);
  return 'server_nonce' in value ? sealPlain(msg_id, mtproto.encode(change(value))) : payload;
}
