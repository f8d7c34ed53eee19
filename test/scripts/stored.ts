/** The stored sessions of an environment, made and used in this process: processes for that would take long. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { devices } from '../../src/auth/account.ts';
import { sendCode } from '../../src/auth/code.ts';
import { checkPassword } from '../../src/auth/password.ts';
import { signIn } from '../../src/auth/sign-in.ts';
import { connect, openSession } from '../../src/library.ts';
import type { Client } from '../../src/net/client.ts';
import { serverNetwork } from '../../src/net/datacentres.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { parseSession } from '../../src/session/json.ts';
import type { Session } from '../../src/session/session.ts';
import { fileStore, type SessionStore } from '../../src/session/store.ts';
import { type Env, envOf } from './cli.ts';

const APPLICATION = { api_id: 12345, api_hash: '0123456789abcdef0123456789abcdef' };
const random = (length: number) => new Uint8Array(randomBytes(length));

function networkOf({ host, dcs, publicKey }: Sandbox) {
  return serverNetwork({ address: { host, port: dcs[1]?.port ?? 0 }, dc: 2, pem: publicKey });
}

function storeOf({ XDG_STATE_HOME = '' }: Env): SessionStore {
  const owner = { pid: process.pid, command: 'test' };
  const rest = { owner, uid: process.geteuid?.(), now: Date.now, kill: process.kill, random };
  return fileStore({ folder: join(XDG_STATE_HOME, 'tg-auth'), ...rest });
}

/** Encrypts the session `default`. */
export async function seal(sandbox: Sandbox, env: Env, passphrase: string): Promise<void> {
  const handle = await openSession({ network: networkOf(sandbox), store: storeOf(env) });
  await handle.setPassphrase(passphrase);
  await handle.close();
}

/** A stored session that may be encrypted. */
export async function opened(sandbox: Sandbox, env: Env, name: string, passphrase?: string): Promise<Session> {
  const secret = passphrase === undefined ? {} : { passphrase: async () => passphrase };
  const handle = await openSession({ network: networkOf(sandbox), store: storeOf(env), name, ...secret });
  await handle.close();
  return handle.value;
}

/** An environment whose session `default` is signed in. */
export async function signedIn(sandbox: Sandbox, phone: string, more: Env = {}): Promise<Env> {
  const env = envOf(sandbox, more);
  const store = storeOf(env);
  await using telegram = await connect({ api_id: APPLICATION.api_id, network: networkOf(sandbox), store });
  const { client } = telegram;
  const sent = await sendCode(client, { phone, ...APPLICATION });
  assert.ok(sent.kind === 'sent');
  const { phone_code_hash } = sent;
  const answer = await signIn(client, { phone, phone_code_hash, code: sandbox.said(phone).at(-1)?.code ?? '' });
  if (answer.kind === 'signedIn') await telegram.signedIn(answer.user);
  else await telegram.signedIn(await checkPassword(client, { password: 'sandbox', random }));
  return env;
}

/** The stored sessions by name, read as the program reads them. */
export function stored({ XDG_STATE_HOME: home = '' }: Env): Map<string, Session> {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => {
      const [, name = ''] = /([^/]+)\.json$/.exec(file) ?? [];
      return [name, parseSession(readFileSync(join(home, file), 'utf8'), file)];
    }),
  );
}

/** The stored session of this name. */
export function storedAs(env: Env, name = 'default'): Session {
  return stored(env).get(name) ?? assert.fail(`no session "${name}"`);
}

/** Calls the server with a copy of a session. */
export async function withSession<T>(
  sandbox: Sandbox,
  session: Session,
  act: (client: Client) => Promise<T>,
): Promise<T> {
  const network = networkOf(sandbox);
  const handle = await openSession({ network });
  await handle.replace({ ...session, network: network.id });
  await using telegram = await connect({ api_id: APPLICATION.api_id, network, session: handle });
  return await act(telegram.client);
}

/** The hashes of the other devices of a session's account, without its phone. */
export async function otherDevices(sandbox: Sandbox, session: Session): Promise<bigint[]> {
  const all = await withSession(sandbox, session, devices);
  return all.filter(({ current, app_version }) => current !== true && app_version !== '1.0').map(({ hash }) => hash);
}
