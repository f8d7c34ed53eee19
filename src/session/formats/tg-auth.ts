/**
 * The session string of tg-auth.
 *
 *     'tgauth1-'  base64url without padding of:  body (TL)  checksum (4): the start of SHA256('tgauth1-' body)
 *
 * It has network, DC, key, salt and user. The body has fields for more keys, addresses and the clock, as early strings
 * had: we ignore them and write them empty, because a string must not decide them. The `1` is the version. The checksum
 * detects a string that was cut off or mistyped; it is no protection against forgery.
 */
import { concat, equal, fromBase64, toBase64Url, utf8 } from '../../bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { TlError } from '../../errors.ts';
import { codec } from '../../tl/codec.ts';
import { isUserId } from '../../tl/ranges.ts';
import { CUT, DAMAGED, type Format, KEY_LENGTH, needed, type Reading } from './format.ts';
import { FORMAT_TITLES } from './names.ts';

const TITLE = FORMAT_TITLES['tg-auth'];
const NAME = 'tgauth';
const PREFIX = `${NAME}1-`;
const CHECKSUM_LENGTH = 4;
const MAX_DC = 999_999_999;
/** The id of a network. It names a folder and is shown on terminals. */
const NETWORK = /^[\w-]{1,64}$/;

/** https://core.telegram.org/mtproto/TL; the ids are the CRC32 of the lines. */
export const sessionText = `
sessionKey#313188e6 dc:int auth_key:bytes server_salt:long = SessionKey;
sessionAddress#dbb53d72 dc:int host:string port:int = SessionAddress;
sessionString#948d325b flags:# network:string dc:int keys:vector<%SessionKey> addresses:vector<%SessionAddress> time_offset:double user_id:flags.0?long bot:flags.1?Bool = SessionString;
---functions---
` as const;

export const schema = codec(sessionText);

export const tgAuth: Format = {
  name: 'tg-auth',

  read(text): Reading {
    if (!text.startsWith(NAME)) return undefined;
    if (!text.startsWith(PREFIX))
      return /^\d+-/.test(text.slice(NAME.length)) ? { but: 'a newer tg-auth made it' } : DAMAGED;
    const bytes = fromBase64(text.slice(PREFIX.length));
    if (bytes === undefined || bytes.length < CHECKSUM_LENGTH) return CUT;
    const body = bytes.subarray(0, -CHECKSUM_LENGTH);
    if (!equal(checksum(body), bytes.subarray(-CHECKSUM_LENGTH))) return CUT;
    try {
      return contents(body);
    } catch (error) {
      if (error instanceof TlError) return DAMAGED;
      throw error;
    }
  },

  write({ dc, auth_key, server_salt = 0n, network, user }) {
    const body = schema.encode({
      _: 'sessionString',
      network: needed(network, 'network', TITLE),
      dc,
      keys: [{ _: 'sessionKey', dc, auth_key, server_salt }],
      addresses: [],
      time_offset: 0,
      ...(user === undefined ? {} : { user_id: user.id }),
      ...(user?.bot === undefined ? {} : { bot: user.bot }),
    });
    return PREFIX + toBase64Url(concat(body, checksum(body)));
  },
};

function checksum(body: Uint8Array): Uint8Array {
  return sha256(utf8(PREFIX), body).subarray(0, CHECKSUM_LENGTH);
}

function contents(body: Uint8Array): Reading {
  const { network, dc, keys, user_id, bot } = schema.decode('SessionString', body);
  const key = keys.find((each) => each.dc === dc);
  if (key?.auth_key.length !== KEY_LENGTH || dc < 1 || dc > MAX_DC || !NETWORK.test(network)) return DAMAGED;
  if (user_id !== undefined && !isUserId(user_id)) return DAMAGED;
  const { auth_key, server_salt } = key;
  const user = user_id === undefined ? {} : { user: { id: user_id, ...(bot === undefined ? {} : { bot }) } };
  return { found: { dc, auth_key, server_salt, network, ...user, ...testOf(network) } };
}

/** For Telegram's two networks; another server has no test network. */
function testOf(network: string): { test?: boolean } {
  return network === 'production' || network === 'test' ? { test: network === 'test' } : {};
}
