/**
 * Our own session string: what of a session has to survive a move.
 *
 *     'tgauth1-'  base64url without padding of:  body, TL   checksum 4, the first bytes of SHA256('tgauth1-', body)
 *
 * All keys with their salts, the addresses that were learnt, the clock and the user are in it. Codes that were asked for, waits, and what this
 * server no longer has are not: they pass, or are found out again. The `1` is the version, so that another one is told apart before it is read. The checksum is against a copy that was cut off or mistyped, not against malice.
 */
import { concat, equal, utf8 } from '../../bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { TlError } from '../../errors.ts';
import { codec } from '../../tl/codec.ts';
import { emptySession, type Session, type SessionAddress } from '../session.ts';
import { fromBase64, toBase64Url } from './base64.ts';
import { CUT, DAMAGED, type Format, isPort, KEY_LENGTH, needed, type Reading } from './format.ts';

const TITLE = 'tg-auth';
const NAME = 'tgauth';
const PREFIX = `${NAME}1-`;
const CHECKSUM_LENGTH = 4;

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
  title: TITLE,

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

  write(contents) {
    const { network, dc, keys, addresses, time_offset, user } = needed(contents.session, 'whole session', TITLE);
    const body = schema.encode({
      _: 'sessionString',
      network,
      dc,
      keys: Object.entries(keys).map(([id, key]) => ({ _: 'sessionKey', dc: Number(id), ...key })),
      addresses: Object.entries(addresses).flatMap(([id, list]) =>
        list.map((each) => ({ _: 'sessionAddress' as const, dc: Number(id), ...each })),
      ),
      time_offset,
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
  const { network, dc, keys, addresses, time_offset, user_id, bot } = schema.decode('SessionString', body);
  const auth_key = keys.find((key) => key.dc === dc)?.auth_key;
  const user = user_id === undefined ? undefined : { id: user_id, ...(bot === undefined ? {} : { bot }) };
  const sound =
    keys.every((key) => isDc(key.dc) && key.auth_key.length === KEY_LENGTH) &&
    addresses.every(({ dc, host, port }) => isDc(dc) && host !== '' && isPort(port));
  if (auth_key === undefined || !sound || network === '' || !Number.isFinite(time_offset)) return DAMAGED;
  const session: Session = {
    ...emptySession(network, dc),
    keys: Object.fromEntries(keys.map(({ dc, auth_key, server_salt }) => [dc, { auth_key, server_salt }])),
    addresses: byDc(addresses),
    time_offset,
    ...(user === undefined ? {} : { user }),
  };
  const found = { dc, auth_key, session, ...(user === undefined ? {} : { user }), ...testOf(network) };
  return { found };
}

function isDc(dc: number): boolean {
  return dc >= 1 && dc <= 999_999_999;
}

function byDc(list: readonly (SessionAddress & { readonly dc: number })[]): Session['addresses'] {
  const addresses: Record<number, SessionAddress[]> = {};
  for (const { dc, host, port } of list) addresses[dc] = [...(addresses[dc] ?? []), { host, port }];
  return addresses;
}

/** Telegram's own two networks; on another server there is no such difference. */
function testOf(network: string): { test?: boolean } {
  return network === 'production' || network === 'test' ? { test: network === 'test' } : {};
}
