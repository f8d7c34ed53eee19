/**
 * The StringSession of GramJS, version 1, and of its fork teleproto
 * (https://gram.js.org/getting-started/authorization).
 *
 *     '1'  base64, padded, of:  dc (1)  length of address (2)  address  port (2)  auth_key (256)     numbers big-endian
 *
 * It has no test flag, no user and no api_id. GramJS reads the port as a signed number, so a port above 32767 becomes
 * negative; Telegram uses none. If the length is above 100, GramJS reads the string as one of Telethon's with an IPv6
 * address.
 */
import { concat, fromBase64, startOfBase64, toBase64, toLatin1, utf8 } from '../../bytes.ts';
import { isHost, isPort } from '../../tl/ranges.ts';
import {
  addressIn,
  base64Length,
  DAMAGED,
  dcByte,
  type Format,
  KEY_LENGTH,
  offBy,
  type Reading,
  unpadded,
} from './format.ts';
import { FORMAT_TITLES } from './names.ts';

const TITLE = FORMAT_TITLES.gramjs;
/** The bytes before the address. */
const HEAD = 3;

export const gramjs: Format = {
  name: 'gramjs',

  read(text): Reading {
    if (!text.startsWith('1')) return undefined;
    const body = unpadded(text.slice(1));
    const start = startOfBase64(body);
    if (!looksLikeGramjs(start)) return undefined;
    const end = HEAD + addressLength(start);
    const expected = base64Length(end + 2 + KEY_LENGTH);
    if (body.length !== expected) return offBy(body.length, expected);
    const bytes = fromBase64(body);
    return bytes === undefined ? DAMAGED : fields(bytes, end);
  },

  write(contents) {
    const { dc, auth_key } = contents;
    const { host, port } = addressIn(contents, TITLE);
    const text = utf8(host);
    const head = Uint8Array.of(dcByte(dc, TITLE), 0, text.length);
    return `1${toBase64(concat(head, text, Uint8Array.of(port >> 8, port), auth_key))}`;
  },
};

/** Whether an address and its length follow the DC. */
export function looksLikeGramjs(bytes: Uint8Array): boolean {
  const length = addressLength(bytes);
  return bytes[1] === 0 && bytes.length >= HEAD + length && isHost(toLatin1(bytes.subarray(HEAD, HEAD + length)));
}

function addressLength(bytes: Uint8Array): number {
  return bytes[2] ?? 0;
}

function fields(bytes: Uint8Array, end: number): Reading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [dc, port] = [view.getUint8(0), view.getUint16(end)];
  if (dc === 0 || !isPort(port)) return DAMAGED;
  const address = { host: toLatin1(bytes.subarray(HEAD, end)), port };
  return { found: { dc, address, auth_key: bytes.subarray(end + 2) } };
}
