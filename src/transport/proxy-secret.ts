/**
 * The secret of an MTProxy, as in its links
 * (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation):
 *
 *     plain       key (16)
 *     padded  dd  key (16)
 *     tls     ee  key (16)  domain (1…182, ASCII): the web site that the connection pretends to visit
 */
import { fromBase64, fromHex, toLatin1 } from '../bytes.ts';

export type ProxySecret =
  | { readonly kind: 'plain' | 'padded'; readonly key: Uint8Array /* 16 bytes */ }
  | { readonly kind: 'tls'; readonly key: Uint8Array /* 16 bytes */; readonly domain: string };

/** A longer domain does not fit into a ClientHello of 517 bytes. */
export const MAX_DOMAIN = 182;

/** Whether a secret may hold this name: 1 to 182 letters, digits, dots and hyphens. */
function isDomain(name: string): boolean {
  return /^[a-z0-9.-]+$/i.test(name) && name.length <= MAX_DOMAIN;
}

/**
 * Parses hex or base64, in either alphabet, with or without padding; `undefined` if it is not a secret. A text that is
 * both counts as hex if that gives a valid length.
 */
export function parseProxySecret(text: string): ProxySecret | undefined {
  const bytes = [hex(text), fromBase64(text)];
  return bytes.map((each) => each && secretOf(each)).find((secret) => secret !== undefined);
}

function secretOf(bytes: Uint8Array): ProxySecret | undefined {
  if (bytes.length === 16) return { kind: 'plain', key: bytes };
  if (bytes.length > 17 + MAX_DOMAIN) return undefined;
  const key = bytes.slice(1, 17);
  if (bytes[0] === 0xdd && bytes.length === 17) return { kind: 'padded', key };
  const domain = toLatin1(bytes.subarray(17));
  return bytes[0] === 0xee && isDomain(domain) ? { kind: 'tls', key, domain } : undefined;
}

function hex(text: string): Uint8Array | undefined {
  return text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text) ? fromHex(text) : undefined;
}
