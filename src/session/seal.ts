/**
 * A session behind a passphrase: scrypt makes the key, AES-256-GCM does the rest, both OpenSSL's.
 *
 * The key is derived once a run; each save draws a new nonce under it, of 96 bits.
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
  readonly kdf: SealKdf;
  /** `around`: what is authenticated with the text, without being in it. */
  seal(text: string, around: string): Sealed;
  /** `undefined`: another passphrase, or something was changed. */
  open(sealed: Sealed, around: string): string | undefined;
  /** This one if its cost is today's; else one of today's cost with the same passphrase. */
  upToDate(): Promise<Sealer>;
}

/** About a third of a second, and 128 MiB. */
export const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
/** A file may ask for 16 MiB at least, and for 256 MiB at most. */
const BOUNDS = { N: [2 ** 14, 2 ** 18], r: [8, 8], p: [1, 4] } as const;
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
  const self: Sealer = {
    kdf,
    seal(text, around) {
      const nonce = random(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(around));
      const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { kdf, nonce: toBase64(nonce), data: data.toString('base64') };
    },
    open({ nonce, data }, around) {
      const bytes = Buffer.from(data, 'base64');
      if (bytes.length < TAG) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(around)).setAuthTag(bytes.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]).toString('utf8');
      } catch {
        return undefined; // all that OpenSSL says is that the tag is another
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

/** Whether a file asks for as much as protects it, and no more than is good for this machine. */
export function isSensible({ N, r, p }: SealKdf): boolean {
  const within = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  return Number.isInteger(Math.log2(N)) && within(N, BOUNDS.N) && within(r, BOUNDS.r) && within(p, BOUNDS.p);
}
