/** IP addresses as bytes: 4 or 16, in network order. */

/** The bytes of an address; `undefined` for anything else, a host name or an address with a zone. */
export function ipBytes(host: string): Uint8Array | undefined {
  return host.includes(':') ? v6Bytes(host) : v4Bytes(host);
}

/** The shortest spelling of an address of 4 or 16 bytes (https://www.rfc-editor.org/rfc/rfc5952). */
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

/** A URL spells an IPv6 address in the shortest way, and takes no other between brackets. */
function shortest(host: string): string | undefined {
  const url = `http://[${host}]/`;
  return /^[0-9a-f:.]+$/i.test(host) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}
