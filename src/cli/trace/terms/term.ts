/**
 * What the pages on traces say of fields, messages and checks. The sentences are for readers who are new to MTProto.
 */

/** What a field is, in a word. The page gives each kind a colour. */
export const KINDS = {
  transport: 'transport',
  id: 'identifier',
  random: 'random number',
  size: 'length or count',
  type: 'TL constructor',
  math: 'number to compute with',
  hash: 'hash',
  sealed: 'encrypted',
  content: 'content',
  padding: 'padding',
} as const;

export type Kind = keyof typeof KINDS;

export function isKind(text = ''): text is Kind {
  return Object.hasOwn(KINDS, text);
}

/** Words that the sentences use. */
export const WORDS: Readonly<Record<string, string>> = {
  auth_key: 'A secret of 256 bytes that only client and server have. All encrypted messages depend on it.',
  nonce: 'A random number that is used once.',
  'round trip': 'A message to the server, and the wait for its answer.',
  'RSA key': 'A pair of keys. Anyone can encrypt with the public key. Only the owner of the private key can decrypt.',
  'Diffie–Hellman':
    "A method to agree on a secret while others listen. Each side chooses a secret number, and sends a number that is computed from it. Each then combines the other side's number with its own secret number. Both get the same result. Listeners cannot compute it.",
  hash: 'A short value that is computed from data. Nobody can find other data with the same hash.',
  fingerprint: 'A hash that identifies a public key.',
  AES: 'A method to encrypt with one secret key. The same key decrypts.',
  TL: "The form of Telegram's messages. Its schema has a line for each type of value and for each call.",
  frame: 'A part of the TCP stream that contains one message.',
  'man in the middle':
    'An attacker between client and server, who pretends to be the server to the client and the client to the server.',
  'replayed message': 'A message that an attacker recorded and sends again.',
};

/** How to read bytes. */
export const READING =
  'Bytes are in hex. Numbers are little-endian: 28 00 00 00 is 40. Texts, and long numbers such as pq and g_a, begin with their length (or with fe and a length of three bytes) and are filled up to a multiple of four bytes. Long numbers are big-endian.';

/** The pages of Telegram's documentation. */
export const PAGES = {
  transports: 'mtproto/mtproto-transports',
  intermediate: 'mtproto/mtproto-transports#intermediate',
  full: 'mtproto/mtproto-transports#full',
  obfuscation: 'mtproto/mtproto-transports#transport-obfuscation',
  transportErrors: 'mtproto/mtproto-transports#transport-errors',
  description: 'mtproto/description',
  msgId: 'mtproto/description#message-identifier-msg-id',
  salt: 'mtproto/description#server-salt',
  aesKey: 'mtproto/description#defining-aes-key-and-initialization-vector',
  encrypted: 'mtproto/description#encrypted-message-encrypted-data',
  authKey: 'mtproto/auth_key',
  guidelines: 'mtproto/security_guidelines',
  dh: 'mtproto/security_guidelines#diffie-hellman-key-exchange',
  service: 'mtproto/service_messages',
  packed: 'mtproto/service_messages#packed-object',
  containers: 'mtproto/service_messages#containers',
  aboutMessages: 'mtproto/service_messages_about_messages',
  serialize: 'mtproto/serialize',
  tl: 'mtproto/TL',
  invoking: 'api/invoking',
  auth: 'api/auth',
  errors: 'api/errors',
  srp: 'api/srp',
  pfs: 'api/pfs',
  qr: 'api/qr-login',
  datacenter: 'api/datacenter',
  applications: 'api/obtaining_api_id',
} as const;

export type Page = keyof typeof PAGES;

export function isPage(text = ''): text is Page {
  return Object.hasOwn(PAGES, text);
}

export function linkTo(page: Page): string {
  return `https://core.telegram.org/${PAGES[page]}`;
}

/** Telegram's page on a constructor or method of the API. */
export function linkToLine(name: string, method: boolean): string {
  return `https://core.telegram.org/${method ? 'method' : 'constructor'}/${name}`;
}

/** The entry of a table under a name that may come from a server. */
export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
