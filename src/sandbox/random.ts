/** Where the sandbox's randomness comes from: OpenSSL, or a seed that makes keys, nonces and codes the same in every run. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { Random } from '../bytes.ts';

/** A stream of its own for each purpose, so that what one draws does not shift another. */
export type Source = (purpose: string) => Random;

export function randomSource(seed: string | undefined): Source {
  return seed === undefined ? () => systemRandom : (purpose) => seededRandom(`${seed}/${purpose}`);
}

function systemRandom(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

/** The AES-256-CTR key stream under the hash of a text. Anyone who knows the text knows the stream: for tests and demonstrations only. */
export function seededRandom(seed: string): Random {
  const stream = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), new Uint8Array(16));
  return (length) => new Uint8Array(stream.update(new Uint8Array(length)));
}
