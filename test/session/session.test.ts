/** Whether a session is signed in, and which parts of it are removed. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  emptySession,
  type PendingCode,
  type Session,
  secondsLeft,
  signInState,
  withoutExpired,
} from '../../src/session/session.ts';
import { removeFolder, storeIn, temporaryFolder, waiting } from './folder.ts';

const folder = temporaryFolder();
after(() => removeFolder(folder));

const NOW = 1_700_000_000;
const HOUR = 3600;

/** Codes and waits, each a second older than the one before. */
function crowded(count: number): Session {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const code = (asked: number): PendingCode => ({ dc: 2, phone_code_hash: 'h'.repeat(1500), type: 'sms', asked });
  return {
    ...emptySession('test', 2),
    pending: Object.fromEntries(numbers.map((i) => [String(79990000000 + i), code(NOW - i)])),
    waits: Object.fromEntries(numbers.map((i) => [`auth.sendCode ${79990000000 + i}`, { asked: NOW, seconds: 1 + i }])),
  };
}

test('signed in, not signed in, or unknown', () => {
  const key = { auth_key: new Uint8Array(256), server_salt: 7n };
  const signedOut = { ...emptySession('test', 2), keys: { 2: key } };
  assert.equal(signInState({ ...signedOut, user: { id: 1n } }), true);
  assert.equal(signInState(signedOut), false, 'its key was made here');
  assert.equal(signInState(emptySession('test', 2)), false);
  assert.equal(signInState({ ...signedOut, keys: { 2: { ...key, imported: true } } }), 'unknown');
  const clone = { user: 1n };
  assert.equal(signInState({ ...signedOut, clone }), 'unknown');
  assert.equal(signInState({ ...emptySession('test', 2), clone }), false, 'it has no key yet');
});

test('the newest hundred codes and the longest hundred waits are kept', () => {
  const { pending, waits = {} } = withoutExpired(crowded(700), NOW * 1000);
  assert.equal(Object.keys(pending).length, 100);
  assert.ok(Object.values(pending).every(({ asked }) => asked > NOW - 100));
  assert.equal(Object.keys(waits).length, 100);
  assert.ok(Object.values(waits).every(({ seconds }) => seconds > 600));
});

test('a wait is never longer than the server said, whatever the clock did since', () => {
  const wait = { asked: NOW, seconds: 60 };
  const left = [-1e9, -1, 0, 0.1, 59.9, 60, 1e9].map((since) => secondsLeft(wait, (NOW + since) * 1000));
  assert.deepEqual(left, [60, 60, 60, 60, 1, 0, 0]);
});

test('a wait from a clock that was days ahead is forgotten', () => {
  const waits = { here: { asked: NOW, seconds: 60 }, ahead: { asked: NOW + 25 * HOUR, seconds: 60 } };
  const kept = withoutExpired({ ...emptySession('test', 2), waits }, NOW * 1000);
  assert.deepEqual(Object.keys(kept.waits ?? {}), ['here']);
});

test('codes more than a day old, or more than a day ahead, are removed', () => {
  const at = (asked: number) => ({ dc: 2, phone_code_hash: 'h', type: 'sms', asked: NOW + asked });
  const pending = { '1': at(-25 * HOUR), '2': at(-23 * HOUR), '3': at(23 * HOUR), '4': at(25 * HOUR) };
  const kept = withoutExpired({ ...emptySession('test', 2), pending }, NOW * 1000);
  assert.deepEqual(Object.keys(kept.pending), ['2', '3']);
});

test('a sealed session with 700 codes opens again', async () => {
  const store = storeIn(folder, { now: () => NOW * 1000 });
  const passphrase = async () => 'correct horse';
  const sealed = await store.open('default', 'test', waiting(0, { newPassphrase: await passphrase() }));
  await sealed.save(crowded(700));
  await sealed.close();
  const opened = await store.open('default', 'test', waiting(0, { passphrase }));
  await opened.close();
  assert.equal(Object.keys(opened.session?.pending ?? {}).length, 100);
});
