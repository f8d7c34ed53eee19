/**
 * The fields of traces: what each is, what it is for, and Telegram's page on it. `trace html` and `trace show` use it.
 */
import type { Field } from '../format.ts';
import { isKind, isPage, type Kind, linkTo, linkToLine, own, type Page } from './term.ts';

export interface Term {
  readonly kind: Kind;
  /** A sentence or two. */
  readonly says: string;
  readonly link?: string;
}

type Row = `${Kind} ${Page}: ${string}`;

const CONSTRUCTOR: Row =
  'type serialize: The id of the type of value that follows: the CRC32 of its line in the TL schema.';
const P: Row = 'math authKey: The smaller prime factor of pq.';
const Q: Row = 'math authKey: The larger prime factor of pq.';
const PADDING: Row =
  'padding encrypted: Random bytes. They fill the last block of the cipher, and hide the exact length of the message.';

/** By `constructor.field`, else by `field`. `frame`, `plain` and `encrypted` are the envelopes. */
const FIELDS: Readonly<Record<string, Row>> = {
  // the transport
  transport_tag:
    'transport transports: The first bytes of a connection. They name the transport: the rule for where each frame begins and ends.',
  obfuscation_header:
    'transport obfuscation: Random bytes that begin an obfuscated connection. The keys that disguise the rest are computed from them.',
  'frame.length':
    'transport transports: The size of the rest of this frame. TCP does not show where a frame ends, so each frame begins with its size. It is in bytes, but the abridged transport counts words of 4 bytes.',
  sequence: 'transport full: The number of this frame in the connection.',
  crc32: 'transport full: A checksum against damage. Anyone can compute it, so it does not stop an attacker.',
  'frame.padding': 'padding transports: Random bytes that hide the true length.',
  transport_error:
    'transport transportErrors: An error instead of a message. −404: the server does not know the auth_key.',
  auth_key_id:
    'id description: Identifies the auth_key that encrypts this message: the last 64 bits of its SHA-1. 0 means that there is no key yet, and that the message is not encrypted.',
  msg_key:
    'hash aesKey: The middle 128 bits of a SHA-256 of part of the auth_key and the whole plaintext. The AES key of this message is computed from it. It also proves that nothing was changed.',
  'frame.encrypted_data':
    'sealed encrypted: The message, encrypted with AES-256 in IGE mode. The AES key is computed from auth_key and msg_key.',
  'frame.message': 'content description: The message, which is not encrypted. Its fields are in the next table.',

  // the envelopes
  body: 'content serialize: What the message says.',
  'inner.value': 'content serialize: What was encrypted.',
  msg_id:
    'id msgId: The id of this message: the time when it was sent, in units of 2^−32 seconds. Ids only grow, so an old message is easy to recognise.',
  'plain.length': 'size description: The length of the body in bytes.',
  'encrypted.length': 'size encrypted: The length of the body in bytes. Padding follows the body.',
  'encrypted.salt':
    'random salt: A random number that the server changes every half hour. The one before stays valid for another half hour. A message that an attacker recorded earlier has an old salt and is refused.',
  session_id:
    'id description: A random number that the client chose for this session. Messages of other sessions are not accepted.',
  seq_no:
    'id description: Counts the messages that must be acknowledged: twice their number before this message, plus 1 if this one must be acknowledged too.',
  'encrypted.padding': PADDING,
  'server_DH_inner_data.padding': PADDING,
  'client_DH_inner_data.padding': PADDING,
  constructor: CONSTRUCTOR,
  count: 'size serialize: How many items follow.',
  flags: 'size tl: A set of bits. Each says whether an optional field is present.',
  flags2: 'size tl: Like flags, for more optional fields.',
  rest: 'content serialize: Bytes after the value that belong to no field.',
  unpacked: 'content packed: What was compressed.',

  // the key exchange
  nonce:
    'random authKey: A random number that the client chose. Every message of this key exchange repeats it, so an answer from another exchange does not fit.',
  server_nonce:
    'random authKey: A random number that the server chose. Every later message of this key exchange repeats it.',
  new_nonce:
    'random authKey: A second random number that the client chose. It is only sent encrypted, so only client and server know it. The keys for the next two messages are computed from it.',
  pq: 'math authKey: The product of two primes. Finding them costs the client some work. That makes it expensive to flood the server with key exchanges.',
  'p_q_inner_data.p': P,
  'p_q_inner_data.q': Q,
  server_public_key_fingerprints:
    'hash authKey: Fingerprints of the RSA keys that the server has. The client continues only if it knows one of them.',
  public_key_fingerprint:
    'hash authKey: The fingerprint of the RSA key that the client uses. The key itself is built into the client and is never sent.',
  'req_DH_params.encrypted_data':
    'sealed authKey: An inner message with new_nonce, encrypted with the public RSA key of the server. Only the owner of the private key can open it.',
  'set_client_DH_params.encrypted_data':
    'sealed authKey: An inner message with g_b, encrypted with AES. The key is computed from new_nonce and server_nonce.',
  encrypted_answer:
    'sealed authKey: An inner message with g, dh_prime and g_a, encrypted with AES. The key is computed from new_nonce and server_nonce.',
  'inner.hash':
    'hash authKey: The SHA-1 of the inner message. Without new_nonce, nobody can encrypt a message together with a hash that fits.',
  'req_DH_params.p': P,
  'req_DH_params.q': Q,
  'p_q_inner_data.dc': 'content datacenter: The data centre that the client wants to reach.',
  'p_q_inner_data.expires_in': 'content pfs: How many seconds the temporary key may be used.',
  'server_DH_inner_data.g': 'math dh: The base of the Diffie–Hellman exchange.',
  dh_prime:
    'math dh: The prime of the Diffie–Hellman exchange, 2048 bits long. All powers are taken modulo this prime.',
  g_a: "math dh: The server's half: g to the power of a, its secret number. Nobody can compute a from it.",
  g_b: "math dh: The client's half: g to the power of b, its secret number. Nobody can compute b from it.",
  server_time:
    "content authKey: The server's clock, in unix seconds. The client uses it to make correct msg_ids even if its own clock is wrong.",
  retry_id: 'id authKey: 0 at the first attempt. If the server refuses a key, the next attempt refers to it here.',
  new_nonce_hash: 'hash authKey: A hash that contains new_nonce.',
  new_nonce_hash1:
    'hash authKey: A hash of new_nonce and the new auth_key. Only a server with the same auth_key can compute it.',
  new_nonce_hash2: 'hash authKey: Like new_nonce_hash1: the server asks for another g_b.',
  new_nonce_hash3: 'hash authKey: Like new_nonce_hash1: the server refuses the exchange.',

  // service messages
  req_msg_id: 'id service: The msg_id of the call that this answers.',
  'rpc_result.result': 'content service: The answer itself.',
  error_code: 'content errors: The class of the error, as in HTTP.',
  'bad_server_salt.error_code': 'content aboutMessages: 48: the salt of the message was wrong.',
  'bad_msg_notification.error_code':
    'content aboutMessages: Why the message was ignored: 16 and 17 a wrong clock, 32 to 35 a wrong seq_no, 48 a wrong salt.',
  error_message: 'content errors: The name of the error. `tg-auth explain NAME` says what it means.',
  first_msg_id: 'id service: The msg_id of the first message that the server received in this session.',
  unique_id: 'id service: A random id of this session on the server.',
  server_salt: 'random salt: The salt that the client must use from now on.',
  new_server_salt: 'random salt: The salt that the client must use instead.',
  bad_msg_id: 'id aboutMessages: The message that was not accepted.',
  bad_msg_seqno: 'id aboutMessages: Its seq_no.',
  msg_ids: 'id aboutMessages: The msg_ids of the messages in question.',
  'msgs_ack.msg_ids': 'id aboutMessages: The msg_ids of the messages that have arrived.',
  'msg_container.messages': 'content containers: Several messages that are sent as one.',
  seqno:
    'id containers: The seq_no of this message. A container sends several messages as one. Each has its own msg_id, seq_no and length.',
  'message.bytes': 'size containers: The length of the body in bytes.',
  packed_data: 'content packed: A value, compressed with gzip.',
  ping_id: 'id service: A number that the answer repeats.',
  num: 'size service: How many salts the client asks for.',
  'future_salts.now': "content service: The server's clock, in unix seconds.",
  'future_salts.salts': 'random salt: The salts of the next hours. The server changes the salt every half hour.',
  'future_salt.salt': 'random salt: The salt for this time.',
  'future_salt.valid_since': 'content service: When the salt becomes valid, in unix seconds.',
  'future_salt.valid_until': 'content service: When the salt stops being valid, in unix seconds.',

  // calls of the API
  'invokeWithLayer.layer':
    'content invoking: The version of the API that the client uses. The server answers with the values of this version.',
  query: 'content invoking: The call that is wrapped.',
  api_id: 'id applications: The number of the application. Its developer got it from my.telegram.org.',
  api_hash: 'content applications: The secret that belongs to the api_id.',
  device_model: 'content invoking: The device. The list of signed-in devices will show it.',
  system_version: 'content invoking: The operating system. The list of signed-in devices will show it.',
  app_version: 'content invoking: The version of the application. The list of signed-in devices will show it.',
  lang_code: 'content invoking: The language of the application.',
  system_lang_code: 'content invoking: The language of the operating system.',
  lang_pack: 'content invoking: The set of translations that the application uses; empty for none.',
  phone_number: 'content auth: The phone number, digits only.',
  phone: 'content auth: The phone number of the account.',
  phone_code_hash: 'id auth: Identifies the login attempt. auth.sendCode returned it, and each later step repeats it.',
  phone_code: 'content auth: The login code that the person typed.',
  'auth.sendCode.settings': 'content auth: What the client can do to receive a code.',
  'auth.sentCode.type': 'content auth: How the code is delivered.',
  'auth.sentCode.next_type': 'content auth: How the code would be delivered if the client asked again.',
  'auth.sentCode.timeout':
    'content auth: How many seconds the client should wait before it asks for the next delivery method.',
  'account.password.has_password': 'content srp: The account has a password.',
  current_algo: 'content srp: How the password is hashed.',
  salt1: 'random srp: A salt for the hash of the password.',
  salt2: 'random srp: A second salt for the hash of the password.',
  'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow.g': 'math srp: The base of the password proof.',
  'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow.p': 'math srp: The prime of the password proof.',
  srp_B: "math srp: The server's half of the password proof.",
  srp_id: 'id srp: Identifies this password proof.',
  A: "math srp: The client's half of the password proof.",
  M1: 'hash srp: The proof that the client knows the password. The password itself is never sent.',
  hint: 'content srp: The hint that the owner of the password wrote.',
  new_algo: 'content srp: How a new password would be hashed.',
  new_secure_algo: 'content srp: How Telegram Passport would encrypt documents. A login does not use it.',
  secure_random: 'random srp: Random bytes from the server that a client may mix with its own.',
  'auth.loginToken.token': 'content qr: The secret that a QR code shows.',
  'auth.authorization.user': 'content auth: The account that is signed in.',
  access_hash: 'id auth: A number that proves that the client has been shown this account.',
  perm_auth_key_id: 'id pfs: The id of the permanent key to which a temporary key is bound.',
  temp_auth_key_id: 'id pfs: The id of the temporary key.',
  expires_at: 'content pfs: When the temporary key expires, in unix seconds.',
  encrypted_message: 'sealed pfs: A message under the permanent key. It proves that the client has both keys.',
};

/** The kind of a field that the table does not have. */
function kindOf({ name, type }: Field): Kind {
  if (type === '#') return 'size';
  return name.endsWith('_id') || name === 'id' || name === 'hash' ? 'id' : 'content';
}

/**
 * What a field is. `parent`: the constructor, method or envelope that it belongs to. `method`: whether it is a method.
 */
export function termOf(field: Field, parent: string, method = false): Term {
  const line = parent.startsWith('p_q_inner_data') ? 'p_q_inner_data' : parent;
  const row = own(FIELDS, `${line}.${field.name}`) ?? own(FIELDS, field.name);
  if (row !== undefined) return read(row);
  const link = isName(parent) ? { link: linkToLine(parent, method) } : {};
  return { kind: kindOf(field), says: `A field of ${parent}.`, ...link };
}

function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9.]{0,99}$/.test(text);
}

function read(row: Row): Term {
  const [head = '', ...rest] = row.split(': ');
  const [kind, page] = head.split(' ');
  if (!isKind(kind) || !isPage(page)) throw new RangeError(`not a row of a field: ${row}`);
  return { kind, says: rest.join(': '), link: linkTo(page) };
}
