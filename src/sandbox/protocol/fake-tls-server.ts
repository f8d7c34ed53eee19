/** The proxy's side of `transport/fake-tls.ts`: checks a client's hello and answers as a web site would. */
import { concat, fromHex, type Random, toLatin1, xor } from '../../bytes.ts';
import { sameSecret } from '../../crypto/compare.ts';
import { hmacSha256 } from '../../crypto/hmac.ts';
import { SecurityError } from '../../errors.ts';
import {
  CHANGE_CIPHER_SPEC,
  type FakeTlsOptions,
  packRecords,
  Records,
  randomOf,
  recordLength,
  withRandom,
} from '../../transport/fake-tls.ts';
import { broken } from '../../transport/framing.ts';
import { Stream } from '../../transport/stream.ts';
import {
  extension,
  HANDSHAKE,
  handshakeMessage,
  KEY_SHARE,
  keyShare,
  RANDOM,
  record,
  SUPPORTED_VERSIONS,
  vector,
} from '../../transport/tls-hello.ts';

/** Clients put the version of TLS 1.0 on the record of their hello. */
const HELLO_HEAD = fromHex('160301');
/** How many seconds a client's clock may be wrong. The limit keeps a recorded hello from being used for long. */
const BEHIND = 20 * 60;
const AHEAD = 10 * 60;
const MAX_IN_RECORD = 16_384;
/** Bytes of random data after the server's hello, where a web site's encrypted answer would be. */
const MIN_DATA = 1024;
const MAX_DATA = 4096;

export class FakeTlsServer {
  readonly #options: FakeTlsOptions;
  readonly #stream = new Stream();
  readonly #records = new Records(this.#stream);

  constructor(options: FakeTlsOptions) {
    this.#options = options;
  }

  /**
   * Returns the answer to the client's hello, or `undefined` until the hello is complete. Bytes after the hello are
   * kept for `unpack`. Throws `NetworkError` if it is not a hello, `SecurityError` for a wrong secret, time or domain.
   */
  accept(chunk: Uint8Array): Uint8Array | undefined {
    this.#stream.push(chunk);
    const { bytes } = this.#stream;
    const length = recordLength(bytes, 0, HELLO_HEAD);
    if (length === undefined) return undefined;
    const hello = bytes.slice(0, length);
    this.#stream.skip(length);
    return this.#answer(hello);
  }

  pack(bytes: Uint8Array): Uint8Array {
    return packRecords(bytes, MAX_IN_RECORD);
  }

  /** Returns the data of the complete records, perhaps none. Throws `NetworkError` for other records. */
  unpack(chunk: Uint8Array): Uint8Array {
    return this.#records.unpack(chunk);
  }

  #answer(hello: Uint8Array): Uint8Array {
    const { secret, domain, time, random } = this.#options;
    if (hello.length < RANDOM.end) throw broken('a hello without a random');
    const proof = xor(hmacSha256(secret, withRandom(hello, new Uint8Array(32))), randomOf(hello));
    if (!sameSecret(proof.subarray(0, 28), new Uint8Array(28)))
      throw new SecurityError("the client's hello is made with our secret");
    const clientTime = new DataView(proof.buffer).getUint32(28, true);
    if (clientTime < time - BEHIND || clientTime > time + AHEAD)
      throw new SecurityError("the client's hello is made now");
    const client = readClientHello(hello);
    if (client.domain !== domain) throw new SecurityError("the client's hello is for our domain");
    const data = packRecords(random(dataLength(random)), MAX_DATA);
    const answer = concat(serverHello(client.session_id, random), CHANGE_CIPHER_SPEC, data);
    return withRandom(answer, hmacSha256(secret, randomOf(hello), answer));
  }
}

/** Makes the record of a server's hello (RFC 8446, section 4.1.3), with a random of zeros. */
export function serverHello(session_id: Uint8Array, random: Random): Uint8Array {
  const extensions = concat(extension(KEY_SHARE, keyShare(random)), extension(SUPPORTED_VERSIONS, fromHex('0304')));
  const chosen = fromHex('130100'); // TLS_AES_128_GCM_SHA256, no compression
  const body = concat(fromHex('0303'), new Uint8Array(32), vector(1, session_id), chosen, vector(2, extensions));
  return record(HANDSHAKE, handshakeMessage(2, body));
}

/** Reads what the answer depends on from the record of a client's hello. Throws `NetworkError` if it is not one. */
export function readClientHello(hello: Uint8Array): { readonly session_id: Uint8Array; readonly domain: string } {
  let rest = hello.subarray(RANDOM.end);
  const take = (length: number) => {
    if (rest.length < length) throw broken('a hello that is cut off');
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  const number = (size: number) => take(size).reduce((value, byte) => 256 * value + byte, 0);
  const session_id = take(number(1));
  take(number(2)); // ciphers
  take(number(1)); // compressions
  take(2);
  while (rest.length > 0) {
    const type = number(2);
    const content = take(number(2));
    // server_name: the length of the list, the kind of name and the length of the name come before the name.
    if (type === 0) return { session_id, domain: toLatin1(content.subarray(5)) };
  }
  throw broken('a hello that names no server');
}

function dataLength(random: Random): number {
  const [high = 0, low = 0] = random(2);
  return MIN_DATA + ((256 * high + low) % (MAX_DATA - MIN_DATA + 1));
}
