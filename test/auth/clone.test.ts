import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Device } from '../../src/auth/account.ts';
import { type CloneOptions, cloneSession, endClone } from '../../src/auth/clone.ts';
import { NetworkError } from '../../src/errors.ts';
import type { ListeningCaller } from '../../src/tl/layer.ts';
import { ADA, ada, answer, type Fake, fake, refusal, SIGNED_IN } from './fake.ts';

const token = (byte: number) =>
  answer('auth.exportLoginToken', { _: 'auth.loginToken', expires: 1_700_000_030, token: Uint8Array.of(byte) });
const success = answer('auth.exportLoginToken', { _: 'auth.loginTokenSuccess', authorization: SIGNED_IN });
const moved = answer('auth.exportLoginToken', { _: 'auth.loginTokenMigrateTo', dc_id: 4, token: Uint8Array.of(9) });
const password = refusal(401, 'SESSION_PASSWORD_NEEDED');
const signedOut = refusal(401, 'AUTH_KEY_UNREGISTERED');
const expired = refusal(400, 'AUTH_TOKEN_EXPIRED');
const me = answer('users.getUsers', [ADA]);
const DEVICE = {
  _: 'authorization',
  hash: 5n,
  device_model: 'tg-auth',
  platform: '',
  system_version: '',
  api_id: 1,
  app_name: '',
  app_version: '',
  date_created: 1,
  date_active: 1,
  ip: '',
  country: '',
  region: '',
} as const;
const accepted = answer('auth.acceptLoginToken', DEVICE);

/** A caller that gets an update after every call. */
function listening(inner: Fake): ListeningCaller {
  const listeners = new Set<(body: Uint8Array) => void>();
  return {
    async call(...args) {
      try {
        return await inner.call(...args);
      } finally {
        setImmediate(() => {
          for (const listener of listeners) listener(new Uint8Array());
        });
      }
    },
    onUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function cloned(
  source: readonly (Uint8Array | Error)[],
  fresh: readonly (Uint8Array | Error)[],
  options: Partial<CloneOptions> = {},
) {
  const [old, young] = [fake(...source), fake(...fresh)];
  const found: Device[] = [];
  const onAccepted = (device: Device) => found.push(device);
  const end = await cloneSession(old, listening(young), { api_id: 1, api_hash: 'a', onAccepted, ...options });
  const tokens = old.asked.map(({ params }) => params);
  return { end, tokens, hashes: found.map(({ hash }) => hash), asked: young.asked };
}

const signedIn = { kind: 'signedIn', user: ada };

suite('cloneSession', () => {
  test('has the token of the fresh key accepted, and signs in with it', async () => {
    const { end, tokens, hashes, asked } = await cloned([accepted], [token(1), success]);
    assert.deepEqual([end, tokens, hashes], [signedIn, [{ token: Uint8Array.of(1) }], [5n]]);
    assert.deepEqual(asked[0]?.params, { api_id: 1, api_hash: 'a', except_ids: [] });
    assert.ok(asked.every(({ startsAnew }) => startsAnew === true));
  });

  test('follows the token to the data centre of the account, and to its password', async () => {
    const { asked, end } = await cloned([accepted], [token(1), moved, success]);
    assert.deepEqual([asked.at(-1)?.dc, end], [4, signedIn]);
    const there = await cloned([accepted], [token(1), moved, password]);
    assert.deepEqual(there.end, { kind: 'passwordNeeded', dc: 4 });
    assert.deepEqual((await cloned([accepted], [token(1), password])).end, { kind: 'passwordNeeded' });
  });

  test('waits until the server knows that the token was accepted', async () => {
    const { end, tokens } = await cloned([accepted], [token(1), token(1), token(1), success]);
    assert.deepEqual([end, tokens.length], [signedIn, 1]);
  });

  test('has another token accepted when one has expired, but not forever', async () => {
    const late = await cloned([expired, accepted], [token(1), token(2), success]);
    assert.deepEqual(late.tokens, [{ token: Uint8Array.of(1) }, { token: Uint8Array.of(2) }]);
    const tokens = [1, 2, 3, 4, 5, 6].map(token);
    await assert.rejects(
      cloned(
        tokens.map(() => expired),
        tokens,
      ),
      expired,
    );
    await assert.rejects(cloned([accepted], [token(1), moved, expired, moved, expired, moved, expired, ...tokens]));
    const never = [token(1), ...tokens.map(() => token(1))];
    await assert.rejects(cloned([accepted], never), { type: 'ANSWER_MALFORMED' });
  });

  test('accepts no second token if only an answer was lost', async () => {
    const twice = await cloned([refusal(400, 'AUTH_TOKEN_ALREADY_ACCEPTED')], [token(1), success]);
    assert.deepEqual([twice.end, twice.hashes], [signedIn, []]);
    const lost = await cloned([accepted], [token(1), token(2), me]);
    assert.deepEqual([lost.end, lost.tokens.length], [signedIn, 1]);
    assert.deepEqual((await cloned([accepted], [token(1), token(2), password])).end, { kind: 'passwordNeeded' });
    const gone = await cloned([accepted, accepted], [token(1), token(2), signedOut, token(2), success]);
    assert.deepEqual([gone.end, gone.tokens.length], [signedIn, 2]);
  });

  test('throws what else the server refuses', async () => {
    for (const error of [refusal(420, 'FLOOD_WAIT_9'), refusal(400, 'AUTH_TOKEN_EXCEPTION'), signedOut])
      await assert.rejects(cloned([error], [token(1)]), error);
    await assert.rejects(cloned([], [refusal(400, 'API_ID_INVALID')]), { type: 'API_ID_INVALID' });
    await assert.rejects(cloned([accepted], [token(1), token(2), refusal(500, 'X')]), { type: 'X' });
  });

  test('goes on with a key that may be signed in already', async () => {
    const resumes = { resumes: true };
    assert.deepEqual((await cloned([], [me], resumes)).end, signedIn);
    assert.deepEqual((await cloned([], [password], resumes)).end, { kind: 'passwordNeeded' });
    for (const state of [signedOut, new NetworkError('KEY_UNKNOWN')])
      assert.deepEqual((await cloned([accepted], [state, token(1), success], resumes)).end, signedIn);
    await assert.rejects(cloned([], [new NetworkError('TIMEOUT')], resumes), { type: 'TIMEOUT' });
  });
});

const out = answer('auth.logOut', { _: 'auth.loggedOut' });
const yes = answer('account.resetAuthorization', true);
const lost = new NetworkError('TIMEOUT');
const fresh = refusal(406, 'FRESH_RESET_AUTHORISATION_FORBIDDEN');

test('endClone is sure only if one of the two sessions has ended the clone', async () => {
  const cases: readonly (readonly [own: Uint8Array | Error, other: Uint8Array | Error, ended: boolean])[] = [
    [out, lost, true],
    [signedOut, yes, true],
    [new NetworkError('KEY_UNKNOWN'), yes, true],
    [password, refusal(400, 'HASH_INVALID'), true],
    [lost, yes, true],
    [lost, fresh, false],
    [signedOut, lost, false],
    [lost, lost, false],
  ];
  for (const [own, other, ended] of cases) assert.equal(await endClone(fake(other), fake(own), 5n), ended);
  for (const own of [out, signedOut]) assert.equal(await endClone(fake(), fake(own)), true);
  assert.equal(await endClone(fake(), fake(lost)), false);
});
