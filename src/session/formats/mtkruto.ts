/**
 * The auth string of MTKruto (https://mtkru.to/auth-strings): base64url without padding of basic TL values, in which
 * each run of zero bytes is written as a zero and its length.
 *
 *     DC string ('2' or '2-test')  auth_key bytes                                       first versions
 *     DC string                    auth_key bytes  api_id int                           later versions
 *     DC string                    auth_key bytes  api_id int  bot (1)  user id long    today's version, which we write
 *
 * It has no address: MTKruto knows Telegram's DCs. An older MTKruto ignores the fields that it does not know; today's
 * needs all of them, with an api_id and a user id other than 0.
 */
import { fromBase64, startOfBase64, toBase64Url } from '../../bytes.ts';
import { TlError, UsageError } from '../../errors.ts';
import { isDc, isUserId } from '../../tl/ranges.ts';
import { Reader } from '../../tl/reader.ts';
import { Writer } from '../../tl/writer.ts';
import { apiIdIn, CUT, DAMAGED, type Format, KEY_LENGTH, type Reading, userIn } from './format.ts';
import { FORMAT_TITLES } from './names.ts';

const TITLE = FORMAT_TITLES.mtkruto;
/** The maximum length of the bytes after runs of zeros are expanded. */
const MAX_LENGTH = 300;
/** The minimum length of a text that counts as cut off. */
const MIN_LENGTH = 200;

export const mtkruto: Format = {
  name: 'mtkruto',

  read(text): Reading {
    if (!looksAlike(startOfBase64(text.slice(0, 4)))) return undefined;
    const bytes = expand(fromBase64(text) ?? new Uint8Array());
    const broken = text.length < MIN_LENGTH ? undefined : CUT;
    if (bytes === undefined) return broken;
    try {
      return fields(new Reader(bytes));
    } catch (error) {
      if (error instanceof TlError) return broken;
      throw error;
    }
  },

  write(contents) {
    const { dc, test, auth_key } = contents;
    const { id, bot } = userIn(contents, TITLE);
    const writer = new Writer();
    if (!isDc(dc)) throw new UsageError(`A ${TITLE} session string can only hold a DC from 1 to 999, not ${dc}.`);
    writer.string(`${dc}${test === true ? '-test' : ''}`);
    writer.bytes(auth_key);
    writer.int(apiIdIn(contents, TITLE));
    writer.raw(Uint8Array.of(bot === true ? 1 : 0));
    writer.long(id);
    return toBase64Url(compress(writer.done()));
  },
};

/** Whether the bytes start with a short TL string that starts with a digit. */
function looksAlike([length = 0, digit = 0]: Uint8Array): boolean {
  return length >= 1 && length <= 8 && digit >= 0x31 && digit <= 0x39;
}

function fields(reader: Reader): Reading {
  const [, number, suffix] = /^([1-9]\d{0,2})(-test)?$/.exec(reader.string()) ?? [];
  const auth_key = reader.bytes();
  if (number === undefined || auth_key.length !== KEY_LENGTH) return DAMAGED;
  const found = { dc: Number(number), test: suffix !== undefined, auth_key };
  if (reader.remaining === 0) return { found };
  const api_id = reader.int();
  const known = api_id > 0 ? { ...found, api_id } : found;
  if (reader.remaining === 0) return { found: known };
  const [bot = 0] = reader.raw(1, 'whether it is a bot');
  const id = reader.long();
  reader.end();
  if (bot > 1 || (id !== 0n && !isUserId(id))) return DAMAGED;
  return { found: id === 0n ? known : { ...known, user: { id, bot: bot === 1 } } };
}

/** Replaces each run of zeros with a zero and its length, at most 255. */
function compress(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let run = 0;
  const flush = () => {
    if (run > 0) out.push(0, run);
    run = 0;
  };
  for (const byte of bytes) {
    if (byte !== 0 || run === 255) flush();
    if (byte === 0) run++;
    else out.push(byte);
  }
  flush();
  return Uint8Array.from(out);
}

/** Undoes `compress`; `undefined` for bytes that it cannot have returned. */
function expand(bytes: Uint8Array): Uint8Array | undefined {
  const out: number[] = [];
  for (let i = 0; i < bytes.length && out.length <= MAX_LENGTH; i++) {
    const byte = bytes[i] ?? 0;
    if (byte !== 0) out.push(byte);
    else {
      const run = bytes[++i] ?? 0;
      if (run === 0) return undefined;
      for (let left = run; left > 0; left--) out.push(0);
    }
  }
  return out.length > MAX_LENGTH ? undefined : Uint8Array.from(out);
}
