/** IP addresses as bytes (4 or 16, in network order), and whether a host is local or private. */

/** Ranges without public servers (https://www.iana.org/assignments/iana-ipv4-special-registry, and for IPv6). */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/9', // link-local, and the former site-local
];

/** IPv6 prefixes of 12 bytes before an IPv4 address: compatible (which includes `::1`), mapped, translated, NAT64. */
const EMBEDDING = ['::', '::ffff:0:0', '::ffff:0:0:0', '64:ff9b::'];

/** Names that only a private network resolves, including names without a dot. */
const LOCAL_NAME = /^[^.]+\.?$|\.(localhost|localdomain|local|internal|lan|home\.arpa)\.?$/i;

/** Whether a host is on this machine or in a private network, in any spelling that sockets accept. */
export function isPrivate(host: string): boolean {
  const url = `http://${host.includes(':') ? `[${host}]` : host}/`;
  const spelt = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : host; // 127.1, 0x7f000001
  const bytes = ipBytes(spelt);
  if (bytes === undefined) return LOCAL_NAME.test(spelt);
  const isEmbedding = EMBEDDING.some((prefix) => bitsOf(bytes).startsWith(bitsOf(ipBytes(prefix)).slice(0, 96)));
  const bits = bitsOf(isEmbedding ? bytes.subarray(12) : bytes);
  return PRIVATE.some((range) => {
    const [start = '', length] = range.split('/');
    const prefix = bitsOf(ipBytes(start));
    return prefix.length === bits.length && bits.startsWith(prefix.slice(0, Number(length)));
  });
}

function bitsOf(bytes: Uint8Array = new Uint8Array()): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** The bytes of an address; `undefined` for anything else, such as a host name or an address with a zone. */
export function ipBytes(host: string): Uint8Array | undefined {
  return host.includes(':') ? v6Bytes(host) : v4Bytes(host);
}

/** The shortest text of an address of 4 or 16 bytes (https://www.rfc-editor.org/rfc/rfc5952). */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(2 * i).toString(16));
  return shortest(groups.join(':')) ?? groups.join(':');
}

function v4Bytes(host: string): Uint8Array | undefined {
  const parts = host.split('.');
  const fits = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return fits ? Uint8Array.from(parts, Number) : undefined;
}

function v6Bytes(host: string): Uint8Array | undefined {
  const text = shortest(host);
  if (text === undefined) return undefined;
  const [front = [], back = []] = text.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  for (const [i, group] of [...front, ...zeros, ...back].entries()) view.setUint16(2 * i, Number.parseInt(group, 16));
  return out;
}

/** The shortest text of an IPv6 address, as in a URL; `undefined` for any other text. */
function shortest(host: string): string | undefined {
  const url = `http://[${host}]/`;
  return /^[0-9a-f:.]+$/i.test(host) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}
