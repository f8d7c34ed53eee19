/**
 * Salts that the server told ahead, so that a key that was idle for hours needs no round trip for a new one
 * (https://core.telegram.org/mtproto/service_messages#request-for-several-future-salts). They are stored as records of
 * 16 bytes: valid_since, valid_until and the salt, as in a future_salt.
 */
import { mtproto } from '../tl/layer.ts';
import { Reader } from '../tl/reader.ts';
import { Writer } from '../tl/writer.ts';
import type { FutureSalt } from './service-messages.ts';

const RECORD = 16;
/** As many as a server tells at once. Telegram's salts cover 32 hours. */
const MOST = 64;
/** Ask again if the last salt ends within this many seconds. */
const SOON = 16 * 60 * 60;
/** Use a salt only this many seconds after its start, since the clocks may differ a little. */
const MARGIN = 60;

/** The call for new salts; `undefined` while the known ones last. `time`: the server's, in seconds. */
export function saltsCall(records: Uint8Array | undefined, time: number): Uint8Array | undefined {
  const last = saltsOf(records).at(-1);
  const lasts = last !== undefined && last.valid_until > time + SOON;
  return lasts ? undefined : mtproto.encodeCall('get_future_salts', { num: MOST });
}

/** The newest salt that is valid now, if one is known. */
export function saltAt(records: Uint8Array | undefined, time: number): bigint | undefined {
  const valid = saltsOf(records).filter((each) => each.valid_since + MARGIN <= time && each.valid_until > time);
  return valid.at(-1)?.salt;
}

/** Returns the records if the server's salt is one of them; if not, the server no longer keeps to them. */
export function stillValid(records: Uint8Array | undefined, server_salt: bigint): Uint8Array | undefined {
  return saltsOf(records).some(({ salt }) => salt === server_salt) ? records : undefined;
}

export function recordsOf(salts: readonly FutureSalt[]): Uint8Array {
  const writer = new Writer();
  const sorted = salts.toSorted((a, b) => a.valid_since - b.valid_since);
  for (const { valid_since, valid_until, salt } of sorted.slice(0, MOST)) {
    writer.int(valid_since);
    writer.int(valid_until);
    writer.long(salt);
  }
  return writer.done();
}

function saltsOf(records: Uint8Array = new Uint8Array(0)): FutureSalt[] {
  const reader = new Reader(records);
  return Array.from({ length: records.length / RECORD }, () => ({
    valid_since: reader.int(),
    valid_until: reader.int(),
    salt: reader.long(),
  }));
}
