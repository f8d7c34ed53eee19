/** A server that answers as a test wants, and commands in this process: separate processes would take minutes. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { Datacentre } from '../../src/sandbox/datacentre.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { current, mtproto } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Answers } from '../../src/tl/types.ts';
import { removeFolder, temporaryFolder } from '../session/folder.ts';
import { type Run, runInside } from './inside.ts';

export type Schema = typeof currentText;

/** False answers of the server, by method. */
export type Lies = Readonly<Record<string, (truth: Uint8Array) => Uint8Array>>;
let lies: Lies = {};
let asked = '';
const { answer } = Datacentre.prototype;
Datacentre.prototype.answer = function lying(...args) {
  const truth = answer.apply(this, args);
  return lies[asked]?.(truth) ?? truth;
};
export const sandbox = await startSandbox({
  onEvent(event) {
    if (event.event === 'request') asked = event.method;
  },
});
const home = temporaryFolder();
after(async () => {
  Datacentre.prototype.answer = answer;
  await sandbox.close();
  removeFolder(home);
});

const env = {
  HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[1]?.port}`,
  TG_AUTH_SERVER_KEY: join(home, 'key.pem'),
  TG_API_ID: '12345',
  TG_API_HASH: '0123456789abcdef0123456789abcdef',
  TG_AUTH_PASSWORD: 'correct horse',
  TG_AUTH_NEW_PASSWORD: 'brand-new secret',
  TG_AUTH_BOT_TOKEN: `7000000001:${'t'.repeat(35)}`,
};
writeFileSync(env.TG_AUTH_SERVER_KEY, sandbox.publicKey);

const run = (line: string, stdin?: string) => runInside(line, { env, ...(stdin !== undefined && { stdin }) });

export const PHONE = '79996620001';
/** A session with a key and a pending code. */
const session = join(home, 'session');
assert.equal((await run(`send-code ${PHONE}`)).exit, 0);
cpSync(env.XDG_STATE_HOME, session, { recursive: true });

/** Runs a command on a fresh copy of the session, with these false answers. */
export async function lied(line: string, answers: Lies, stdin?: string): Promise<Run> {
  mkdirSync(env.XDG_STATE_HOME, { recursive: true });
  cpSync(session, env.XDG_STATE_HOME, { recursive: true });
  lies = answers;
  try {
    return await run(line, stdin);
  } finally {
    lies = {};
  }
}

export function says<M extends keyof Answers<Schema> & string>(method: M, value: Answers<Schema>[M]): Lies {
  const bytes = current.codec.encodeAnswer(method, value);
  return { [method]: () => bytes };
}
export const refuses = (method: string, error_message: string, error_code = 400) => ({
  [method]: () => mtproto.encode({ _: 'rpc_error', error_code, error_message }),
});

export function sound({ exit, type, said }: Run, what: string): void {
  assert.notEqual(exit, 70, `${what}: ${said}`);
  assert.notEqual(type, 'TIMEOUT', `${what} has no end: ${said}`);
  assert.doesNotMatch(said, /NaN|Infinity|undefined|Invalid Date/, what);
}
