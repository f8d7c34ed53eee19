import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentsOf, sessionOf, signedIn } from '../../../src/session/formats/convert.ts';
import { readSessionString, writeSessionString } from '../../../src/session/formats/index.ts';
import { formatSession, parseSession } from '../../../src/session/json.ts';
import { emptySession, type Session } from '../../../src/session/session.ts';
import { authKey } from './samples.ts';

const auth_key = Uint8Array.from({ length: 256 }, (_, i) => i);
const address = { host: '149.154.167.51', port: 443 };
const signed: Session = {
  ...emptySession('production', 2),
  keys: { 2: { auth_key, server_salt: 77n }, 4: { auth_key, server_salt: -1n } },
  addresses: { 203: [{ host: '91.105.192.100', port: 443 }] },
  time_offset: -2.5,
  user: { id: 5000000001n },
  pending: { '79991234567': { dc: 2, phone_code_hash: 'abc', type: 'sms', asked: 1000 } },
  dropped: ['auth.sendCall'],
};
const around = { api_id: 12345, address };

test('a session has what the formats hold', () => {
  const { user } = signed;
  const expected = { dc: 2, test: false, auth_key, session: signed, user, address, api_id: 12345 };
  assert.deepEqual(contentsOf(signed, around), expected);
  assert.equal(contentsOf({ ...signed, network: 'test' }, around)?.test, true);
  assert.equal(contentsOf({ ...signed, network: 'server-0123456789abcdef' }, around)?.test, false);
  assert.equal(contentsOf({ ...signed, dc: 5 }, around), undefined, 'no key of its DC, nothing to hand out');
  assert.equal(contentsOf(emptySession('test', 2), around), undefined);
});

test('our own string gives back all but codes and what this server lacks', () => {
  const contents = contentsOf(signed, { api_id: undefined, address: undefined }) ?? assert.fail();
  const string = readSessionString(writeSessionString('tg-auth', contents));
  assert.deepEqual(sessionOf(string, 'production', undefined), { ...signed, pending: {}, dropped: [] });
});

test('another string gives one key, whose salt the server will tell, and the place of its DC if it is asked for', () => {
  const contents = contentsOf(signed, around) ?? assert.fail();
  const string = readSessionString(writeSessionString('mtcute', contents));
  const empty = emptySession('production', 2);
  const keys = { 2: { auth_key, server_salt: 0n } };
  const user = { id: 5000000001n, bot: false };
  assert.deepEqual(sessionOf(string, 'production', undefined), { ...empty, keys, user });
  const { user: _, ...nobody } = string;
  assert.deepEqual(sessionOf(nobody, 'production', address), { ...empty, keys, addresses: { 2: [address] } });
});

test('signed in, not, or not known', () => {
  assert.equal(signedIn(signed), true);
  const { user: _, ...nobody } = signed;
  assert.equal(signedIn(nobody), false, 'its key was made here');
  assert.equal(signedIn(emptySession('test', 2)), false);
  assert.equal(signedIn({ ...nobody, keys: { 2: { auth_key, server_salt: 0n } } }), 'unknown');
});

test('whatever is read can be stored', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('telethon', 'gramjs', 'mtcute', 'tg-auth'),
      fc.integer({ min: 1, max: 255 }),
      authKey,
      (name, dc, auth_key) => {
        const session = { ...emptySession('test', dc), keys: { [dc]: { auth_key, server_salt: 1n } } };
        const contents = contentsOf(session, around) ?? assert.fail();
        const stored = sessionOf(readSessionString(writeSessionString(name, contents)), 'test', address);
        assert.deepEqual(parseSession(formatSession(stored), 'x.json'), stored);
      },
    ),
    { numRuns: 40 },
  );
});
