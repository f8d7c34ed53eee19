/** The hello of a TLS connection (RFC 8446, section 4.1), like a browser's. `fake-tls.ts` fills in its random. */
import { concat, fromHex, type Random, utf8 } from '../bytes.ts';
import { x25519Public } from '../crypto/x25519.ts';
import { MAX_DOMAIN } from './proxy-secret.ts';

/** The position of the 32 bytes of random in the record of a hello. */
export const RANDOM = { start: 11, end: 43 } as const;

/** The length of a ClientHello of today's browsers. */
const CLIENT_HELLO = 517;

export const HANDSHAKE = 0x16;
const GREASE_KEY = Uint8Array.of(0);
const X25519 = 0x001d;
export const SUPPORTED_VERSIONS = 0x002b;
export const KEY_SHARE = 0x0033;
const CIPHERS = fromHex('130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035');
/** ECDSA, RSA-PSS and RSA with SHA-256, SHA-384 and SHA-512. */
const SIGNATURES = fromHex('04030804040105030805050108060601');

/**
 * A ClientHello with the head of its record, 517 bytes, its random zero. GREASE (RFC 8701) and the order of the
 * extensions are like Chrome's. Throws `RangeError` for a domain of more than 182 bytes.
 */
export function clientHello(domain: string, random: Random): Uint8Array {
  if (domain.length > MAX_DOMAIN) throw new RangeError(`a domain of ${domain.length} bytes`);
  const [cipher, group, version, first, last] = grease(random);
  const session_id = random(32);
  const extensions = concat(
    extension(first),
    extension(0x0000, vector(2, Uint8Array.of(0), vector(2, utf8(domain)))), // server_name
    extension(0x0017), // extended_master_secret
    extension(0xff01, vector(1)), // renegotiation_info
    extension(0x000a, vector(2, uint16(group), uint16(X25519), fromHex('00170018'))), // supported_groups
    extension(0x000b, vector(1, Uint8Array.of(0))), // ec_point_formats
    extension(0x0023), // session_ticket
    extension(0x0010, vector(2, vector(1, utf8('h2')), vector(1, utf8('http/1.1')))), // ALPN
    extension(0x0005, fromHex('0100000000')), // status_request
    extension(0x000d, vector(2, SIGNATURES)), // signature_algorithms
    extension(0x0012), // signed_certificate_timestamp
    extension(KEY_SHARE, vector(2, uint16(group), vector(2, GREASE_KEY), keyShare(random))),
    extension(0x002d, vector(1, Uint8Array.of(1))), // psk_key_exchange_modes
    extension(SUPPORTED_VERSIONS, vector(1, uint16(version), fromHex('03040303'))),
    extension(0x001b, vector(1, fromHex('0002'))), // compress_certificate
    extension(last, Uint8Array.of(0)),
  );
  const ciphers = vector(2, uint16(cipher), CIPHERS);
  const body = concat(fromHex('0303'), new Uint8Array(32), vector(1, session_id), ciphers, fromHex('0100'));
  const space = CLIENT_HELLO - 9 - body.length - 2 - extensions.length;
  const padding = extension(0x0015, new Uint8Array(space - 4));
  return record(HANDSHAKE, handshakeMessage(1, concat(body, vector(2, extensions, padding))), 0x0301);
}

/** A record: type (1), version (2), length (2), content. */
export function record(type: number, content: Uint8Array, version = 0x0303): Uint8Array {
  return concat(Uint8Array.of(type), uint16(version), vector(2, content));
}

export function handshakeMessage(type: number, body: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(type), vector(3, body));
}

export function extension(type: number, content: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(uint16(type), vector(2, content));
}

/** An X25519 public key whose private key is discarded. */
export function keyShare(random: Random): Uint8Array {
  return concat(uint16(X25519), vector(2, x25519Public(random(32))));
}

/** A TLS vector: its length in `size` bytes, then its content. */
export function vector(size: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const length = Uint8Array.from({ length: size }, (_, i) => content.length >>> (8 * (size - 1 - i)));
  return concat(length, content);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

/** GREASE values, which have no meaning: 0a0a, 1a1a … fafa. The last two, which are extensions, differ. */
function grease(random: Random): [number, number, number, number, number] {
  const drawn = Array.from(random(5), (byte) => 0x0101 * ((byte & 0xf0) | 0x0a));
  const [cipher = 0, group = 0, version = 0, first = 0, last = 0] = drawn;
  return [cipher, group, version, first, last === first ? last ^ 0x1010 : last];
}
