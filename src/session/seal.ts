/**
 * Encryption of a session with a passphrase: scrypt derives the key, AES-256-GCM encrypts; both are OpenSSL's.
 *
 * The key is derived once in a run. Each save draws a new nonce of 96 bits.
 */
import { createCipheriv, createDecipheriv, type ScryptOptions, scrypt } from 'node:crypto';
import { type Random, toBase64 } from '../bytes.ts';

/** The parameters of scrypt, and its salt in base64. */
interface SealKdf {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
}

/** The content of a sealed file. Bytes are base64. */
export interface Sealed {
  readonly kdf: SealKdf;
  readonly nonce: string;
  /** Ciphertext and tag. */
  readonly data: string;
}

/** Seals and opens with one key. */
export interface Sealer {
  readonly kdf: SealKdf;
  /** `context`: additional data that is authenticated but not part of the text. */
  seal(text: string, context: string): Sealed;
  /** `undefined` if the passphrase is wrong, or the data or `context` differ. */
  open(sealed: Sealed, context: string): string | undefined;
  /** This sealer or, if its cost is below today's, one with today's cost and the same passphrase. */
  upToDate(): Promise<Sealer>;
}

/** Takes about a third of a second and 128 MiB. */
export const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
/** A file may require 16 to 256 MiB. */
const BOUNDS = { N: [2 ** 14, 2 ** 18], r: [8, 8], p: [1, 4] } as const;
const [SALT, NONCE, TAG, KEY] = [16, 12, 16, 32];

/** A sealer with a new salt. */
export function newSealer(passphrase: string, random: Random, cost: Omit<SealKdf, 'salt'> = COST): Promise<Sealer> {
  return sealer(passphrase, { ...cost, salt: toBase64(random(SALT)) }, random);
}

/** The sealer for this content. */
export function sealerOf(passphrase: string, { kdf }: Sealed, random: Random): Promise<Sealer> {
  return sealer(passphrase, kdf, random);
}

async function sealer(passphrase: string, kdf: SealKdf, random: Random): Promise<Sealer> {
  const { N, r, p, salt } = kdf;
  const key = await derive(passphrase, Buffer.from(salt, 'base64'), { N, r, p, maxmem: 256 * N * r });
  const self: Sealer = {
    kdf,
    seal(text, context) {
      const nonce = random(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { kdf, nonce: toBase64(nonce), data: data.toString('base64') };
    },
    open({ nonce, data }, context) {
      const bytes = Buffer.from(data, 'base64');
      if (bytes.length < TAG) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]).toString('utf8');
      } catch {
        return undefined; // OpenSSL only reports that the tag differs
      }
    },
    upToDate: async () => (N * r * p < COST.N * COST.r * COST.p ? newSealer(passphrase, random) : self),
  };
  return self;
}

function derive(passphrase: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** Whether the parameters of a file protect it, and fit into the memory of this machine. */
export function isAcceptable({ N, r, p }: SealKdf): boolean {
  const inBounds = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  return Number.isInteger(Math.log2(N)) && inBounds(N, BOUNDS.N) && inBounds(r, BOUNDS.r) && inBounds(p, BOUNDS.p);
}
