/** The proxy's side of `fake-tls.ts`. */
import { concat, fromHex, type Random, xor } from '../../bytes.ts';
import { sameSecret } from '../../crypto/compare.ts';
import { hmacSha256 } from '../../crypto/hash.ts';
import { SecurityError } from '../../errors.ts';
import {
  CHANGE_CIPHER_SPEC,
  type FakeTlsOptions,
  MOST_SENT_BY_SERVER,
  packRecords,
  Records,
  randomOf,
  recordLength,
  withRandom,
} from '../../transport/fake-tls.ts';
import { broken } from '../../transport/framing.ts';
import { Stream } from '../../transport/stream.ts';
import { RANDOM, readClientHello, serverHello } from '../../transport/tls-hello.ts';

/** The clients' hellos have the version of TLS 1.0 on their record. */
const HELLO_HEAD = fromHex('160301');
/** How far a client's clock may be off, in seconds: what keeps a hello that was overheard from being used again for long. */
const BEHIND = 20 * 60;
const AHEAD = 10 * 60;
/** The rest of the web site's answer, which looks encrypted. */
const LEAST_DATA = 1024;
const MOST_DATA = 4096;

export class FakeTlsServer {
  readonly #options: FakeTlsOptions;
  readonly #stream = new Stream();
  readonly #records = new Records(this.#stream);

  constructor(options: FakeTlsOptions) {
    this.#options = options;
  }

  /**
   * The answer to the client's hello once that is whole, `undefined` before; what came behind the hello is kept for `unpack`. Throws
   * `NetworkError` if it is no hello, `SecurityError` if it is not made with our secret, at our time and for our domain.
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
    return packRecords(bytes, MOST_SENT_BY_SERVER);
  }

  /** What is in the records that are whole now; may be empty. Throws `NetworkError` for other records. */
  unpack(chunk: Uint8Array): Uint8Array {
    return this.#records.unpack(chunk);
  }

  #answer(hello: Uint8Array): Uint8Array {
    const { secret, domain, time, random } = this.#options;
    if (hello.length < RANDOM.end) throw broken('a hello without a random');
    const proof = xor(hmacSha256(secret, withRandom(hello, new Uint8Array(32))), randomOf(hello));
    if (!sameSecret(proof.subarray(0, 28), new Uint8Array(28)))
      throw new SecurityError("the client's hello is made with our secret");
    const theirs = new DataView(proof.buffer).getUint32(28, true);
    if (theirs < time - BEHIND || theirs > time + AHEAD) throw new SecurityError("the client's hello is made now");
    const told = readClientHello(hello);
    if (told.domain !== domain) throw new SecurityError("the client's hello is for our domain");
    const data = packRecords(random(dataLength(random)), MOST_DATA);
    const answer = concat(serverHello(told.session_id, random), CHANGE_CIPHER_SPEC, data);
    return withRandom(answer, hmacSha256(secret, randomOf(hello), answer));
  }
}

function dataLength(random: Random): number {
  const [high = 0, low = 0] = random(2);
  return LEAST_DATA + ((256 * high + low) % (MOST_DATA - LEAST_DATA + 1));
}
