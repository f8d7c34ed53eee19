/**
 * The StringSession of Telethon, version 1 (https://docs.telethon.dev/en/stable/concepts/sessions.html).
 *
 *     '1'  base64url, padded, of:  dc (1)  IP address (4 or 16)  port (2)  auth_key (256)        numbers big-endian
 *
 * It has 353 characters, or 369 with an IPv6 address, and no test flag, user or api_id. GramJS reads the shorter form
 * too. A GramJS string with an address of 14 characters has 369 as well; read as Telethon's, its address would be in
 * 000e::/16, which is unassigned (https://www.iana.org/assignments/ipv6-address-space). The first bytes of the address
 * also tell whether a text of either length is one of the other length that was cut off or extended.
 */
import { concat, fromBase64, startOfBase64, toBase64 } from '../../bytes.ts';
import { UsageError } from '../../errors.ts';
import { isPort } from '../../tl/ranges.ts';
import {
  base64Length,
  DAMAGED,
  dcByte,
  type Format,
  KEY_LENGTH,
  needed,
  offBy,
  type Reading,
  unpadded,
} from './format.ts';
import { looksLikeGramjs } from './gramjs.ts';
import { ipBytes, ipText } from './ip.ts';
import { FORMAT_TITLES } from './names.ts';

const TITLE = FORMAT_TITLES.telethon;
const V4 = 4;
const V6 = 16;
/** The minimum length of a text that counts as cut off. */
const MIN_LENGTH = 200;

export const telethon: Format = {
  name: 'telethon',

  read(text): Reading {
    if (!text.startsWith('1') || text.length < MIN_LENGTH) return undefined;
    const body = unpadded(text.slice(1));
    const start = startOfBase64(body);
    if (looksLikeGramjs(start)) return undefined;
    const ipLength = beginsV6(start) || (body.length === bodyLength(V6) && mayBeginV6(start)) ? V6 : V4;
    if (body.length !== bodyLength(ipLength)) return offBy(body.length, bodyLength(ipLength));
    const bytes = fromBase64(body);
    return bytes === undefined ? DAMAGED : fields(bytes, ipLength);
  },

  write({ dc, address, auth_key }) {
    const { host, port } = needed(address, "DC's address", TITLE);
    const ip = ipBytes(host);
    if (ip === undefined)
      throw new UsageError(`A ${TITLE} session string needs the IP address of its DC, not the name ${host}.`);
    const bytes = concat(Uint8Array.of(dcByte(dc, TITLE)), ip, Uint8Array.of(port >> 8, port), auth_key);
    return `1${toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_')}`;
  },
};

/** 2001::/16 and 2a0a::/16, which include Telegram's IPv6 addresses. */
function beginsV6([, first = 0, second = 0]: Uint8Array): boolean {
  return (first === 0x20 && second === 0x01) || (first === 0x2a && second === 0x0a);
}

/** Any other IPv6 address: global, private, or one such as `::1`. */
function mayBeginV6([, first = 0]: Uint8Array): boolean {
  return first === 0 || (first >= 0x20 && first <= 0x3f) || first >= 0xfc;
}

function bodyLength(ipLength: number): number {
  return base64Length(1 + ipLength + 2 + KEY_LENGTH);
}

function fields(bytes: Uint8Array, ipLength: number): Reading {
  const end = 1 + ipLength;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [dc, port] = [view.getUint8(0), view.getUint16(end)];
  if (dc === 0 || !isPort(port)) return DAMAGED;
  const address = { host: ipText(bytes.subarray(1, end)), port };
  return { found: { dc, address, auth_key: bytes.subarray(end + 2) } };
}
