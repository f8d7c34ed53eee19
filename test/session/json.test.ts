import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat } from '../../src/bytes.ts';
import { StoreError } from '../../src/errors.ts';
import { formatSession, parseSession } from '../../src/session/json.ts';
import { emptySession, type Session, withoutExpired } from '../../src/session/session.ts';

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const dc = fc.integer({ min: 1, max: 999_999_999 });
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const number = fc.double({ min: -(2 ** 32), max: 2 ** 32, noNaN: true }).map((each) => each + 0 || 0); // JSON has no -0
const keys = fc.record(
  {
    auth_key: fc.uint8Array({ minLength: 256, maxLength: 256 }),
    server_salt: long,
    salts: fc
      .array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { minLength: 1, maxLength: 64 })
      .map((all) => concat(...all)),
    made: number,
    imported: fc.constant<true>(true),
  },
  { requiredKeys: ['auth_key', 'server_salt'], noNullPrototype: true },
);
const pending = fc.record(
  {
    dc,
    phone_code_hash: text,
    type: text,
    length: fc.nat(),
    next_type: text,
    deadline: number,
    asked: number,
  },
  { requiredKeys: ['dc', 'phone_code_hash', 'type', 'asked'], noNullPrototype: true },
);
const qr = fc.record({ dc, asked: number, link: text }, { requiredKeys: ['dc', 'asked'], noNullPrototype: true });
const wait = fc.record({ asked: number, seconds: fc.nat() }, { noNullPrototype: true });
const phone = fc.stringMatching(/^\d{1,20}$/);
const sessions: fc.Arbitrary<Session> = fc.record(
  {
    network: text,
    dc,
    keys: fc.dictionary(dc.map(String), keys, { noNullPrototype: true }),
    addresses: fc.dictionary(
      dc.map(String),
      fc.array(fc.record({ host: text, port: fc.integer({ min: 1, max: 65535 }) }, { noNullPrototype: true })),
      { noNullPrototype: true },
    ),
    time_offset: number,
    user: fc.record(
      { id: fc.bigInt({ min: 1n, max: 2n ** 52n - 1n }), bot: fc.boolean(), name: text, phone },
      { requiredKeys: ['id'], noNullPrototype: true },
    ),
    clone: fc.record(
      { user: fc.bigInt({ min: 1n, max: 2n ** 52n - 1n }), exported: fc.constant<true>(true) },
      { requiredKeys: ['user'], noNullPrototype: true },
    ),
    waits: fc.dictionary(fc.stringMatching(/^[ -~]{1,40}$/), wait, { noNullPrototype: true }),
    pending: fc.dictionary(phone, pending, { noNullPrototype: true }),
    qr,
    dropped: fc.array(text),
  },
  { requiredKeys: ['network', 'dc', 'keys', 'addresses', 'time_offset', 'pending', 'dropped'], noNullPrototype: true },
);

const sample: Session = {
  ...emptySession('test', 2),
  keys: { 2: { auth_key: Uint8Array.from({ length: 256 }, (_, i) => i), server_salt: -5n } },
  addresses: { 2: [{ host: '127.0.0.1', port: 443 }] },
  time_offset: -3,
  user: { id: 777000n, bot: true },
  waits: { 'auth.sendCode 79991234567': { asked: 1_700_000_099, seconds: 9900 } },
  pending: { '79991234567': { dc: 2, phone_code_hash: 'abc', type: 'auth.sentCodeTypeSms', asked: 1000 } },
  qr: { dc: 2, asked: 1000, link: 'tg://login?token=Af8' },
};

test('a session is formatted and parsed', () => {
  fc.assert(
    fc.property(sessions, (session) => {
      assert.deepEqual(parseSession(formatSession(session), 'x.json'), session);
    }),
    { numRuns: 60 },
  );
});

test('a text cut short anywhere is refused', () => {
  const whole = formatSession(sample);
  for (let length = 0; length < whole.length - 1; length += 7) {
    assert.throws(() => parseSession(whole.slice(0, length), 'x.json'), { name: 'StoreError', type: 'STORE_CORRUPT' });
  }
});

test('a later version is reported as one', () => {
  assert.throws(
    () => parseSession('{"version":6,"shape":[]}', 'x.json'),
    (error) => error instanceof StoreError && error.type === 'STORE_NEWER' && error.values.version === 6,
  );
});

/** Changes to the sample's text, and the field that the error names. */
const DAMAGES: readonly (readonly [from: string | RegExp, to: string, field: string])[] = [
  ['"version": 4', '"version": 0', 'version'],
  ['"version": 4', '"version": 3', 'version'],
  ['"version": 4', '"version": "4"', 'version'],
  ['"version": 4,', '', 'version'],
  ['"network": "test"', '"network": 5', 'network'],
  ['"dc": 2', '"dc": 0', 'dc'],
  ['"dc": 2', '"dc": 2.5', 'dc'],
  [/"auth_key": "/, '"auth_key": "AAAA', 'keys.2.auth_key'],
  [/"auth_key": "(.)/, '"auth_key": " $1', 'keys.2.auth_key'],
  [/==",/, '=",', 'keys.2.auth_key'],
  [/w==",/, 'x==",', 'keys.2.auth_key'],
  ['"server_salt": "-5"', '"server_salt": -5', 'keys.2.server_salt'],
  ['"server_salt": "-5"', '"server_salt": "9223372036854775808"', 'keys.2.server_salt'],
  ['"server_salt": "-5"', '"salt": "-5"', 'keys.2'],
  ['"server_salt": "-5"', '"server_salt": "-5", "salts": "AAAA"', 'keys.2.salts'],
  ['"server_salt": "-5"', `"server_salt": "-5", "salts": "${btoa('x'.repeat(65 * 16))}"`, 'keys.2.salts'],
  [/"keys": \{\s*"2"/, '"keys": {"two"', 'keys'],
  ['"port": 443', '"port": 65536', 'addresses.2.0.port'],
  ['"host": "127.0.0.1"', '"host": ""', 'addresses.2.0.host'],
  [/"addresses": \{\s*"2": \[/, '"addresses": {"2": 5, "3": [', 'addresses.2'],
  ['"time_offset": -3', '"time_offset": null', 'time_offset'],
  ['"id": "777000"', '"id": "0x5"', 'user.id'],
  ['"bot": true', '"bot": 1', 'user.bot'],
  ['1700000099', '"soon"', 'waits.auth.sendCode 79991234567.asked'],
  ['"seconds": 9900', '"seconds": -1', 'waits.auth.sendCode 79991234567.seconds'],
  ['"79991234567"', '"+79991234567"', 'pending'],
  ['"phone_code_hash": "abc"', '"phone_code_hash": null', 'pending.79991234567.phone_code_hash'],
  ['"asked": 1000', '"asked": "1000"', 'pending.79991234567.asked'],
  ['"asked": 1000', '"asked": 1000, "length": -1', 'pending.79991234567.length'],
  ['"link": "tg', '"link": 5, "rest": "', 'qr'],
  ['"link": "tg://login?token=Af8"', '"link": 5', 'qr.link'],
  ['"dropped": []', '"dropped": [], "clone": {"user": 5}', 'clone.user'],
  ['"dropped": []', '"dropped": [], "clone": {"user": "5", "exported": 1}', 'clone.exported'],
  ['"dropped": []', '"dropped": {}', 'dropped'],
  ['"dropped": []', '"dropped": [1]', 'dropped.0'],
  ['"dropped": []', '"dropped": [], "extra": 1', 'the file'],
];

test('every field is checked, and the reason names it', () => {
  const whole = formatSession(sample);
  for (const [from, to, field] of DAMAGES) {
    const damaged = whole.replace(from, to);
    assert.notEqual(damaged, whole, String(from));
    assert.throws(
      () => parseSession(damaged, 'x.json'),
      (error) => {
        assert.ok(error instanceof StoreError && error.type === 'STORE_CORRUPT', `${from} → ${to}`);
        assert.ok(String(error.values.reason).startsWith(`${field} must be `), `${to}: ${error.values.reason}`);
        return true;
      },
    );
  }
});

test('no error quotes the file', () => {
  const secret = 'c2VjcmV0';
  for (const text of [
    `"auth_key": "${secret}"`,
    `{"version":4,"${secret}":"${secret}"`,
    `{"version":4,"network":{"${secret}":1}}`,
  ]) {
    assert.throws(
      () => parseSession(text, 'x.json'),
      (error) => error instanceof StoreError && !error.message.includes(secret) && error.cause === undefined,
    );
  }
});

test('a session that could not be read back is not written', () => {
  assert.throws(() => formatSession({ ...sample, time_offset: Number.NaN }), /time_offset must be a number/);
  const extra = { ...sample, secret: 1 };
  assert.throws(() => formatSession(extra), /fields that this version does not know/);
});

test('a QR code older than a day is removed', () => {
  assert.deepEqual(withoutExpired(sample, (1000 + 86400) * 1000).qr, sample.qr);
  assert.equal(withoutExpired(sample, (1001 + 86400) * 1000).qr, undefined);
});

test('codes older than a day are removed', () => {
  const code = { dc: 2, phone_code_hash: 'abc', type: 'auth.sentCodeTypeSms' };
  const session = { ...sample, pending: { '1': { ...code, asked: 1000 }, '2': { ...code, asked: 1001 } } };
  assert.deepEqual(Object.keys(withoutExpired(session, (1001 + 86400) * 1000).pending), ['2']);
});
