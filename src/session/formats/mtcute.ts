/**
 * The session string of mtcute (https://mtcute.dev/guide/topics/storage.html): base64url without padding of basic TL
 * values, unaligned.
 *
 *     version (1)  flags int (1 user, 2 test, 4 media DC)  DC  [media DC]  [user id int53, bot Bool]  auth_key bytes
 *
 *     DC, version 3       bytes: version (1)  id (1)  flags (1)  address string  port int
 *                         (flags: 1 IPv6, 2 media only, 4 test since version 2)
 *     DC, versions 1, 2   dcOption#18b7a10d flags:# id:int address:string port:int secret:flags.10?bytes
 *
 * Version 1 has no media DC. Since version 3 the test flag is in the DC. It has no api_id. We write version 3 without a
 * media DC; mtcute then uses the one DC for both.
 */
import { concat, fromBase64, startOfBase64, toBase64Url } from '../../bytes.ts';
import { TlError } from '../../errors.ts';
import { isDc, isHost, isPort, isUserId } from '../../tl/ranges.ts';
import { Reader } from '../../tl/reader.ts';
import { Writer } from '../../tl/writer.ts';
import type { SessionAddress, SessionUser } from '../session.ts';
import { addressIn, CUT, DAMAGED, dcByte, type Format, KEY_LENGTH, type Reading, userIn } from './format.ts';
import { FORMAT_TITLES } from './names.ts';

const TITLE = FORMAT_TITLES.mtcute;
const VERSION = 3;
const DC_VERSION = 2;
const DC_OPTION = 0x18b7a10d;
const BOOL_TRUE = 0x997275b5;
const BOOL_FALSE = 0xbc799737;

const USER = 1;
const TEST = 2;
const MEDIA = 4;
const ALL = USER | TEST | MEDIA;

const DC_IPV6 = 1;
const DC_TEST = 4;
const DC_SECRET = 1 << 10;

export const mtcute: Format = {
  name: 'mtcute',

  read(text): Reading {
    const [version = 0, flags = 0, second, third, fourth, next = 0] = startOfBase64(text.slice(0, 8));
    // `next` starts a DC; Pyrogram has a flag there.
    if (version < 1 || version > VERSION || flags > ALL || next <= 1) return undefined;
    if (second !== 0 || third !== 0 || fourth !== 0) return undefined;
    const bytes = fromBase64(text);
    if (bytes === undefined) return CUT;
    try {
      return fields(new Reader(bytes.subarray(1)), version);
    } catch (error) {
      if (error instanceof TlError) return CUT;
      throw error;
    }
  },

  write(contents) {
    const { dc, test, auth_key } = contents;
    const { host, port } = addressIn(contents, TITLE);
    const user = contents.user === undefined ? undefined : userIn(contents, TITLE);
    const option = new Writer();
    option.raw(Uint8Array.of(DC_VERSION, dcByte(dc, TITLE), flag(DC_IPV6, host.includes(':')) | flag(DC_TEST, test)));
    option.string(host);
    option.int(port);
    const body = new Writer();
    body.int(flag(USER, user !== undefined));
    body.bytes(option.done());
    if (user !== undefined) {
      body.long(user.id);
      body.word(user.bot === true ? BOOL_TRUE : BOOL_FALSE);
    }
    body.bytes(auth_key);
    return toBase64Url(concat(Uint8Array.of(VERSION), body.done()));
  },
};

function flag(bit: number, set: boolean | undefined): number {
  return set === true ? bit : 0;
}

function fields(reader: Reader, version: number): Reading {
  const flags = reader.int();
  const readDc = version === VERSION ? readOption : readOldOption;
  const { dc, address, test } = readDc(reader);
  if ((flags & MEDIA) !== 0) readDc(reader);
  const user = (flags & USER) === 0 ? undefined : readUser(reader);
  const auth_key = reader.bytes();
  reader.end();
  if (!isDc(dc) || !isHost(address.host) || !isPort(address.port) || auth_key.length !== KEY_LENGTH) return DAMAGED;
  if (user !== undefined && !isUserId(user.id)) return DAMAGED;
  const found = { dc, address, test: test || (flags & TEST) !== 0, auth_key };
  return { found: user === undefined ? found : { ...found, user } };
}

interface Option {
  readonly dc: number;
  readonly address: SessionAddress;
  readonly test: boolean;
}

function readOption(outer: Reader): Option {
  const reader = new Reader(outer.bytes());
  const [version = 0, dc = 0, flags = 0] = reader.raw(3, 'a DC');
  if (version < 1 || version > DC_VERSION) reader.fail('a DC of version 1 or 2', 'another version');
  const address = { host: reader.string(), port: reader.int() };
  return { dc, address, test: version === DC_VERSION && (flags & DC_TEST) !== 0 };
}

function readOldOption(reader: Reader): Option {
  if (reader.word('dcOption') !== DC_OPTION) reader.fail('dcOption', 'another constructor');
  const flags = reader.int();
  const dc = reader.int();
  const address = { host: reader.string(), port: reader.int() };
  if ((flags & DC_SECRET) !== 0) reader.bytes();
  return { dc, address, test: false };
}

function readUser(reader: Reader): SessionUser {
  const id = reader.long();
  const bot = reader.word('Bool');
  if (bot !== BOOL_TRUE && bot !== BOOL_FALSE) reader.fail('a Bool', 'another constructor');
  return { id, bot: bot === BOOL_TRUE };
}
