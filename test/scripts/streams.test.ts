/** The streams as a shell uses them: pipes that close early, stdin that never ends, and no secrets on stderr. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, checkFailure, cleanEnv, envOf, POSIX, said, start, tgAuth } from './cli.ts';

const WORDS = '03c51564 3939370b 33323139 37363534 63643212 32643230 39616463 35313665 00343863';
const HASH = '2dc02d2cda9e615c84';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

describe('the first command of the README', () => {
  test('prints true and an informational line, and leaves no files', async () => {
    const env = cleanEnv();
    const { code, stdout, stderr } = await tgAuth(['send-call', '+79991234567', '--hash', HASH, '--sandbox'], env);
    assert.deepEqual([code, stdout], [0, 'true\n']);
    assert.match(stderr, /^✔ /m);
    assert.deepEqual(readdirSync(env.HOME ?? ''), []);
  });

  test('is quiet with --quiet, and JSON with --json', async () => {
    const args = ['send-call', '+79991234567', '--hash', HASH, '--sandbox', '--json', '--quiet'];
    const { stdout, stderr } = await tgAuth(args);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), {
      ok: true,
      command: 'send-call',
      method: 'auth.sendCall',
      result: true,
      phone: '+79991234567',
      dc: 2,
      next: [],
    });
  });
});

describe('words', { concurrency: 4 }, () => {
  test('--dry-run prints the query of the page and connects to nothing', async () => {
    const env = cleanEnv({ TG_AUTH_SERVER: '127.0.0.1:1', TG_AUTH_SERVER_KEY: 'nowhere.pem' });
    const { code, stdout, stderr } = await tgAuth(
      ['send-call', '+7 (999) 123-45-67', '--hash', HASH, '--dry-run'],
      env,
    );
    assert.deepEqual([code, stdout, stderr], [0, `${WORDS}\n`, '']);
  });

  test('--dry-run shows auth.resendCode too', async () => {
    const { stdout } = await tgAuth([
      'send-call',
      '79991234567',
      '--hash',
      HASH,
      '--dry-run',
      '--method',
      'resendCode',
    ]);
    assert.match(stdout, /^cae47523 00000000 3939370b/);
  });

  test('tl encode accepts fields, an object, and stdin', async () => {
    const object = JSON.stringify({ phone_number: '79991234567', phone_code_hash: HASH });
    for (const args of [['phone_number=79991234567', `phone_code_hash=${HASH}`], [object], ['-']]) {
      const { code, stdout, stderr } = await tgAuth(['tl', 'encode', 'auth.sendCall', ...args], cleanEnv(), object);
      assert.deepEqual([code, stdout], [0, `${WORDS}\n`], stderr);
    }
  });

  test('every command reads at most 1 MiB of stdin', async () => {
    const more = 'x'.repeat((1 << 20) + 1);
    for (const args of [
      ['tl', 'encode', 'auth.sendCall', '-'],
      ['tl', 'decode', '-'],
      ['session', 'import'],
      ['send-call', '+79991234567', '--hash', '-', '--sandbox'],
      ['whoami', '--session-string', '-'],
      ['login', '--bot', '--token', '-', '--sandbox'],
    ]) {
      const ended = await tgAuth([...args, '--json'], cleanEnv(), more);
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), /stdin is larger than 1 MiB/);
    }
    const { stderr } = await tgAuth(['tl', 'encode', 'auth.sendCall', '-'], cleanEnv(), more.slice(1));
    assert.equal(stderr, '✖ The value of stdin is not JSON.\n');
  });

  test('tl decode reverses tl encode', async () => {
    const query = { _: 'auth.sendCall', phone_number: '79991234567', phone_code_hash: HASH };
    for (const args of [WORDS.split(' '), [WORDS], ['-']]) {
      const { stdout, stderr } = await tgAuth(['tl', 'decode', ...args], cleanEnv(), WORDS);
      assert.deepEqual(JSON.parse(stdout), query, stderr);
    }
    assert.equal((await tgAuth(['tl', 'decode', '997275b5'])).stdout, 'true\n');
    assert.equal((await tgAuth(['tl', 'decode', 'bc799737', '--answer', 'auth.sendCall'])).stdout, 'false\n');
    assert.deepEqual(JSON.parse((await tgAuth(['tl', 'decode', '997275b5', '--json'])).stdout), {
      ok: true,
      command: 'tl decode',
      method: null,
      result: true,
      next: [],
    });
  });

  test('invalid TL is a usage error', async () => {
    for (const args of [
      ['encode', 'auth.sendCal'],
      ['encode', 'auth.sendCall', 'phone=1'],
      ['encode', 'auth.sendCall', 'phone_number'],
      ['encode', 'auth.sendCall', '{'],
      ['decode', '03c51564', '3939'],
      ['decode', '03c51564'],
      ['decode', '997275b5', '--layer', 'next'],
    ])
      checkFailure(await tgAuth(['tl', ...args, '--json']), 2, 'USAGE');
  });
});

describe('without a terminal', { concurrency: 4 }, () => {
  const USAGE: readonly (readonly [readonly string[], RegExp])[] = [
    [['send-call'], /Phone number required.*\n.*as an argument/],
    [
      ['send-call', '+79991234567'],
      /phone_code_hash required.*\n.*--hash.*TG_AUTH_HASH.*\n.*tg-auth send-code \+79991234567/,
    ],
    [['send-code'], /Phone number required: stdin is not a terminal\./],
    [['resend-code', '79991234567'], /--hash.*TG_AUTH_HASH/],
    [['send-call', '+7999ABC', '--hash', 'x'], /not a phone number/],
    [['--no-such-flag'], /Unknown option '--no-such-flag'/],
    [['send-cal'], /Did you mean send-call/],
    [['--proxies', 'socks5://127.0.0.1:1', 'send-call'], /Unknown option '--proxies'/],
    [['--timeout', 'soon', 'send-code', '79991234567'], /--timeout must be/],
    [['--server', '127.0.0.1', 'send-code', '79991234567'], /HOST:PORT/],
  ];
  for (const [args, words] of USAGE)
    test(`tg-auth ${args.join(' ')} is refused at once`, async () => {
      const ended = await tgAuth([...args, '--json'], envOf(sandbox));
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), words);
    });

  test('missing credentials are named with their flag, their variable and where to get them', async () => {
    const ended = await tgAuth(['send-code', '79991234567', '--json']);
    checkFailure(ended, 2, 'USAGE');
    for (const word of ['--api-id', 'TG_API_ID', '--api-hash', 'TG_API_HASH', 'https://my.telegram.org'])
      assert.ok(said(ended).includes(word), word);
    const call = await tgAuth(['send-call', '79991234567', '--hash', 'x']);
    assert.equal(call.code, 2);
    assert.doesNotMatch(call.stderr, /api-hash/, 'a call needs the api_id alone');
  });

  test('an empty hash is refused locally, from any source', async () => {
    const args = ['send-call', '+79991234567', '--json'];
    checkFailure(await tgAuth([...args, '--hash', ''], envOf(sandbox)), 11, 'PHONE_CODE_HASH_EMPTY');
    checkFailure(await tgAuth([...args, '--hash', '-'], envOf(sandbox), '\n'), 11, 'PHONE_CODE_HASH_EMPTY');
  });

  test('an empty variable counts as not set, and quotes around a value are named', async () => {
    const args = ['send-call', '+79991234567', '--json'];
    for (const TG_AUTH_HASH of ['', '\n', '\r\n']) {
      const ended = await tgAuth(args, envOf(sandbox, { TG_AUTH_HASH }));
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), /phone_code_hash required/);
    }
    const quoted = await tgAuth(args, envOf(sandbox, { TG_AUTH_HASH: `"${HASH}"` }));
    checkFailure(quoted, 2, 'USAGE');
    assert.match(said(quoted), /TG_AUTH_HASH has quotes around it/);
    const token = await tgAuth(['login', '--bot'], envOf(sandbox, { TG_AUTH_BOT_TOKEN: `'1:${'t'.repeat(35)}'` }));
    assert.equal(token.code, 2);
    assert.match(
      token.stderr,
      /^✖ The value of TG_AUTH_BOT_TOKEN has quotes around it, [^\n]*\n {2}Remove them: [^\n]*\n$/,
    );
  });

  test('a hash may come from stdin or the environment', async () => {
    const args = ['send-call', '+79991234567'];
    assert.equal((await tgAuth([...args, '--hash', '-'], envOf(sandbox), `${HASH}\n`)).stdout, 'true\n');
    assert.equal((await tgAuth(args, envOf(sandbox, { TG_AUTH_HASH: HASH }))).stdout, 'true\n');
    assert.equal((await tgAuth(args, envOf(sandbox, { TG_AUTH_HASH: `${HASH}\r\n` }))).stdout, 'true\n');
  });

  test('reading an endless stdin times out', async () => {
    const ended = await tgAuth(
      ['send-call', '79991234567', '--hash', '-', '--timeout', '0.3', '--json'],
      envOf(sandbox),
    );
    checkFailure(ended, 30, 'TIMEOUT');
  });
});

const ESC = '\x1b';

describe('a pipe', () => {
  test('that is closed early is not an error', async () => {
    const { child, ended } = start(process.execPath, [BIN, '--help'], cleanEnv());
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('has colours only with --color or FORCE_COLOR', async () => {
    const args = ['send-call', '79991234567', '--hash', 'wrong', '--sandbox'];
    assert.ok(!(await tgAuth(args)).stderr.includes(ESC));
    assert.ok((await tgAuth([...args, '--color'])).stderr.includes(`${ESC}[31m✖`));
    assert.ok((await tgAuth(args, cleanEnv({ FORCE_COLOR: '1', NO_COLOR: '1' }))).stderr.includes(`${ESC}[31m✖`));
    assert.ok(!(await tgAuth([...args, '--json'], cleanEnv({ FORCE_COLOR: '1' }))).stdout.includes(ESC));
  });
});

test('an interrupted command exits with 130 and unlocks its session', POSIX, async () => {
  const silent = await startSandbox({ faults: ['silence@every-a1'] });
  const env = envOf(silent);
  const { child, ended } = start(process.execPath, [BIN, 'send-code', '9996620001', '-v'], env);
  assert.ok(child.stderr !== null);
  for await (const text of child.stderr) if (String(text).includes('auth.sendCode')) break;
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  await silent.close();
  assert.deepEqual([code, stdout], [130, '']);
  const left = readdirSync(env.HOME ?? '', { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    left.filter((name) => name.endsWith('.lock')),
    [],
  );
});

test('secrets stay out of stderr, even with --verbose, and out of the process list', async () => {
  const env = envOf(sandbox);
  const { stderr } = await tgAuth(['send-code', '9996620001', '-v'], env);
  assert.match(stderr, /→ auth\.sendCode/);
  const store = join(env.HOME ?? '', 'tg-auth');
  const [network = ''] = readdirSync(store);
  const session = join(store, network, 'default.json');
  if (process.platform !== 'win32') assert.equal(statSync(session).mode & 0o777, 0o600);
  const secrets = [env.TG_API_HASH ?? '', ...(readFileSync(session, 'utf8').match(/[\w+/=-]{100,}/g) ?? [])];
  assert.equal(secrets.length, 3, 'the api_hash, the auth key and the salts');
  for (const secret of secrets) assert.ok(!stderr.includes(secret.slice(0, 16)));
});

test('a session in use by another process is waited for; then the error names the process', POSIX, async () => {
  const silent = await startSandbox({ faults: ['silence@every-a1'] });
  const env = envOf(silent);
  const first = start(process.execPath, [BIN, 'send-code', '9996620001', '-v', '--timeout', '0'], env);
  assert.ok(first.child.stderr !== null);
  await once(first.child.stderr, 'data');
  const second = await tgAuth(['send-call', '9996620001', '--json', '--timeout', '3'], env);
  checkFailure(second, 32, 'STORE_LOCKED');
  assert.match(second.stderr, /^Waiting: another tg-auth \(.*send-code.*\) is using this session/);
  first.child.kill('SIGTERM');
  assert.equal((await first.ended).code, 143);
  await silent.close();
});
