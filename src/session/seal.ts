/**
 * A session behind a passphrase: scrypt makes the key, AES-256-GCM does the rest, both OpenSSL's.
 *
 * What is around the ciphertext (version, network, parameters, salt) goes into the seal as authenticated data, so that none of it can be
 * exchanged unnoticed. The key is derived once a run; each save draws a new nonce under it, of 96 bits.
 */
import { createCipheriv, createDecipheriv, type ScryptOptions, scrypt } from 'node:crypto';
import { type Random, toBase64 } from '../bytes.ts';

/** The parameters of scrypt, and its salt in base64. */
export interface SealKdf {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
}

/** What a file holds; bytes are base64. */
export interface Sealed {
  readonly kdf: SealKdf;
  readonly nonce: string;
  /** Ciphertext and tag. */
  readonly data: string;
}

/** Seals with one key, and tells with which. */
export interface Sealer {
  seal(text: string, network: string): Sealed;
  /** `undefined`: another passphrase, or something was changed. */
  open(sealed: Sealed, network: string): string | undefined;
}

/** About a third of a second, and 128 MiB. */
export const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
/** A file may not ask for more memory, nor for less work than is worth anything. */
const BOUNDS = { N: [2 ** 4, 2 ** 18], r: [1, 8], p: [1, 4] } as const;
const [SALT, NONCE, TAG, KEY] = [16, 12, 16, 32];

/** A sealer with a new salt. */
export function newSealer(passphrase: string, random: Random, cost: Omit<SealKdf, 'salt'> = COST): Promise<Sealer> {
  return sealer(passphrase, { ...cost, salt: toBase64(random(SALT)) }, random);
}

/** The sealer that made this. */
export function sealerOf(passphrase: string, { kdf }: Sealed, random: Random): Promise<Sealer> {
  return sealer(passphrase, kdf, random);
}

async function sealer(passphrase: string, kdf: SealKdf, random: Random): Promise<Sealer> {
  const { N, r, p, salt } = kdf;
  const key = await derive(passphrase, Buffer.from(salt, 'base64'), { N, r, p, maxmem: 256 * N * r });
  const about = (network: string) => Buffer.from(JSON.stringify(['tg-auth session', network, N, r, p, salt]));
  return {
    seal(text, network) {
      const nonce = random(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(about(network));
      const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { kdf, nonce: toBase64(nonce), data: data.toString('base64') };
    },
    open({ nonce, data }, network) {
      const bytes = Buffer.from(data, 'base64');
      if (bytes.length < TAG) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: TAG });
      decipher.setAAD(about(network)).setAuthTag(bytes.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]).toString('utf8');
      } catch {
        return undefined; // all that OpenSSL says is that the tag is another
      }
    },
  };
}

function derive(passphrase: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** Whether a file's parameters are ones that this program would use. */
export function isSensible({ N, r, p }: SealKdf): boolean {
  const within = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  return Number.isInteger(Math.log2(N)) && within(N, BOUNDS.N) && within(r, BOUNDS.r) && within(p, BOUNDS.p);
}
