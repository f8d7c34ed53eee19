/** Without a home folder: what needs no store works, the rest says what is missing, and nothing lands elsewhere. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, checkFailure, type Ended, type Env, envOf, folder, POSIX, runs, said, start } from './cli.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** A user without an entry in /etc/passwd. Only root can become that user. */
const NOBODY = 54_321;
const IS_ROOT = process.geteuid?.() === 0;

/** The environments without a home. */
const HOMES: Readonly<Record<string, Env>> = {
  'HOME is not set': {},
  'HOME is empty': { HOME: '' },
  'HOME is relative': { HOME: 'home' },
  'HOME and the XDG folders are relative': { HOME: '.', XDG_STATE_HOME: 'state', XDG_CONFIG_HOME: 'config' },
};

/** Runs tg-auth without a home, in an empty folder, which stays empty. */
async function homeless(args: readonly string[], home: Env, { uid }: { readonly uid?: number } = {}): Promise<Ended> {
  const { HOME, XDG_STATE_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME, ...rest } = envOf(sandbox);
  const current = folder();
  const command = `cd "$1" && shift && exec "$@"`;
  const user = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const words = ['-c', command, 'sh', current, ...user, process.execPath, BIN, ...args];
  const ended = await start('/bin/sh', words, { ...rest, ...home }, '').ended;
  assert.deepEqual(readdirSync(current), [], 'the current folder stays empty');
  return ended;
}

const WITHOUT_STORE: readonly (readonly string[])[] = [
  ['explain', 'PHONE_CODE_EXPIRED'],
  ['tl', 'decode', '997275b5'],
  ['completion', 'bash'],
  ['--help'],
  ['login', '--help'],
  ['--version'],
  ['send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--sandbox'],
  ['send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--dry-run'],
];

const WITH_STORE: readonly (readonly string[])[] = [
  ['send-code', '9996620000'],
  ['whoami'],
  ['devices'],
  ['logout'],
  ['session', 'list'],
  ['session', 'show'],
  ['session', 'export'],
];

for (const [how, home] of Object.entries(HOMES))
  describe(how, POSIX, () => {
    test('commands that need no store work', async () => {
      for (const args of WITHOUT_STORE) {
        const { code, stderr } = await homeless(args, home);
        assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
      }
    });

    test('the others name HOME and XDG_STATE_HOME', async () => {
      for (const args of WITH_STORE) {
        const ended = await homeless([...args, '--json'], home);
        checkFailure(ended, 32, 'NO_HOME');
        assert.match(said(ended), /\bHOME\b.*XDG_STATE_HOME/);
      }
    });
  });

test('a session string needs no home', POSIX, async () => {
  const env = envOf(sandbox);
  await runs(['login', '--bot'], { ...env, TG_AUTH_BOT_TOKEN: `2000:${'s'.repeat(35)}` });
  const string = await runs(['session', 'export'], env);
  for (const args of [['whoami'], ['devices']]) {
    const { code, stderr } = await homeless(args, { TG_AUTH_SESSION_STRING: string });
    assert.ok(code === 0 || /BOT_METHOD_INVALID/.test(stderr), stderr);
  }
});

test('the doctor reports a missing home and checks the rest', POSIX, async () => {
  const { code, stdout } = await homeless(['doctor'], {});
  assert.equal(code, 32);
  assert.match(stdout, /✖ store +default +No folder for sessions/);
  assert.match(stdout, /✔ api/);
});

test('a user without an entry in /etc/passwd', { skip: !IS_ROOT }, async () => {
  assert.equal((await homeless(['explain', '12'], {}, { uid: NOBODY })).code, 0);
  checkFailure(await homeless(['session', 'list', '--json'], { TG_AUTH_SERVER: '' }, { uid: NOBODY }), 32, 'NO_HOME');
});
