/** The config file: who may write it, and who may read it. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, checkFailure, cleanEnv, type Env, envOf, folder, POSIX, said, start } from './cli.ts';
import { tgAuth } from './in-process.ts';

const OTHER_USER = 12345;
const HASH = '0123456789abcdef0123456789abcdef';

let attacker: Sandbox;
before(async () => {
  attacker = await startSandbox({ newKey: true });
});
after(() => attacker.close());

interface Place {
  readonly env: Env;
  readonly home: string;
  readonly file: string;
}

/** A home with this config file, which is private until a test changes that. */
function holding(settings: object, env: Env = cleanEnv()): Place {
  const home = join(env.XDG_CONFIG_HOME ?? '', 'tg-auth');
  const file = join(home, 'config.json');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  return { env, home, file };
}

/** A config file that names the attacker's server. */
function leading(): Place {
  const { TG_AUTH_SERVER: server, TG_AUTH_SERVER_KEY: key, ...env } = envOf(attacker);
  return holding({ server, 'server-key': key }, env);
}

const ROOT = process.geteuid?.() === 0;
const OPENINGS: readonly (readonly [string, boolean, string, (place: Place) => void])[] = [
  ['is writable by all', true, 'STORE_PERMISSIONS', ({ file }) => chmodSync(file, 0o666)],
  ['is writable by its group', true, 'STORE_PERMISSIONS', ({ file }) => chmodSync(file, 0o660)],
  ['is in a folder that is writable by all', true, 'STORE_PERMISSIONS', ({ home }) => chmodSync(home, 0o777)],
  ['belongs to another user', ROOT, 'STORE_OWNER', ({ file }) => chownSync(file, OTHER_USER, OTHER_USER)],
  ['is in a folder of another user', ROOT, 'STORE_OWNER', ({ home }) => chownSync(home, OTHER_USER, OTHER_USER)],
  [
    "is reached through another user's link",
    ROOT,
    'STORE_OWNER',
    ({ home }) => {
      renameSync(home, `${home}.aside`);
      symlinkSync(`${home}.aside`, home);
      lchownSync(home, OTHER_USER, OTHER_USER);
    },
  ],
  [
    'is a link into a folder that others can write in',
    true,
    'STORE_PERMISSIONS',
    ({ file }) => {
      const shared = folder();
      renameSync(file, join(shared, 'x.json'));
      symlinkSync(join(shared, 'x.json'), file);
      chmodSync(shared, 0o777);
    },
  ],
];

describe('a config file that names another server', POSIX, () => {
  test('is used if only its user can change it', async () => {
    const { code, stderr } = await tgAuth(['send-code', '9996620000'], leading().env);
    assert.equal(code, 0, stderr);
  });

  for (const [how, possible, type, open] of OPENINGS)
    test(`is refused where it ${how}`, { skip: !possible }, async () => {
      const place = leading();
      open(place);
      checkFailure(await tgAuth(['send-code', '9996620000', '--json'], place.env), 32, type);
      const report = await tgAuth(['doctor', '--json'], place.env);
      assert.equal(report.code, 32, report.stderr);
      assert.match(report.stdout, new RegExp(type));
    });
});

describe('a config file that others can read', POSIX, () => {
  const WARNING = /Other users of this machine can read .*config\.json, which contains your (api-hash|proxy)/;
  const shown = async (settings: object, mode: number) => {
    const { env, file } = holding(settings);
    chmodSync(file, mode);
    const { code, stderr } = await tgAuth(['session', 'list'], env);
    assert.equal(code, 0, stderr);
    assert.ok(!stderr.includes('open-sesame'));
    return stderr;
  };

  test('causes a warning if it holds a secret', async () => {
    for (const secret of [{ 'api-hash': HASH }, { proxy: 'socks5://me:open-sesame@127.0.0.1:1' }]) {
      assert.match(await shown(secret, 0o644), WARNING);
      assert.doesNotMatch(await shown(secret, 0o600), WARNING);
    }
    assert.doesNotMatch(await shown({ dc: 4, proxy: 'socks5://127.0.0.1:1' }, 0o644), WARNING);
  });
});

test('a config file that is not JSON is not quoted', async () => {
  const { env, file } = holding({});
  writeFileSync(file, `{"api-hash": ${HASH}}`);
  const ended = await tgAuth(['session', 'list', '--json'], env);
  checkFailure(ended, 32, 'CONFIG_UNREADABLE');
  assert.ok(!said(ended).includes(HASH.slice(0, 8)), said(ended));
});

test('commands that need no settings do not read it', POSIX, async () => {
  const { env, file } = holding({ session: 'work' });
  writeFileSync(file, '{');
  chmodSync(file, 0o666);
  for (const args of [
    ['explain', 'PHONE_CODE_EXPIRED'],
    ['completion', 'bash'],
    ['tl', 'decode', '997275b5'],
    ['send-call', '+79991234567', '--hash', 'x', '--dry-run'],
    ['sandbox', '--quiet', '--', 'true'],
    ['--help'],
    ['--version'],
  ]) {
    const { code, stderr } = await tgAuth(args, env);
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  }
  checkFailure(await tgAuth(['session', 'list', '--json'], env), 32, 'STORE_PERMISSIONS');
});

/** A text as programs on Windows write it. */
const ENCODINGS = {
  bom: (text: string) => Buffer.from(`\ufeff${text}`),
  'UTF-16, little-endian': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16, big-endian': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'UTF-16 without a mark': (text: string) => Buffer.from(text, 'utf16le'),
};

describe('texts that Windows wrote', () => {
  const { bom, ...utf16 } = ENCODINGS;

  test('a byte order mark is skipped: config, key, session, stdin', POSIX, async () => {
    const env = envOf(attacker);
    const { file } = holding({}, env);
    writeFileSync(file, bom('{"session": "work"}'));
    const key = env.TG_AUTH_SERVER_KEY ?? '';
    writeFileSync(key, bom(readFileSync(key, 'utf8')));
    assert.equal((await tgAuth(['send-code', '9996620000'], env)).code, 0);
    const [network = ''] = readdirSync(join(env.XDG_STATE_HOME ?? '', 'tg-auth')).filter((name) => !name.includes('.'));
    const session = join(env.XDG_STATE_HOME ?? '', 'tg-auth', network, 'work.json');
    writeFileSync(session, bom(readFileSync(session, 'utf8')));
    assert.equal((await tgAuth(['session', 'show'], env)).code, 0);
    const decoded = await start(
      '/bin/sh',
      ['-c', `printf '\\357\\273\\277997275b5' | "$@"`, 'sh', process.execPath, BIN, 'tl', 'decode', '-'],
      env,
      '',
    ).ended;
    assert.equal(decoded.stdout, 'true\n');
  });

  for (const [encoding, encode] of Object.entries(utf16))
    test(`${encoding} is named`, POSIX, async () => {
      const { env, file } = holding({});
      writeFileSync(file, encode('{"session": "work"}'));
      const config = await tgAuth(['session', 'list'], env);
      assert.equal(config.code, 32);
      assert.match(config.stderr, /config\.json.*UTF-16.*UTF-8/);
      const texts = envOf(attacker);
      const key = texts.TG_AUTH_SERVER_KEY ?? '';
      writeFileSync(key, encode(readFileSync(key, 'utf8')));
      assert.match((await tgAuth(['whoami'], texts)).stderr, /UTF-16/);
      const words = join(folder(), 'words');
      writeFileSync(words, encode('997275b5'));
      const piped = ['-c', `"$@" < '${words}'`, 'sh', process.execPath, BIN, 'tl', 'decode', '-'];
      const { code, stderr } = await start('/bin/sh', piped, cleanEnv(), '').ended;
      assert.equal(code, 32);
      assert.match(stderr, /stdin: it is UTF-16/);
    });
});
