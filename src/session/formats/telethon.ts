/**
 * Telethon's StringSession, version 1 (https://docs.telethon.dev/en/stable/concepts/sessions.html).
 *
 *     '1'  base64url, padded, of:  dc 1   IPv4 address 4, or IPv6 16   port 2   auth_key 256        (numbers big-endian)
 *
 * That is 353 characters, or 369 with an IPv6 address. It carries neither the test flag, nor the user, nor the api_id. GramJS reads the shorter
 * form too. The longer one has the length of a GramJS string with an address of 14 characters, which as a Telethon string
 * would be an address in 000e::/16; nobody has one there (https://www.iana.org/assignments/ipv6-address-space). The first bytes of the address tell, too,
 * whether a text of either length is one of the other that lost its end, or got one.
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

const TITLE = 'Telethon';
const V4 = 4;
const V6 = 16;
/** What a text must have at least to be taken for one that was cut off. */
const LIKENESS = 200;

export const telethon: Format = {
  name: 'telethon',
  title: TITLE,

  read(text): Reading {
    if (!text.startsWith('1') || text.length < LIKENESS) return undefined;
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
      throw new UsageError(
        `A ${TITLE} session string holds the IP address of its DC, and this one has a name: ${host}.`,
      );
    const bytes = concat(Uint8Array.of(dcByte(dc, TITLE)), ip, Uint8Array.of(port >> 8, port), auth_key);
    return `1${toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_')}`;
  },
};

/** 2001::/16 and 2a0a::/16, where Telegram's IPv6 addresses are. */
function beginsV6([, first = 0, second = 0]: Uint8Array): boolean {
  return (first === 0x20 && second === 0x01) || (first === 0x2a && second === 0x0a);
}

/** All others: global ones, `::1` and the like, private ones. */
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
