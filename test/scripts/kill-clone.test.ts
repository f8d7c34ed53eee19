/**
 * `session clone`, killed at random moments: each session that the server then has is held here, the program says so,
 * and the next run goes on. TG_AUTH_TEST_RUNS is the number of runs.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { endDevice, whoAmI } from '../../src/auth/account.ts';
import { toHex } from '../../src/bytes.ts';
import { RpcError } from '../../src/errors.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { sessionOf } from '../../src/session/formats/convert.ts';
import { readSessionString } from '../../src/session/formats/index.ts';
import type { Session } from '../../src/session/session.ts';
import { BIN, type Env, lasting, POSIX, start, times } from './cli.ts';
import { runs } from './in-process.ts';
import { otherDevices, signedIn, stored, storedAs, withSession } from './stored.ts';

const RUNS = times(4);
/** The most runs on one account. */
const ROUNDS = 50;
/** An ordinary account and one with a password, on each of two data centres. */
const PHONES = ['9996610001', '9996611002', '9996620001', '9996621002'];

/** The longest time after a request until the kill. */
const LATEST_MS = 20;

/** A sandbox and an account with a session in it. */
interface Lane {
  readonly sandbox: Sandbox;
  readonly env: Env;
  /** The session that is cloned. */
  readonly source: Session;
}

function keyOf({ keys, dc }: Session): Uint8Array | undefined {
  return keys[dc]?.auth_key;
}

/** Whether the server has a session with this key, which may still lack the password. */
async function isSignedIn({ sandbox }: Lane, session: Session): Promise<boolean> {
  if (keyOf(session) === undefined) return false;
  try {
    return (await withSession(sandbox, session, whoAmI)) !== undefined;
  } catch (error) {
    if (error instanceof RpcError && error.code === 401) return error.type === 'SESSION_PASSWORD_NEEDED';
    throw error;
  }
}

/** Checks that each session of the account at the server is held here: stored, or in a file as a string. */
async function areHeld(lane: Lane, files: readonly string[]): Promise<void> {
  const { sandbox, env, source } = lane;
  const strings = files.filter((file) => existsSync(file)).map((file) => readSessionString(readFileSync(file, 'utf8')));
  const exported = strings.map((string) => ({ ...source, ...sessionOf(string, source.network) }));
  const kept = [...stored(env)].flatMap(([name, session]) => (name === 'default' ? [] : [session]));
  const keys = new Map([...exported, ...kept].map((each) => [toHex(keyOf(each) ?? new Uint8Array()), each]));
  for (;;) {
    const count = (await otherDevices(sandbox, source)).length;
    const states = await Promise.all([...keys.values()].map((each) => isSignedIn(lane, each)));
    // The server may still process what the killed program had sent.
    if ((await otherDevices(sandbox, source)).length !== count) continue;
    assert.equal(states.filter((state) => state).length, count, 'each session is held by somebody');
    return;
  }
}

/** Checks that `session list` says the truth. */
async function areListed(lane: Lane): Promise<void> {
  const { env } = lane;
  const sessions = stored(env);
  for (const { session: name, state } of JSON.parse(await runs(['session', 'list', '--json'], env)).result) {
    const session = sessions.get(name) ?? assert.fail(`no session "${name}"`);
    if (state === 'signed-in') assert.ok(await isSignedIn(lane, session), `"${name}" is signed in`);
    else assert.match(state, /^clone-(unfinished|exported)$/, `"${name}" is not signed in for sure`);
  }
}

/** How far a run got, for the report of the test. */
async function stateOf(lane: Lane, code: number | null): Promise<string> {
  const [session] = [...stored(lane.env)].flatMap(([name, each]) => (name === 'default' ? [] : [each]));
  if (code === 0 || session === undefined) return code === 0 ? 'complete' : 'nothing stored';
  if (session.clone === undefined) return 'signed in and stored';
  if (session.clone.exported) return 'string may be written';
  if (keyOf(session) === undefined) return 'no key yet';
  return (await isSignedIn(lane, session)) ? 'unfinished, signed in' : 'unfinished, not signed in';
}

/** Ends all clones, here and there. */
async function reset({ sandbox, env, source }: Lane): Promise<void> {
  for (const hash of await otherDevices(sandbox, source))
    await withSession(sandbox, source, (client) => endDevice(client, hash));
  for (const [name, { network }] of stored(env))
    if (name !== 'default') rmSync(join(env.XDG_STATE_HOME ?? '', 'tg-auth', network, `${name}.json`));
}

test(`${RUNS} clones killed at random moments leave no session that nobody holds`, {
  ...POSIX,
  timeout: 1000 * (60 + RUNS * 10),
}, async (t) => {
  /** How often the program was killed in which state. */
  const killed: Record<string, number> = {};
  const run = async (phone: string, rounds: number) => {
    let requests = 0;
    /** The requests of a whole run. */
    let most = 5;
    let onRequest = () => {};
    const onEvent = ({ event }: SandboxEvent) => {
      if (event !== 'request') return;
      requests++;
      onRequest();
    };
    const sandbox = await lasting(startSandbox({ onEvent }));
    const env = await signedIn(sandbox, phone, { TG_AUTH_PASSWORD: 'sandbox' });
    const lane = { sandbox, env, source: storedAs(env) };
    const { source } = lane;
    /** Resolves at a random moment of the next run: some time after its start or one of its requests. */
    const randomMoment = async () => {
      const last = Math.floor(Math.random() * (most + 1));
      requests = 0;
      if (last > 0)
        await new Promise<void>((resolve) => {
          onRequest = () => requests === last && resolve();
        });
      await setTimeout(Math.random() * LATEST_MS);
    };
    for (let round = 0; round < rounds; round++) {
      const file = join(env.HOME ?? '', `${round}.txt`);
      const again = join(env.HOME ?? '', `${round} again.txt`);
      const words = (output: string) => (round % 2 === 0 ? ['ci'] : ['--format', 'gramjs', '--output', output]);
      const moment = randomMoment();
      const { child, ended } = start(process.execPath, [BIN, 'session', 'clone', ...words(file)], env, '');
      await Promise.race([moment, ended]);
      child.kill('SIGKILL');
      const { code } = await ended;
      if (code === 0) most = requests;
      const state = await stateOf(lane, code);
      killed[state] = (killed[state] ?? 0) + 1;
      await areHeld(lane, [file]);
      await areListed(lane);
      if (code !== 0 && stored(env).get('ci')?.user === undefined) {
        const before = new Set(await otherDevices(sandbox, source));
        await runs(['session', 'clone', ...words(again)], env);
        const made = (await otherDevices(sandbox, source)).filter((hash) => !before.has(hash));
        assert.ok(made.length <= 1, 'at most one session is new');
        await areHeld(lane, [file, again]);
      }
      await reset(lane);
    }
  };
  const phones = PHONES.slice(0, Math.ceil(RUNS / ROUNDS));
  await Promise.all(phones.map((phone, index) => run(phone, Math.min(ROUNDS, RUNS - index * ROUNDS))));
  t.diagnostic(JSON.stringify(killed));
});
