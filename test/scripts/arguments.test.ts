/** A misplaced secret is refused, and the message repeats no part of it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Env, envOf, lasting } from './cli.ts';
import { tgAuth } from './in-process.ts';

const SECRETS = {
  'a session string': `1${randomBytes(270).toString('base64url')}`,
  'a session string in plain base64': `1${randomBytes(264).toString('base64')}`,
  "a bot's token": `123456789:AA${randomBytes(24).toString('base64url')}x`,
  'an api_hash': `4${randomBytes(15).toString('hex')}7`,
  'a hash': '7dc02d2cdb1f735e92',
};
const SHORT = 'hunter2';

const PHONE = '79991234567';

/** Places where a secret may end up by mistake. */
const PLACES: readonly ((secret: string) => readonly string[])[] = [
  (s) => ['session', 'show', s],
  (s) => ['session', 'delete', s, '--yes'],
  (s) => ['session', 'rename', s, 'other'],
  (s) => ['--session', s, 'session', 'show'],
  (s) => ['--session', s, 'session', 'passphrase', '--remove'],
  (s) => ['--session', s, 'whoami'],
  (s) => ['session', 'import', '--file', s],
  (s) => ['sign-in', s],
  (s) => ['sign-in', PHONE, '--hash', 'abc', '--code', s],
  (s) => ['devices', 'terminate', s],
  (s) => ['explain', s],
  (s) => ['explain', `SOME_ERROR ${s}`],
  (s) => ['tl', 'encode', s],
  (s) => ['tl', 'encode', 'auth.sendCall', `phone_number=1`, `${s}=1`],
  (s) => ['sandbox', '--', s],
  (s) => ['sandbox', '--fault', s],
  (s) => ['--server-key', s, '--server', '127.0.0.1:1', 'session', 'list'],
  (s) => ['doctor', '--server-key', s, '--server', '127.0.0.1:1'],
  (s) => ['doctor', '--session', s],
];

/** Places where no unknown word is repeated at all. */
const STRICT: readonly ((secret: string) => readonly string[])[] = [
  (s) => [s],
  (s) => ['session', s],
  (s) => ['help', s],
  (s) => ['whoami', s],
  (s) => [`--passwrod=${s}`, 'whoami'],
  (s) => ['sign-in', PHONE, `--passwrod=${s}`],
  (s) => ['whoami', '--api-id', s],
  (s) => ['whoami', '--dc', s],
  (s) => ['whoami', '--timeout', s],
  (s) => ['whoami', '--transport', s],
  (s) => ['whoami', '--server', s],
  (s) => ['whoami', '--server', `ada:${s}@127.0.0.1:443`],
  (s) => ['whoami', '--proxy', `http://ada:${s}`],
  (s) => ['whoami', '--proxy', `gopher://ada:${s}@127.0.0.1:1`],
  (s) => ['session', 'import', s],
  (s) => ['session', 'export', '--format', s],
  (s) => ['send-call', PHONE, '--hash', 'abc', '--method', s],
  (s) => ['devices', 'accept', s],
  (s) => ['tl', 'encode', 'auth.sendCall', s],
  (s) => ['tl', 'encode', 'auth.sendCall', `{"phone_code_hash":"${s}"`],
  (s) => ['tl', 'encode', 'auth.importBotAuthorization', `flags=${s}`],
  (s) => ['tl', 'decode', '--layer', s, '997275b5'],
  (s) => ['completion', s],
  (s) => ['sandbox', '--port', s],
  (s) => ['sandbox', '--layer', s],
  (s) => ['sandbox', '--mtproxy', `${s}!`],
  (s) => ['login', '--bot', '--token', s],
  (s) => ['password', 'recover', '--code', '1', '--new-password', s],
  (s) => ['session', 'passphrase', '--new', s],
];

const VARIABLES = ['TG_API_ID', 'TG_AUTH_DC', 'TG_AUTH_SERVER', 'TG_AUTH_SERVER_KEY', 'TG_AUTH_TEST', 'TG_AUTH_PROXY'];

let sandbox: Sandbox;
before(async () => {
  sandbox = await lasting(startSandbox());
});

async function check(args: readonly string[], secret: string, env: Env = {}, input = ''): Promise<void> {
  const { code, stdout, stderr } = await tgAuth([...args, '--json', '--verbose'], envOf(sandbox, env), input);
  const what = args.join(' ').replaceAll(secret, 'SECRET');
  assert.notEqual(code, 70, `${what}: ${stderr}`);
  for (const piece of [secret, secret.slice(0, 8), secret.slice(-8)])
    assert.ok(!(stdout + stderr).toLowerCase().includes(piece.toLowerCase()), `${what}: ${stderr}`);
}

describe('is not repeated', { concurrency: 4 }, () => {
  for (const [what, secret] of Object.entries(SECRETS)) {
    test(`${what}, in any place`, async () => {
      for (const place of [...PLACES, ...STRICT]) await check(place(secret), secret);
      for (const variable of VARIABLES) await check(['whoami'], secret, { [variable]: secret });
      await check(['tl', 'decode', '-'], secret, {}, secret);
    });
  }

  test('a password instead of a keyword', async () => {
    for (const place of STRICT) await check(place(SHORT), SHORT);
    for (const variable of VARIABLES.filter((name) => name !== 'TG_AUTH_SERVER_KEY'))
      await check(['whoami'], SHORT, { [variable]: SHORT });
  });
});

describe('a harmless mistake is repeated', () => {
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [['sned-code'], /Unknown command 'sned-code'\.\n {2}Did you mean send-code\?/],
    [['whoami', '--hsah', 'x'], /Unknown option '--hsah'\./],
    [['whoami', '--dc', 'two'], /not 'two'/],
    [['whoami', '--timeout', '10s'], /not '10s'/],
    [['whoami', '--transport', 'tcp'], /not 'tcp'/],
    [['session', 'show', 'work'], /"work"/],
    [['session', 'import', '--file', '/no/such/file'], /\/no\/such\/file/],
    [['explain', 'PHONE_CODE_EXPIRD'], /"PHONE_CODE_EXPIRD"\.\n {2}Did you mean PHONE_CODE_EXPIRED/],
  ];
  for (const [args, expected] of rows)
    test(args.join(' '), async () => {
      const { code, stderr } = await tgAuth(args, envOf(sandbox), '');
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    });
});
