/** Numbers and lengths that a string can hold but a session cannot: refused when read and when written. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concat, toBase64Url, utf8 } from '../../../src/bytes.ts';
import { sha256 } from '../../../src/crypto/hash.ts';
import { UsageError } from '../../../src/errors.ts';
import { sessionOf } from '../../../src/session/formats/convert.ts';
import type { Contents } from '../../../src/session/formats/format.ts';
import {
  FORMAT_NAMES,
  type FormatName,
  readSessionString,
  writeSessionString,
} from '../../../src/session/formats/index.ts';
import { schema, type sessionText } from '../../../src/session/formats/tg-auth.ts';
import { formatSession, parseSession } from '../../../src/session/json.ts';
import type { Constructors } from '../../../src/tl/types.ts';
import { Writer } from '../../../src/tl/writer.ts';

/** Without zeros, which MTKruto compresses. */
const auth_key = new Uint8Array(256).fill(7);
const address = { host: '127.0.0.1', port: 443 };

const PLAIN = { noNullPrototype: true };

function refused(text: string): void {
  assert.throws(() => readSessionString(text), UsageError);
}

test('any string that is written can be read back', () => {
  const wholes = fc.record(
    {
      dc: fc.constantFrom(1, 255, 256, 999, 1000, 2 ** 31 - 1),
      test: fc.boolean(),
      auth_key: fc.constant(auth_key),
      address: fc.record(
        {
          host: fc.constantFrom(
            '127.0.0.1',
            '2001:67c:4e8:f002::a',
            `${'a'.repeat(97)}.de`,
            `${'a'.repeat(98)}.de`,
            'a b',
          ),
          port: fc.constantFrom(1, 65535),
        },
        PLAIN,
      ),
      user: fc.record(
        {
          id: fc.constantFrom(-1n, 0n, 1n, 2n ** 52n - 1n, 2n ** 52n, 2n ** 63n - 1n),
          bot: fc.boolean(),
        },
        PLAIN,
      ),
      api_id: fc.constantFrom(-1, 0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
    },
    PLAIN,
  );
  const names = FORMAT_NAMES.filter((name) => name !== 'tg-auth'); // its numbers are those of a stored session
  fc.assert(
    fc.property(wholes, fc.constantFrom(...names), (whole: Contents, name) => {
      const text = written(name, whole);
      if (text === undefined) return;
      const { format, ...found } = readSessionString(text);
      assert.equal(format, name);
      assert.deepEqual({ ...whole, ...found }, whole);
    }),
    { numRuns: 1000 },
  );
});

function written(name: FormatName, whole: Contents): string | undefined {
  try {
    return writeSessionString(name, whole);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return undefined;
  }
}

describe('a string of our own', () => {
  type Fields = Constructors<typeof sessionText>['sessionString'];
  const KEY = { _: 'sessionKey', dc: 2, auth_key, server_salt: 1n } as const;
  const fields: Fields = {
    _: 'sessionString',
    network: 'production',
    dc: 2,
    keys: [KEY],
    addresses: [],
    time_offset: 0,
  };
  const own = (changes: Partial<Fields>): string => {
    const body = schema.encode({ ...fields, ...changes });
    const checksum = sha256(utf8('tgauth1-'), body).subarray(0, 4);
    return `tgauth1-${toBase64Url(concat(body, checksum))}`;
  };

  test('with an invalid user is refused', () => {
    for (const user_id of [0n, -1n, 2n ** 52n, 2n ** 63n - 1n]) refused(own({ user_id }));
    assert.equal(readSessionString(own({ user_id: 2n ** 52n - 1n })).user?.id, 2n ** 52n - 1n);
  });

  test('of half a megabyte with an invalid clock is read, without its other keys and its clock', () => {
    const keys = Array.from({ length: 999 }, (_, i) => ({ ...KEY, dc: i + 1 }));
    for (const time_offset of [1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY]) {
      const text = own({ keys, time_offset });
      assert.ok(text.length > 350_000);
      const found = readSessionString(text);
      assert.deepEqual(found.auth_key, auth_key);
      const session = sessionOf(found, 'production', undefined);
      assert.deepEqual(parseSession(formatSession(session), 'x.json'), session);
    }
  });
});

test('a text of half a megabyte is refused, whatever its start', () => {
  for (const start of ['', '1', '1AgA', 'tgauth1-', 'ATI', 'AwAA', 'AQEAAAI', 'Ag'])
    for (const letter of ['A', '_']) refused(start + letter.repeat(400_000));
});

describe("mtcute's", () => {
  /** Of version 1, in which the DC has 32 bits. */
  const text = (dc: number, port: number, id: bigint) => {
    const writer = new Writer();
    writer.int(1);
    writer.word(0x18b7a10d);
    for (const each of [0, dc]) writer.int(each);
    writer.string(address.host);
    writer.int(port);
    writer.long(id);
    writer.word(0xbc799737);
    writer.bytes(auth_key);
    return toBase64Url(concat(Uint8Array.of(1), writer.done()));
  };

  test('is read with valid numbers', () => {
    assert.deepEqual(readSessionString(text(2, 443, 2n ** 52n - 1n)).user?.id, 2n ** 52n - 1n);
  });

  for (const [what, dc, port, id] of [
    ['a user id above 52 bits', 2, 443, 2n ** 52n],
    ['a user id of 0', 2, 443, 0n],
    ['a negative user id', 2, 443, -1n],
    ['a DC of 0', 0, 443, 1n],
    ['a negative DC', -1, 443, 1n],
    ['a DC that no session can hold', 2 ** 31 - 1, 443, 1n],
    ['port 0', 2, 0, 1n],
    ['port 65536', 2, 65_536, 1n],
  ] as const)
    test(`is refused with ${what}`, () => refused(text(dc, port, id)));
});

describe("MTKruto's", () => {
  interface Parts {
    readonly dc?: string;
    readonly key?: Uint8Array;
    readonly api_id?: number;
    readonly bot?: number;
    readonly id?: bigint;
  }
  /** Compresses zeros one by one, which is valid too. */
  const text = ({ dc = '2', key = auth_key, api_id = 0x01010101, bot = 1, id = 0x01010101n }: Parts) => {
    const writer = new Writer();
    writer.string(dc);
    writer.bytes(key);
    writer.int(api_id);
    writer.raw(Uint8Array.of(bot));
    writer.long(id);
    return toBase64Url(Uint8Array.from([...writer.done()].flatMap((byte) => (byte === 0 ? [0, 1] : [byte]))));
  };

  test('is read with valid parts', () => {
    const expected = { format: 'mtkruto', dc: 2, test: false, auth_key, api_id: 0x01010101 };
    assert.deepEqual(readSessionString(text({})), { ...expected, user: { id: 0x01010101n, bot: true } });
    assert.deepEqual(readSessionString(text({ id: 0n })), expected);
  });

  for (const [what, parts] of [
    ['a DC that is no number', { dc: '2-prod' }],
    ['a DC of 0', { dc: '0' }],
    ['a DC of four digits', { dc: '1000' }],
    ['a key that is short', { key: auth_key.subarray(1) }],
    ['a key that is long', { key: concat(auth_key, Uint8Array.of(7)) }],
    ['more than a flag for a bot', { bot: 2 }],
    ['a negative user id', { id: -1n }],
    ['a user id above 52 bits', { id: 2n ** 52n }],
  ] as const)
    test(`is refused with ${what}, and nothing else wrong`, () => refused(text(parts)));
});

test("Pyrogram's is refused with an api_id that is not an int", () => {
  const start = (api_id: readonly number[]) =>
    concat(Uint8Array.of(2, ...api_id, 0), auth_key, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0));
  assert.equal(readSessionString(toBase64Url(start([0x7f, 0xff, 0xff, 0xff]))).api_id, 2 ** 31 - 1);
  refused(toBase64Url(start([0x80, 0, 0, 0])));
});

test("GramJS's, Telethon's and Pyrogram's are refused with a DC of 0, the first two with port 0, and nothing else wrong", () => {
  const numbers = (dc: number, port: number) => ({
    gramjs: concat(Uint8Array.of(dc, 0, 9), utf8(address.host), Uint8Array.of(port >> 8, port), auth_key),
    telethon: concat(Uint8Array.of(dc, 127, 0, 0, 1, port >> 8, port), auth_key),
    pyrogram: concat(Uint8Array.of(dc, 1, 1, 1, 1, 0), auth_key, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0)),
  });
  const texts = (dc: number, port: number) => {
    const { gramjs, telethon, pyrogram } = numbers(dc, port);
    return [`1${toBase64Url(gramjs)}`, `1${toBase64Url(telethon)}`, toBase64Url(pyrogram)];
  };
  assert.deepEqual(
    texts(2, 443).map((text) => readSessionString(text).format),
    ['gramjs', 'telethon', 'pyrogram'],
  );
  for (const text of [...texts(0, 443), ...texts(2, 0).slice(0, 2)]) refused(text);
});
