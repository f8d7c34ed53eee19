/**
 * Bytes ↔ 32-bit words in hex, as Telegram's example pages print a query.
 *
 * Each word is four little-endian bytes, so a constructor id reads as in the schema, and text reads backwards in fours:
 * `03c51564 3939370b` are the bytes 64 15 c5 03 0b 37 39 39.
 */
import { UsageError } from '../../errors.ts';

/** Eight lower-case hex digits for each four bytes. Throws `RangeError` if the length is not a multiple of four. */
export function toWords(bytes: Uint8Array): string[] {
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are not whole words`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) =>
    view
      .getUint32(4 * i, true)
      .toString(16)
      .padStart(8, '0'),
  );
}

/** The bytes of words separated by white space, with or without `0x`. Throws `UsageError` for an invalid word. */
export function fromWords(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) throw new UsageError('There are no words to decode.', { next: EXAMPLE });
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) {
    const digits = /^(?:0x)?([0-9a-f]{8})$/i.exec(word)?.[1];
    if (digits === undefined)
      throw new UsageError(
        `Word ${i + 1} of ${words.length}${word.length > MAX_SHOWN ? '' : `, ${JSON.stringify(word)},`} is not a 32-bit word in hex.`,
        { next: EXAMPLE },
      );
    view.setUint32(4 * i, Number.parseInt(digits, 16), true);
  }
  return bytes;
}

const EXAMPLE = { say: 'A word is eight hex digits, with or without 0x', run: 'tg-auth tl decode 997275b5' };

/** A longer word is not shown: it may be a misplaced secret. */
const MAX_SHOWN = 12;
