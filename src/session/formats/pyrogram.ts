/**
 * The session string of Pyrogram and its forks, such as Pyrofork and Kurigram
 * (https://docs.pyrogram.org/api/methods/export_session_string). Base64url without padding; numbers are big-endian.
 * Only the length tells the layouts apart.
 *
 *     dc (1)              test (1)  auth_key (256)  user id (4)  bot (1)      351 characters, version 1, 32-bit id
 *     dc (1)              test (1)  auth_key (256)  user id (8)  bot (1)      356 characters, version 1
 *     dc (1)  api_id (4)  test (1)  auth_key (256)  user id (8)  bot (1)      362 characters, version 2 (ours)
 *
 * A string of 362 characters that lost exactly its last 11 looks like one of 351 with another key. The bytes where the
 * api_id would be tell the two apart; one in 128 real strings of 351 characters looks the same by chance and is refused
 * too.
 *
 * It has no address: Pyrogram knows Telegram's DCs. To Pyrogram a user id of 0 means "not signed in", so the id must be
 * known. When we read a string, 0 means "not known", for user id and api_id: some converters leave them out.
 */
import { concat, fromBase64, startOfBase64, toBase64Url } from '../../bytes.ts';
import { isApiId, isUserId } from '../../tl/ranges.ts';
import {
  apiIdIn,
  base64Length,
  DAMAGED,
  dcByte,
  type Format,
  KEY_LENGTH,
  offBy,
  type Reading,
  unpadded,
  userIn,
} from './format.ts';
import { FORMAT_TITLES } from './names.ts';

const TITLE = FORMAT_TITLES.pyrogram;

interface Layout {
  readonly length: number;
  /** The bytes of the api_id. */
  readonly api: 0 | 4;
  readonly user: 4 | 8;
}

const LAYOUTS: readonly Layout[] = [
  { length: 263, api: 0, user: 4 },
  { length: 267, api: 0, user: 8 },
  { length: 271, api: 4, user: 8 },
];

export const pyrogram: Format = {
  name: 'pyrogram',

  read(text): Reading {
    const body = unpadded(text);
    const layout = LAYOUTS.find(({ length }) => base64Length(length) === body.length);
    if (layout === undefined) return nearly(body);
    if (layout.user === 4 && hasApiId(startOfBase64(body))) return offBy(body.length, base64Length(271));
    const bytes = fromBase64(body);
    return bytes === undefined ? DAMAGED : fields(bytes, layout);
  },

  write(contents) {
    const { dc, test, auth_key } = contents;
    const { id, bot } = userIn(contents, TITLE);
    const numbers = new DataView(new ArrayBuffer(12));
    numbers.setUint32(0, apiIdIn(contents, TITLE));
    numbers.setBigUint64(4, id);
    const [api, user_id] = [new Uint8Array(numbers.buffer, 0, 4), new Uint8Array(numbers.buffer, 4)];
    const flag = (value: boolean | undefined) => Uint8Array.of(value === true ? 1 : 0);
    return toBase64Url(concat(Uint8Array.of(dcByte(dc, TITLE)), api, flag(test), auth_key, user_id, flag(bot)));
  },
};

function fields(bytes: Uint8Array, { length, api, user }: Layout): Reading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const dc = view.getUint8(0);
  const [test, bot] = [view.getUint8(1 + api), view.getUint8(length - 1)];
  const keyAt = 2 + api;
  const id = user === 4 ? BigInt(view.getUint32(258)) : view.getBigInt64(keyAt + KEY_LENGTH);
  const api_id = api === 4 ? view.getUint32(1) : 0;
  if (dc === 0 || test > 1 || bot > 1) return DAMAGED;
  if ((id !== 0n && !isUserId(id)) || (api_id !== 0 && !isApiId(api_id))) return DAMAGED;
  return {
    found: {
      dc,
      test: test === 1,
      auth_key: bytes.subarray(keyAt, keyAt + KEY_LENGTH),
      ...(id === 0n ? {} : { user: { id, bot: bot === 1 } }),
      ...(api_id === 0 ? {} : { api_id }),
    },
  };
}

/** For another length: whether the text starts with one of Telegram's DCs, then an api_id or the test flag. */
function nearly(body: string): Reading {
  if (body.length < 300 || body.length > 420) return undefined;
  const start = startOfBase64(body);
  const [dc = 0, test = 0] = start;
  if (dc < 1 || dc > 9) return undefined;
  if (hasApiId(start)) return offBy(body.length, base64Length(271));
  return test > 1 ? undefined : offBy(body.length, base64Length(267));
}

/** Whether an api_id and the test flag follow the DC, not that flag and the key. All api_ids so far are below 2^26. */
function hasApiId([, first = 0, , , , test = 0]: Uint8Array): boolean {
  return first <= 3 && test <= 1;
}
