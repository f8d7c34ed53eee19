/** Files and texts that are no session string are named for what they are. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { decodeAnyText } from '../../../src/bytes.ts';
import { UsageError } from '../../../src/errors.ts';
import { readSessionString } from '../../../src/session/formats/index.ts';
import { adviceOf } from '../../advice.ts';
import { VECTORS } from './samples.ts';

const strings = VECTORS.flatMap((each) => Object.values(each.strings));

const SQLITE = 'SQLite format 3\0\x10\0\x01\x01\0@  \0\0';

suite('input that is no session string is named', () => {
  const rows: [text: string, what: RegExp, next: RegExp][] = [
    [
      `${SQLITE}CREATE TABLE sessions (dc_id integer primary key, server_address text)`,
      /file of Telethon/,
      /python3 -c/,
    ],
    [`${SQLITE}CREATE TABLE sessions (dc_id INTEGER, test_mode INTEGER)`, /file of Pyrogram/, /export_session_string/],
    [`${SQLITE}CREATE TABLE auth_keys (dc integer)`, /file of mtcute/, /exportSession/],
    [SQLITE, /an SQLite database/, /StringSession\.save/],
    ['TDF$\x01\0\0\0', /tdata of Telegram Desktop/, /tg-auth login --qr/],
    [
      JSON.stringify({ ok: true, command: 'session export', result: strings[0], session: 'work' }),
      /JSON of "session export/,
      /session export --session work$/,
    ],
    [
      JSON.stringify({ ok: true, command: 'session export', session: "'; x" }),
      /JSON of/,
      /session export --session NAME$/,
    ],
    [JSON.stringify({ ok: true, command: 'whoami', result: '1' }), /^This is JSON,/, /string alone/],
    [JSON.stringify({ version: 1, network: 'production', keys: {} }), /stored session/, /session export --session/],
    [JSON.stringify({ version: 1, sealed: {} }, null, 2), /stored session/, /session export --session/],
    ['{"a":1}', /is JSON/, /string alone/],
    ['-----BEGIN RSA PUBLIC KEY-----\nx', /key in PEM/, /--server-key/],
    [`123456789:AA${'x'.repeat(33)}`, /bot's token/, /login --bot/],
  ];
  for (const [text, what, next] of rows)
    test(String(what), () =>
      assert.throws(
        () => readSessionString(text),
        (error) => error instanceof UsageError && what.test(error.message) && next.test(adviceOf(error)),
      ),
    );
});

test('a session string in UTF-16 is read, with and without a byte order mark', () => {
  for (const string of strings)
    for (const mark of ['', '\ufeff'])
      for (const end of ['', '\r\n']) {
        const little = Buffer.from(mark + string + end, 'utf16le');
        const big = Buffer.from(little).swap16();
        for (const bytes of [little, big, Buffer.from(mark + string + end)])
          assert.equal(decodeAnyText(bytes).trim(), string);
      }
});

test('any text in UTF-8 without NUL is read as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((text) => !/^\ufeff|\0/.test(text)),
      (text) => assert.equal(decodeAnyText(Buffer.from(text)), text),
    ),
  );
});

test('any input is a session string or a UsageError', () => {
  const start = fc.constantFrom('', '{', SQLITE, 'TDF$', '1', 'tgauth1-');
  fc.assert(
    fc.property(start, fc.string({ unit: 'binary' }), (before, text) =>
      assert.throws(() => readSessionString(before + text), UsageError),
    ),
  );
});
