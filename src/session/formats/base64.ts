/**
 * Base64 as the formats use it: either alphabet, with padding or without. Both are read everywhere, since a padding that was lost or an
 * alphabet that was changed on the way takes nothing from the bytes; unused bits that are not zero do mean damage.
 */
import { toBase64 } from '../../bytes.ts';

/** The alphabet for URLs, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return unpadded(toBase64(bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

export function unpadded(text: string): string {
  return text.replace(/=+$/, '');
}

/** The length of so many bytes as text, without padding. */
export function lengthOf(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

/** The bytes; `undefined` if the text is not one that an encoder makes. */
export function fromBase64(text: string): Uint8Array | undefined {
  const plain = standard(text);
  if (plain.length % 4 === 1) return undefined;
  const bytes = decode(plain);
  return unpadded(toBase64(bytes)) === plain ? bytes : undefined;
}

/** The first bytes, as far as the text goes: for a look at one that may be cut off. */
export function startOf(text: string): Uint8Array {
  const plain = standard(text);
  return decode(plain.slice(0, plain.length - (plain.length % 4)));
}

function standard(text: string): string {
  return unpadded(text).replaceAll('-', '+').replaceAll('_', '/');
}

function decode(plain: string): Uint8Array {
  return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
}
