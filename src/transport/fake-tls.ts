/**
 * Fake TLS of MTProxy (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation): the connection
 * looks like a browser's to the web site of the secret. The random of each hello proves knowledge of the key. Nothing
 * is encrypted with it: the records contain an obfuscated stream.
 *
 *     client      ClientHello; its random is HMAC(key, the hello with random 0), the last 4 bytes ⊕ unix seconds (LE)
 *     server      ServerHello, change cipher spec, one data record;
 *                 the random is HMAC(key, the client's random + all of these bytes with random 0)
 *     both        data records; the client's first one follows a change cipher spec
 *
 *     record      +------+---------+--------+--------+
 *                 | type | version | length |  data  |      type: 16 hello, 14 change cipher spec, 17 data
 *                 +------+---------+--------+--------+
 *                     1       2         2     length
 *
 *     overhead    5 bytes for each record
 *     maximum     2878 bytes of data in a record of the client, 16,384 in one of the server; 16,640 are accepted
 *
 * HMAC is HMAC-SHA-256. A change cipher spec is the record 14 0303 0001 01.
 */
import { concat, equal, fromHex, type Random, xor } from '../bytes.ts';
import { sameSecret } from '../crypto/compare.ts';
import { hmacSha256 } from '../crypto/hmac.ts';
import { SecurityError } from '../errors.ts';
import { broken } from './framing.ts';
import { Stream } from './stream.ts';
import { clientHello, RANDOM, record } from './tls-hello.ts';

export const CHANGE_CIPHER_SPEC = fromHex('140303000101');
const HEAD = 5;
const HANDSHAKE_HEAD = fromHex('160303');
const DATA = 0x17;
const DATA_HEAD = fromHex('170303');

/** Bytes in a data record, as browsers send them. */
const MAX_SENT_BY_CLIENT = 2878;
/** Bytes in a record, expansion by encryption included (RFC 8446, section 5.2). Some proxies send more than 16,384. */
const MAX_TAKEN = 16_384 + 256;

export interface FakeTlsOptions {
  /** The key of the secret, 16 bytes. */
  readonly secret: Uint8Array;
  readonly domain: string;
  /** Now, in unix seconds. */
  readonly time: number;
  readonly random: Random;
}

/** The client's side of one connection, without I/O. */
export class FakeTls {
  /** The ClientHello, 517 bytes. */
  readonly hello: Uint8Array;
  readonly #secret: Uint8Array;
  readonly #stream = new Stream();
  readonly #records = new Records(this.#stream);
  #accepted = false;
  #first = true;

  /** Throws `RangeError` for a domain of more than 182 bytes. */
  constructor({ secret, domain, time, random }: FakeTlsOptions) {
    this.#secret = secret;
    const hello = clientHello(domain, random);
    this.hello = withRandom(hello, xor(hmacSha256(secret, hello), timeMask(time)));
  }

  /**
   * Takes bytes of the answer. Returns true once the server's hello is complete and its HMAC correct; later bytes are
   * kept for `unpack`. Throws `NetworkError` if it is not TLS, `SecurityError` if the HMAC is wrong.
   */
  accept(chunk: Uint8Array): boolean {
    this.#stream.push(chunk);
    if (this.#accepted) return true;
    const { bytes } = this.#stream;
    const length = answerLength(bytes);
    if (length === undefined) return false;
    const answer = bytes.slice(0, length);
    const proof = hmacSha256(this.#secret, randomOf(this.hello), withRandom(answer, new Uint8Array(32)));
    if (!sameSecret(proof, randomOf(answer))) throw new SecurityError("the proxy's hello is made with our secret");
    this.#stream.skip(length);
    this.#accepted = true;
    return true;
  }

  /** Packs bytes into data records. */
  pack(bytes: Uint8Array): Uint8Array {
    const packed = packRecords(bytes, MAX_SENT_BY_CLIENT);
    if (!this.#first || packed.length === 0) return packed;
    this.#first = false;
    return concat(CHANGE_CIPHER_SPEC, packed);
  }

  /** The data of the records that are complete, possibly empty. Throws `NetworkError` for any other record. */
  unpack(chunk: Uint8Array): Uint8Array {
    return this.#records.unpack(chunk);
  }
}

/** Reads a stream of data records. The first record may be a change cipher spec. */
export class Records {
  readonly #stream: Stream;
  #first = true;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  unpack(chunk: Uint8Array): Uint8Array {
    this.#stream.push(chunk);
    const parts: Uint8Array[] = [];
    for (;;) {
      const { bytes } = this.#stream;
      const isChange = this.#first && bytes[0] === CHANGE_CIPHER_SPEC[0];
      const length = isChange ? constantLength(bytes, 0, CHANGE_CIPHER_SPEC) : recordLength(bytes, 0, DATA_HEAD);
      if (length === undefined) return concat(...parts);
      if (!isChange) parts.push(bytes.slice(HEAD, length));
      this.#stream.skip(length);
      this.#first = false;
    }
  }
}

/** Packs bytes into data records of at most `most` bytes each. */
export function packRecords(bytes: Uint8Array, most: number): Uint8Array {
  const count = Math.ceil(bytes.length / most);
  return concat(...Array.from({ length: count }, (_, i) => record(DATA, bytes.subarray(i * most, (i + 1) * most))));
}

/** The length of a server's answer to a hello; `undefined` until it is complete. Throws `NetworkError`. */
function answerLength(bytes: Uint8Array): number | undefined {
  const hello = recordLength(bytes, 0, HANDSHAKE_HEAD);
  if (hello === undefined) return undefined;
  if (hello < RANDOM.end) throw broken('a hello without a random');
  const change = constantLength(bytes, hello, CHANGE_CIPHER_SPEC);
  if (change === undefined) return undefined;
  const data = recordLength(bytes, hello + change, DATA_HEAD);
  return data === undefined ? undefined : hello + change + data;
}

/**
 * The length of the record at an offset, its head included; `undefined` until it is complete. Throws `NetworkError` for
 * another head or for a record that is too long.
 */
export function recordLength(bytes: Uint8Array, offset: number, head: Uint8Array): number | undefined {
  if (constantLength(bytes, offset, head) === undefined || bytes.length < offset + HEAD) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(offset + 3);
  if (length > MAX_TAKEN) throw broken(`a TLS record of ${length} bytes`);
  return bytes.length < offset + HEAD + length ? undefined : HEAD + length;
}

function constantLength(bytes: Uint8Array, offset: number, expected: Uint8Array): number | undefined {
  const there = bytes.subarray(offset, offset + expected.length);
  if (!equal(there, expected.subarray(0, there.length))) throw broken('it is not the TLS of a proxy');
  return there.length < expected.length ? undefined : expected.length;
}

/** The 32 bytes of random in the record of a hello. */
export function randomOf(hello: Uint8Array): Uint8Array {
  return hello.subarray(RANDOM.start, RANDOM.end);
}

/** A copy of a hello with another random. */
export function withRandom(hello: Uint8Array, random: Uint8Array): Uint8Array {
  const out = hello.slice();
  out.set(random, RANDOM.start);
  return out;
}

function timeMask(time: number): Uint8Array {
  const mask = new Uint8Array(32);
  new DataView(mask.buffer).setUint32(28, time, true);
  return mask;
}
