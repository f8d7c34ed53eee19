/** Session fixation: the author of a string knows its key and waits until someone else signs in with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import {
  connect,
  memoryStore,
  readSessionString,
  sendCode,
  serverNetwork,
  sessionOf,
  signIn,
  writeSessionString,
} from '../../src/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { checkFailure, type Env, envOf, POSIX, said, sessionFile } from './cli.ts';
import { runs, tgAuth } from './in-process.ts';
import { atTerminal } from './person.ts';

const PHONE = '9996621002'; // its code is 22222, its password "sandbox"
const API_HASH = '0123456789abcdef0123456789abcdef';
const TOKEN = `987654321:${'s'.repeat(35)}`;

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({
    onEvent(event) {
      if (event.event === 'qr') setImmediate(() => sandbox.scan(event.link, '9996620000'));
    },
  });
});
after(() => sandbox.close());

describe('the author of a string with a key that is not signed in', { concurrency: 4 }, () => {
  /** An attacker's key: known to the sandbox, not signed in, in the formats that can name a user. */
  async function trap(): Promise<{ env: Env; strings: string[] }> {
    const env = envOf(sandbox);
    await runs(['send-code', PHONE], env);
    const own = await runs(['session', 'export', '-q'], env);
    const { dc, auth_key } = readSessionString(own);
    const address = { host: sandbox.host, port: sandbox.dcs[1]?.port ?? 0 };
    const whole = { dc, auth_key, address, api_id: 12345, test: false, user: { id: 777n, bot: false } };
    return { env, strings: [own, writeSessionString('telethon', whole), writeSessionString('pyrogram', whole)] };
  }

  /** Checks that the author of the string is not signed in. */
  async function isShut({ env, strings }: { env: Env; strings: string[] }): Promise<void> {
    checkFailure(await tgAuth(['whoami', '--json'], env), 15, 'AUTH_KEY_UNREGISTERED');
    for (const string of strings) {
      const ended = await tgAuth(['whoami', '--json'], { ...envOf(sandbox), TG_AUTH_SESSION_STRING: string });
      checkFailure(ended, 15, 'AUTH_KEY_UNREGISTERED');
    }
  }

  test('gets nothing from a sign-in with code and password', async () => {
    const trapped = await trap();
    for (const string of trapped.strings) {
      const env = envOf(sandbox);
      await runs(['session', 'import', '-'], env, string);
      await runs(['send-code', PHONE], env);
      const { user, keys } = JSON.parse(readFileSync(sessionFile(env) ?? '', 'utf8'));
      assert.deepEqual([user, keys[2].imported], [undefined, undefined], 'a new key, and no user is signed in with it');
      const id = await runs(['sign-in', PHONE, '--code', '22222'], { ...env, TG_AUTH_PASSWORD: 'sandbox' });
      assert.match(await runs(['whoami'], env), new RegExp(`^${id}\t`));
    }
    await isShut(trapped);
  });

  test('gets nothing from login as a bot or by a QR code', async () => {
    const trapped = await trap();
    const [, string = ''] = trapped.strings;
    const bot = envOf(sandbox, { TG_AUTH_BOT_TOKEN: TOKEN });
    await runs(['session', 'import', '-'], bot, string);
    assert.equal(await runs(['login', '--bot'], bot), '987654321');
    const qr = envOf(sandbox);
    await runs(['session', 'import', '-'], qr, string);
    assert.match(await runs(['login', '--qr'], qr), /^\d+$/);
    await isShut(trapped);
  });

  test('gets nothing from login at a terminal', POSIX, async () => {
    const trapped = await trap();
    const env = envOf(sandbox);
    await runs(['session', 'import', '-'], env, trapped.strings[1]);
    const person = atTerminal(['login', '9996620001'], env);
    await person.sees(/\? Code/);
    person.types('22222\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    await isShut(trapped);
  });

  test('gets nothing from the library', async () => {
    const trapped = await trap();
    const port = sandbox.dcs[1]?.port ?? 0;
    const network = serverNetwork({ address: { host: sandbox.host, port }, dc: 2, pem: sandbox.publicKey });
    for (const string of trapped.strings) {
      const store = memoryStore();
      const open = await store.open('default', network.id, { signal: new AbortController().signal, waitMs: 0 });
      await open.save(sessionOf(readSessionString(string), network.id));
      await open.close();
      await using telegram = await connect({ api_id: 12345, network, store });
      const { client } = telegram;
      const phone = '9996620001';
      const sent = await sendCode(client, { phone, api_id: 12345, api_hash: API_HASH });
      assert.ok(sent.kind === 'sent' && telegram.session.user === undefined);
      const { phone_code_hash } = sent;
      const end = await signIn(client, { phone, phone_code_hash, code: '22222' });
      assert.equal(end.kind, 'signedIn');
    }
    await isShut(trapped);
  });

  test('cannot make the victim sign in with a code that the author requested', async () => {
    const trapped = await trap();
    const { pending } = JSON.parse(readFileSync(sessionFile(trapped.env) ?? '', 'utf8'));
    const { phone_code_hash: hash } = pending[PHONE];
    const env = envOf(sandbox, { TG_AUTH_PASSWORD: 'sandbox' });
    await runs(['session', 'import', '-'], env, trapped.strings[0]);
    const command = ['sign-in', PHONE, '--code', '22222', '--json'];
    const ended = await tgAuth([...command, '--hash', hash], env);
    checkFailure(ended, 2, 'KEY_IMPORTED');
    assert.match(said(ended), /new key \(in scripts: send-code, then sign-in\): {2}tg-auth login$/m);
    await runs(['resend-code', PHONE, '--hash', hash], env);
    checkFailure(await tgAuth(command, env), 2, 'KEY_IMPORTED');
    const recovery = ['password', 'recover', '--code', '1', '--remove-password', '--json'];
    checkFailure(await tgAuth(recovery, env), 2, 'KEY_IMPORTED');
    await isShut(trapped);
  });
});
