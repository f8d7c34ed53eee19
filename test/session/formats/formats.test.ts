import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concat, toBase64Url } from '../../../src/bytes.ts';
import { UsageError } from '../../../src/errors.ts';
import type { Contents } from '../../../src/session/formats/format.ts';
import {
  FORMAT_NAMES,
  type FormatName,
  readSessionString,
  titleOf,
  writeSessionString,
} from '../../../src/session/formats/index.ts';
import { schema, type sessionText } from '../../../src/session/formats/tg-auth.ts';
import type { Constructors } from '../../../src/tl/types.ts';
import { Writer } from '../../../src/tl/writer.ts';
import { adviceOf } from '../../advice.ts';
import { contents, randomKey, VECTORS } from './samples.ts';

/** The fields of each format besides DC and key. */
const CARRIED: Readonly<Record<FormatName, readonly (keyof Contents)[]>> = {
  'tg-auth': ['test', 'user', 'network', 'server_salt'],
  telethon: ['address'],
  gramjs: ['address'],
  mtcute: ['test', 'address', 'user'],
  mtkruto: ['test', 'user', 'api_id'],
  pyrogram: ['test', 'user', 'api_id'],
};

function carried(name: FormatName, whole: Contents): Partial<Contents> {
  const fields = ['dc', 'auth_key', ...CARRIED[name]];
  return Object.fromEntries(Object.entries(whole).filter(([field]) => fields.includes(field)));
}

/** Checks that a text is refused, and that neither the error nor its fields quote it. */
function refused(text: string, words: RegExp = /./): void {
  assert.throws(
    () => readSessionString(text),
    (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.equal(error.exit, 2);
      assert.match(error.message, words);
      assert.equal(error.cause, undefined);
      const said = `${error.message} ${adviceOf(error)}`;
      for (let i = 0; i + 12 <= text.length; i += 6) assert.ok(!said.includes(text.slice(i, i + 12)), said);
      return true;
    },
  );
}

/** An MTKruto string cut off after a field looks like an older version: it is refused, or read with the same key. */
function isOlder(text: string, auth_key: Uint8Array): void {
  try {
    assert.deepEqual(readSessionString(text).auth_key, auth_key);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refused(text);
  }
}

describe('strings of other libraries', () => {
  for (const { full, strings, note } of VECTORS) {
    const { dc, test: inTest, auth_key, address, user, api_id } = full;
    test(`of DC ${dc} are read: ${note}`, () => {
      const read = (name: keyof typeof strings) => readSessionString(strings[name]);
      assert.deepEqual(read('telethon'), { format: 'telethon', dc, auth_key, address });
      assert.deepEqual(read('gramjs'), { format: 'gramjs', dc, auth_key, address });
      assert.deepEqual(read('pyrogram'), { format: 'pyrogram', dc, test: inTest, auth_key, user, api_id });
      assert.deepEqual(read('pyrogram_no_api_id'), { format: 'pyrogram', dc, test: inTest, auth_key, user });
      assert.deepEqual(read('mtkruto'), { format: 'mtkruto', dc, test: inTest, auth_key });
      // mtcute does not know that the DC is a test DC.
      assert.deepEqual(read('mtcute'), { format: 'mtcute', dc, test: false, auth_key, address, user });
    });

    test(`of DC ${dc} are written exactly`, () => {
      assert.equal(writeSessionString('telethon', full), strings.telethon);
      assert.equal(writeSessionString('gramjs', full), strings.gramjs);
      assert.equal(writeSessionString('pyrogram', full), strings.pyrogram);
      assert.equal(writeSessionString('mtcute', { ...full, test: false }), strings.mtcute);
    });
  }
});

describe('older layouts', () => {
  const [{ full }] = [VECTORS[0] ?? assert.fail()];
  const { dc, auth_key, address } = full;

  test("Pyrogram's with a user id of 32 bits", () => {
    const bytes = concat(Uint8Array.of(2, 1), auth_key, Uint8Array.of(0xff, 0, 0, 1, 1));
    const user = { id: 0xff000001n, bot: true };
    const string = toBase64Url(bytes);
    assert.equal(string.length, 351);
    assert.deepEqual(readSessionString(string), { format: 'pyrogram', dc, test: true, auth_key, user });
  });

  test('zeros of Pyrogram for an unknown api_id and user', () => {
    const bytes = concat(Uint8Array.of(2, 0, 0, 0, 0, 0), auth_key, new Uint8Array(9));
    assert.deepEqual(readSessionString(toBase64Url(bytes)), { format: 'pyrogram', dc, test: false, auth_key });
  });

  test("MTKruto's with an api_id and no user", () => {
    const writer = new Writer();
    writer.string('2-test');
    writer.bytes(auth_key);
    writer.int(0x01020304);
    const bytes = [...writer.done()].flatMap((byte, i, all) =>
      byte !== 0 ? [byte] : all[i - 1] === 0 ? [] : [0, all.slice(i).findIndex((each) => each !== 0)],
    );
    const expected = { format: 'mtkruto', dc, test: true, auth_key, api_id: 0x01020304 };
    assert.deepEqual(readSessionString(toBase64Url(Uint8Array.from(bytes))), expected);
  });

  /** dcOption#18b7a10d, as in versions 1 and 2 of mtcute's string. */
  function option(writer: Writer, flags: number, host: string): void {
    writer.word(0x18b7a10d);
    writer.int(flags);
    writer.int(2);
    writer.string(host);
    writer.int(443);
    if ((flags & 1024) !== 0) writer.bytes(new Uint8Array(16));
  }

  for (const version of [1, 2])
    test(`mtcute's version ${version}`, () => {
      const writer = new Writer();
      writer.int(1 | 2 | (version === 2 ? 4 : 0));
      option(writer, 1024, address.host);
      if (version === 2) option(writer, 2, '149.154.167.222');
      writer.long(12345n);
      writer.word(0xbc799737);
      writer.bytes(auth_key);
      const user = { id: 12345n, bot: false };
      const string = toBase64Url(concat(Uint8Array.of(version), writer.done()));
      assert.deepEqual(readSessionString(string), { format: 'mtcute', dc, test: true, auth_key, address, user });
    });

  test("mtcute's version 3 with another DC for media, of a version that had no test flag", () => {
    const bare = (media: number, host: string) => {
      const writer = new Writer();
      writer.raw(Uint8Array.of(1, 2, media | 4));
      writer.string(host);
      writer.int(443);
      return writer.done();
    };
    const writer = new Writer();
    writer.int(4);
    writer.bytes(bare(0, address.host));
    writer.bytes(bare(2, '149.154.167.222'));
    writer.bytes(auth_key);
    const string = toBase64Url(concat(Uint8Array.of(3), writer.done()));
    assert.deepEqual(readSessionString(string), { format: 'mtcute', dc, test: false, auth_key, address });
  });
});

describe('every format', () => {
  for (const name of FORMAT_NAMES) {
    test(`${name} returns the fields that it has`, () => {
      fc.assert(
        fc.property(contents, (whole) => {
          const { format, ...found } = readSessionString(writeSessionString(name, whole));
          assert.equal(format, name);
          assert.deepEqual(found, carried(name, whole));
        }),
        { numRuns: 60 },
      );
    });

    test(`${name} is read with spaces around it, without padding, and in either alphabet of base64`, () => {
      fc.assert(
        fc.property(contents, (whole) => {
          const string = writeSessionString(name, whole);
          const expected = readSessionString(string);
          assert.deepEqual(readSessionString(` ${string}\r\n`), expected);
          assert.deepEqual(readSessionString(string.replace(/=+$/, '')), expected);
          if (name === 'tg-auth') return; // its prefix has a - of its own
          assert.deepEqual(readSessionString(string.replaceAll('-', '+').replaceAll('_', '/')), expected);
          assert.deepEqual(readSessionString(string.replaceAll('+', '-').replaceAll('/', '_')), expected);
        }),
        { numRuns: 10 },
      );
    });

    test(`${name} cut off or lengthened is refused, and the error does not quote it`, () => {
      const change = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.boolean());
      fc.assert(
        fc.property(contents, randomKey, change, (whole, auth_key, [count, lengthen]) => {
          const string = writeSessionString(name, { ...whole, auth_key }).replace(/=+$/, '');
          if (lengthen || name !== 'mtkruto') refused(lengthen ? string + 'A'.repeat(count) : string.slice(0, -count));
          else isOlder(string.slice(0, -count), auth_key);
        }),
        { numRuns: 100 },
      );
    });

    test(`${name} with any character changed is refused or read`, () => {
      fc.assert(
        fc.property(contents, fc.nat(), fc.constantFrom(...'AQz09_-'), (whole, at, letter) => {
          const string = writeSessionString(name, whole);
          const place = at % string.length;
          try {
            const { auth_key } = readSessionString(string.slice(0, place) + letter + string.slice(place + 1));
            assert.equal(auth_key.length, 256);
          } catch (error) {
            assert.ok(error instanceof UsageError, String(error));
          }
        }),
        { numRuns: 100 },
      );
    });

    test(`${name} is not written without a value that it needs`, () => {
      const [{ full }] = [VECTORS[0] ?? assert.fail()];
      const { dc, auth_key } = full;
      if (name === 'mtcute') return assert.throws(() => writeSessionString(name, { dc, auth_key }), /DC's address/);
      const words = {
        'tg-auth': /network/,
        telethon: /address/,
        gramjs: /address/,
        mtkruto: /user id/,
        pyrogram: /user id/,
      };
      assert.throws(() => writeSessionString(name, { dc, auth_key }), words[name]);
    });
  }

  test('has the name of its library as title', () => {
    assert.deepEqual(FORMAT_NAMES.map(titleOf), ['tg-auth', 'GramJS', 'Telethon', 'MTKruto', 'mtcute', 'Pyrogram']);
  });
});

describe('values that do not fit are not written', () => {
  const [{ full }] = [VECTORS[0] ?? assert.fail()];
  const rows: readonly (readonly [FormatName, Partial<Contents>, RegExp])[] = [
    ['telethon', { address: { host: 'dc.example.org', port: 443 } }, /IP address.*dc\.example\.org/],
    ['telethon', { address: { host: 'fe80::1%eth0', port: 443 } }, /IP address/],
    ['telethon', { address: { host: '1.2.3.256', port: 443 } }, /IP address/],
    ['telethon', { dc: 256 }, /from 1 to 255, not 256/],
    ['gramjs', { dc: 256 }, /from 1 to 255/],
    ['pyrogram', { dc: 256 }, /from 1 to 255/],
    ['mtcute', { dc: 256 }, /from 1 to 255/],
  ];
  for (const [name, change, words] of rows)
    test(`${name}: ${Object.keys(change)}`, () => {
      assert.throws(
        () => writeSessionString(name, { ...full, ...change }),
        (error) => error instanceof UsageError && words.test(error.message),
      );
    });

  test('Pyrogram and MTKruto need an api_id', () => {
    const { api_id: _, ...rest } = full;
    assert.throws(() => writeSessionString('pyrogram', rest), /api_id/);
    assert.throws(() => writeSessionString('mtkruto', rest), /api_id/);
  });

  test('GramJS and mtcute accept a host name as address', () => {
    const address = { host: 'dc.example.org', port: 40001 };
    for (const name of ['gramjs', 'mtcute'] as const)
      assert.deepEqual(readSessionString(writeSessionString(name, { ...full, address })).address, address);
  });
});

describe('any other text', () => {
  const [{ strings, full }] = [VECTORS[0] ?? assert.fail()];
  const own = writeSessionString('tg-auth', { ...full, network: 'production', server_salt: 7n });
  const { telethon, gramjs, pyrogram, pyrogram_no_api_id, mtkruto, mtcute } = strings;

  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', ' \n', /is empty/],
    ['two words', `${pyrogram.slice(0, 180)}\n${pyrogram.slice(180)}`, /contains a space or a line break/],
    ['one in quotation marks', `"${pyrogram}"`, /contains an invalid character/],
    ['padding in the middle', `1Ap=${telethon.slice(4)}`, /contains an invalid character/],
    ['a password', 'correct-horse-battery-staple', /none of the formats tg-auth, .*Pyrogram/],
    ['a key alone', 'A'.repeat(342), /none of/],
    ['Telethon, cut', telethon.slice(0, -4), /like one from Telethon, but it is 3 characters too short/],
    ['Telethon, with one more', `${telethon.slice(0, -1)}A`, /like one from Telethon, but it is 1 character too long/],
    [
      'Telethon IPv6, cut',
      (VECTORS[1]?.strings.telethon ?? '').slice(0, -21),
      /Telethon, but it is 20 characters too short/,
    ],
    ['GramJS, cut', gramjs.slice(0, -11), /GramJS, but it is 10 characters too short/],
    ['GramJS, doubled', gramjs.replace(/=*$/, '') + gramjs.slice(1), /GramJS, but it is 367 characters too long/],
    ['Pyrogram, cut', pyrogram.slice(0, -3), /Pyrogram, but it is 3 characters too short/],
    ['Pyrogram, long', `${pyrogram}AA`, /Pyrogram, but it is 2 characters too long/],
    ['old Pyrogram, cut', pyrogram_no_api_id.slice(0, -1), /Pyrogram, but it is 1 character too short/],
    ['Pyrogram, cut to the length of an old one', pyrogram.slice(0, 356), /Pyrogram, but it is damaged/],
    [
      'Pyrogram, cut to the length of an older one',
      pyrogram.slice(0, 351),
      /Pyrogram, but it is 11 characters too short/,
    ],
    ['mtcute, cut to the length of an old one of Pyrogram', mtcute.slice(0, 351), /mtcute, but it is cut off/],
    [
      'Telethon, with the length of an IPv6 address',
      `${telethon.slice(0, -1)}${'A'.repeat(16)}`,
      /16 characters too long/,
    ],
    [
      'Telethon IPv6, cut to the length of the other',
      (VECTORS[1]?.strings.telethon ?? '').slice(0, 353),
      /Telethon, but it is 15 characters too short/,
    ],
    ['Pyrogram, damaged', `${pyrogram.slice(0, -1)}B`, /Pyrogram, but it is damaged/],
    ['MTKruto, cut', mtkruto.slice(0, -9), /MTKruto, but it is cut off or damaged/],
    ['mtcute, cut', mtcute.slice(0, -1), /mtcute, but it is cut off or damaged/],
    ['mtcute, long', `${mtcute}AAAA`, /mtcute, but it is cut off or damaged/],
    ['ours, cut', own.slice(0, -2), /tg-auth, but it is cut off or damaged/],
    ['ours, cut to its prefix', 'tgauth1-', /tg-auth, but it is cut off or damaged/],
    ['ours, mistyped', own.replace(/^(.{40})./, '$1x'), /tg-auth, but it is cut off or damaged/],
    ['ours, of a later version', own.replace('tgauth1-', 'tgauth2-'), /tg-auth, but a newer tg-auth made it/],
    ['ours, without its mark', own.replace('tgauth1-', 'tgauth-'), /tg-auth, but it is damaged/],
  ];
  for (const [what, text, words] of rows) test(`is refused: ${what}`, () => refused(text, words));

  test('is refused', () => {
    const start = fc.constantFrom(
      '',
      '1',
      'tgauth1-',
      'ATIAAv4AAQEAAV',
      'AwEAAAAXAgIADjE0OS4',
      '1AgAOMTQ5LjE1NC4xNjcuNTEB',
    );
    const base64 = fc.stringMatching(/^[\w-]{0,450}$/);
    fc.assert(
      fc.property(start, base64, (front, text) => refused(`${front}${text}!`)),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(start, base64, (front, text) => {
        try {
          readSessionString(front + text);
        } catch (error) {
          assert.ok(error instanceof UsageError, String(error));
        }
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.string(), (text) => refused(text)));
  });

  test('of our own with a correct checksum is still checked', async () => {
    const { sha256 } = await import('../../../src/crypto/hash.ts');
    const key = { _: 'sessionKey', dc: 2, auth_key: full.auth_key, server_salt: 0n } as const;
    const plain: Constructors<typeof sessionText>['sessionString'] = {
      _: 'sessionString',
      network: 'test',
      dc: 2,
      keys: [key],
      addresses: [],
      time_offset: 0,
    };
    const seal = (body: Uint8Array) =>
      `tgauth1-${toBase64Url(concat(body, sha256(new TextEncoder().encode('tgauth1-'), body).subarray(0, 4)))}`;
    const { auth_key } = full;
    const expected = { format: 'tg-auth', dc: 2, auth_key, server_salt: 0n, network: 'test', test: true };
    assert.deepEqual(readSessionString(seal(schema.encode(plain))), expected);
    const place = { _: 'sessionAddress', dc: 2, host: '203.0.113.5', port: 443 } as const;
    const more = { keys: [key, { ...key, dc: 4 }], addresses: [place], time_offset: 1e308 };
    assert.deepEqual(readSessionString(seal(schema.encode({ ...plain, ...more }))), expected, 'nothing else is taken');
    for (const body of [
      schema.encode({ ...plain, dc: 3 }),
      schema.encode({ ...plain, dc: 0, keys: [{ ...key, dc: 0 }] }),
      schema.encode({ ...plain, network: '' }),
      schema.encode({ ...plain, user_id: -1n }),
      schema.encode({ ...plain, network: '../evil' }),
      schema.encode({ ...plain, network: 'test\x1b[2J' }),
      schema.encode({ ...plain, keys: [{ ...key, auth_key: new Uint8Array(255) }] }),
      concat(schema.encode(plain), Uint8Array.of(0, 0, 0, 0)),
      new Uint8Array(),
    ])
      refused(seal(body), /tg-auth, but it is damaged/);
  });
});
