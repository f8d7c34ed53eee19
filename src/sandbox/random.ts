/** The sandbox's randomness: OpenSSL's, or a seed's, which makes keys, nonces and codes the same in every run. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { Random } from '../bytes.ts';

/** Returns a source for each purpose, so that one does not change another's numbers. */
export function randomSource(seed: string | undefined): (purpose: string) => Random {
  if (seed === undefined) return () => (length) => new Uint8Array(randomBytes(length));
  return (purpose) => seededRandom(`${seed}/${purpose}`);
}

/** The AES-256-CTR key stream under the hash of a text. Not secret: anyone who knows the text can compute it. */
export function seededRandom(seed: string): Random {
  const stream = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), new Uint8Array(16));
  return (length) => new Uint8Array(stream.update(new Uint8Array(length)));
}
