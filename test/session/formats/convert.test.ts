import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentsOf, sessionOf } from '../../../src/session/formats/convert.ts';
import { readSessionString, writeSessionString } from '../../../src/session/formats/index.ts';
import { formatSession, parseSession } from '../../../src/session/json.ts';
import { emptySession, type Session } from '../../../src/session/session.ts';
import { authKey } from './samples.ts';

const auth_key = Uint8Array.from({ length: 256 }, (_, i) => i);
const address = { host: '149.154.167.51', port: 443 };
const signed: Session = {
  ...emptySession('production', 2),
  keys: { 2: { auth_key, server_salt: 77n, made: 500 }, 4: { auth_key, server_salt: -1n } },
  addresses: { 203: [{ host: '91.105.192.100', port: 443 }] },
  routes: { 2: { address, transport: 'obfuscated' } },
  time_offset: -2.5,
  user: { id: 5000000001n },
  pending: { '79991234567': { dc: 2, phone_code_hash: 'abc', type: 'sms', asked: 1000 } },
  dropped: ['auth.sendCall'],
};
const around = { api_id: 12345, address };
const NOW = 1000.5;

test('a session has the contents of a string', () => {
  const { user } = signed;
  const own = { network: 'production', server_salt: 77n };
  assert.deepEqual(contentsOf(signed, around), { dc: 2, test: false, auth_key, ...own, user, address, api_id: 12345 });
  assert.equal(contentsOf({ ...signed, network: 'test' }, around)?.test, true);
  assert.equal(contentsOf({ ...signed, network: 'server-0123456789abcdef' }, around)?.test, false);
  assert.equal(contentsOf({ ...signed, dc: 5 }, around), undefined, 'no key of its DC, nothing to hand out');
  assert.equal(contentsOf(emptySession('test', 2), around), undefined);
});

test('a string gives one key, marked as imported, and its user; no address, route or clock, even our own', () => {
  const contents = contentsOf(signed, around) ?? assert.fail();
  const key = { auth_key, made: 1000, imported: true } as const;
  const own = readSessionString(writeSessionString('tg-auth', contents));
  assert.deepEqual(sessionOf(own, 'production', NOW), {
    ...emptySession('production', 2),
    keys: { 2: { ...key, server_salt: 77n } },
    user: { id: 5000000001n },
  });
  const other = readSessionString(writeSessionString('mtcute', contents));
  assert.deepEqual(sessionOf(other, 'production', NOW), {
    ...emptySession('production', 2),
    keys: { 2: { ...key, server_salt: 0n } },
    user: { id: 5000000001n, bot: false },
  });
  assert.deepEqual(sessionOf(own, 'production').keys[2], { auth_key, server_salt: 77n, imported: true });
});

test('any string that is read can be stored, and its key stays marked as imported', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('telethon', 'gramjs', 'mtcute', 'tg-auth'),
      fc.integer({ min: 1, max: 255 }),
      authKey,
      (name, dc, auth_key) => {
        let session: Session = { ...emptySession('test', dc), keys: { [dc]: { auth_key, server_salt: 1n } } };
        for (const round of [1, 2]) {
          const contents = contentsOf(session, around) ?? assert.fail();
          session = sessionOf(readSessionString(writeSessionString(name, contents)), 'test', round);
          assert.deepEqual(parseSession(formatSession(session), 'x.json'), session);
          assert.equal(session.keys[dc]?.imported, true);
        }
      },
    ),
    { numRuns: 40 },
  );
});
