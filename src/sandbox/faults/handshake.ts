/**
 * Faults of the key exchange (https://core.telegram.org/mtproto/auth_key). Standing in the middle with the server's RSA key, they learn
 * new_nonce from the client's req_DH_params as the server does, and can change what only those two should be able to change.
 */
import { fromHex, toHex, trimStart } from '../../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../../crypto/aes.ts';
import { newNonceHash, newNonceHashOfFail, temporaryCipher } from '../../crypto/keys.ts';
import { rsaUnpad } from '../../crypto/rsa.ts';
import { TgAuthError } from '../../errors.ts';
import { isPlain, openPlain, sealPlain } from '../../mtproto/envelope.ts';
import { type Cipher, openHashed, sealHashed } from '../../mtproto/handshake-crypto.ts';
import { mtproto } from '../../tl/layer.ts';
import type { mtprotoText } from '../../tl/schema/mtproto.ts';
import type { AnyValue, Constructors } from '../../tl/types.ts';
import { type FaultKind, flipped, type Insight, watching } from './fault.ts';

/** What the server says in an exchange. */
type Reply = Extract<AnyValue<typeof mtprotoText>, { server_nonce: Uint8Array }>;
type InnerData = Constructors<typeof mtprotoText>['server_DH_inner_data'];

/** What the two sides know by the client's second message. */
interface Secrets {
  readonly new_nonce: Uint8Array;
  readonly cipher: Cipher;
}

const NOTHING_YET: Secrets = {
  new_nonce: new Uint8Array(32),
  cipher: { key: new Uint8Array(32), iv: new Uint8Array(32) },
};

export const HANDSHAKE_FAULTS: Readonly<Record<string, FaultKind>> = {
  nonce: replied('h1', 'sends back another nonce', (reply) => ({ ...reply, nonce: flipped(reply.nonce, 0) })),
  'server-nonce': replied('h2', 'sends another server_nonce than before', (reply) => ({
    ...reply,
    server_nonce: flipped(reply.server_nonce, 0),
  })),
  fingerprint: replied('h1', 'offers another RSA key', (reply) =>
    reply._ === 'resPQ' ? { ...reply, server_public_key_fingerprints: [1n] } : reply,
  ),
  pq: chosen(
    'h1',
    'sends a pq that is not a product of two primes',
    { prime: 2n ** 61n - 1n, large: 2n ** 64n + 13n, zero: 0n },
    (reply, value) => (reply._ === 'resPQ' ? { ...reply, pq: bytesOf(value) } : reply),
  ),
  'params-fail': replied('h2', 'answers server_DH_params_fail', ({ nonce, server_nonce }, { new_nonce }) => ({
    _: 'server_DH_params_fail',
    nonce,
    server_nonce,
    new_nonce_hash: newNonceHashOfFail(new_nonce),
  })),
  'dh-hash': replied('h2', 'sends server_DH_inner_data under a wrong hash', (reply, { cipher: { key, iv } }) =>
    reply._ === 'server_DH_params_ok'
      ? { ...reply, encrypted_answer: igeEncrypt(key, iv, flipped(igeDecrypt(key, iv, reply.encrypted_answer), 0)) }
      : reply,
  ),
  'dh-nonce': inner('names another nonce inside', (data) => ({ ...data, nonce: flipped(data.nonce, 0) })),
  'dh-server-nonce': inner('names another server_nonce inside', (data) => ({
    ...data,
    server_nonce: flipped(data.server_nonce, 0),
  })),
  'dh-prime': {
    ...chosen(
      'h2',
      'sends a bad dh_prime',
      // one that is no prime, one that is no safe prime, one of 1024 bits
      { composite: -6n, unsafe: 2n ** 2048n - 2543n, short: 2n ** 1024n - 105n },
      (reply, value, secrets, insight) =>
        changeInner(reply, secrets, insight, (data) => ({
          ...data,
          dh_prime: bytesOf(value < 0n ? numberOf(data.dh_prime) + value : value),
        })),
    ),
  },
  'dh-g': {
    argument: { name: 'G', default: '2', pattern: /^\d{1,9}$/ },
    moment: 'h2',
    does: 'sends this g',
    make: ({ argument, moment }) => inner('', (data) => ({ ...data, g: Number(argument) })).make({ argument, moment }),
  },
  'dh-ga': chosen(
    'h2',
    'sends a bad g_a',
    { one: 1n, 'minus-one': -1n, small: 2n ** 1983n, large: -(2n ** 1983n) },
    (reply, value, secrets, insight) =>
      changeInner(reply, secrets, insight, (data) => ({
        ...data,
        g_a: bytesOf(value < 0n ? numberOf(data.dh_prime) + value : value),
      })),
  ),
  'dh-retry': {
    does: 'answers the first set_client_DH_params of each exchange with dh_gen_retry',
    make: () => ({
      serve: (options) => {
        let asked = false;
        const isTaken = (auth_key_id: bigint) => {
          const first = !asked;
          asked = true;
          return first || options.isTaken?.(auth_key_id) === true;
        };
        return { ...options, isTaken };
      },
    }),
  },
  'dh-fail': replied('h3', 'answers dh_gen_fail', ({ nonce, server_nonce }, { new_nonce }, { newestAuthKey }) => ({
    _: 'dh_gen_fail',
    nonce,
    server_nonce,
    new_nonce_hash3: newNonceHash(new_nonce, 3, newestAuthKey() ?? new Uint8Array(256)),
  })),
  'new-nonce-hash': replied('h3', 'sends a wrong new_nonce_hash', (reply) =>
    reply._ === 'dh_gen_ok' ? { ...reply, new_nonce_hash1: flipped(reply.new_nonce_hash1, 0) } : reply,
  ),
};

type Change = (reply: Reply, secrets: Secrets, insight: Insight) => Reply;

/** A fault that changes the server's reply of a moment. */
function replied(moment: string, does: string, change: Change): FaultKind {
  return {
    moment,
    does,
    make: (asked) => ({
      wrap: watching(asked.moment, (line, isDue, insight) => {
        let secrets = NOTHING_YET;
        return {
          ...line,
          receive(payload) {
            secrets = learn(payload, insight) ?? secrets;
            line.receive(payload);
          },
          send: (payload) =>
            line.send(isDue(payload) ? changed(payload, (reply) => change(reply, secrets, insight)) : payload),
        };
      }),
    }),
  };
}

/** One whose argument chooses among named numbers. */
function chosen(
  moment: string,
  does: string,
  choices: Readonly<Record<string, bigint>>,
  change: (reply: Reply, value: bigint, secrets: Secrets, insight: Insight) => Reply,
): FaultKind {
  const names = Object.keys(choices);
  return {
    argument: { name: names.join('|'), default: names[0] ?? '', pattern: new RegExp(`^(${names.join('|')})$`) },
    moment,
    does,
    make: (asked) => {
      const value = choices[asked.argument] ?? 0n;
      return replied(moment, does, (reply, secrets, insight) => change(reply, value, secrets, insight)).make(asked);
    },
  };
}

/** One that changes what server_DH_params_ok holds encrypted. */
function inner(does: string, change: (data: InnerData) => InnerData): FaultKind {
  return replied('h2', does, (reply, secrets, insight) => changeInner(reply, secrets, insight, change));
}

function changeInner(
  reply: Reply,
  { cipher }: Secrets,
  { random }: Insight,
  change: (data: InnerData) => InnerData,
): Reply {
  if (reply._ !== 'server_DH_params_ok') return reply;
  const data = openHashed('Server_DH_inner_data', reply.encrypted_answer, cipher);
  return { ...reply, encrypted_answer: sealHashed(mtproto.encode(change(data)), cipher, random) };
}

/** What a payload of the client gives away to the owner of the server's key. One that cannot be read is the honest peer's to refuse. */
function learn(payload: Uint8Array, { key }: Insight): Secrets | undefined {
  try {
    const call = mtproto.decodeCall(openPlain(payload).body);
    if (call._ !== 'req_DH_params') return undefined;
    const { new_nonce } = mtproto.decodePrefix('P_Q_inner_data', rsaUnpad(call.encrypted_data, key)).value;
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

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function bytesOf(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return trimStart(fromHex(digits.padStart(digits.length + (digits.length % 2), '0')));
}
