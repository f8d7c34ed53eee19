/** The options of `tg-auth sandbox` for other programs: its key, its variables, its addresses and its snippets. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { DEVELOPMENT_KEY, parseServerKey } from '../../src/mtproto/server-key.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { BIN, cleanEnv, type Ended, envOf, folder, lasting, POSIX, PROGRAM, runs, start, tgAuth } from './cli.ts';

/** For loopback addresses that no other test uses. Only Linux has them. */
const OWN = { skip: process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8' };

/** Starts a sandbox, waits for its first line on stdout, ends it with a signal, and returns what it printed. */
async function until(args: readonly string[], signal: NodeJS.Signals = 'SIGINT'): Promise<Ended & { line: string }> {
  const { child, ended } = start(process.execPath, [BIN, 'sandbox', ...args], cleanEnv(), '');
  assert.ok(child.stdout !== null);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(({ stderr }) => assert.fail(stderr)),
  ]);
  child.kill(signal);
  return { ...(await ended), line };
}

/** Runs a script for /bin/sh with `tg-auth` in the PATH. */
function shell(script: string, env = cleanEnv()): Promise<Ended> {
  const bin = folder();
  writeFileSync(join(bin, 'tg-auth'), `#!/bin/sh\nexec '${PROGRAM.map((word) => resolve(word)).join("' '")}' "$@"\n`, {
    mode: 0o700,
  });
  return start('/bin/sh', ['-c', script], { ...env, PATH: `${bin}:${env.PATH}` }, '').ended;
}

describe('tg-auth sandbox', POSIX, () => {
  test('ends with exit code 0 on Ctrl-C, and as usual on other signals', async () => {
    assert.equal((await until([])).code, 0);
    const json = await until(['--json']);
    assert.equal(json.code, 0);
    assert.equal(json.stdout.trim().split('\n').length, 1, 'the end is no failure');
    assert.equal((await until([], 'SIGTERM')).code, 143);
    assert.equal((await until([], 'SIGHUP')).code, 129);
  });

  test('writes its public key to --key-file, again and again', async () => {
    const file = join(folder(), 'key.pem');
    for (const options of [['--seed', 'a'], []]) {
      const { line } = await until(['--json', '--key-file', file, ...options]);
      assert.equal(readFileSync(file, 'utf8'), JSON.parse(line).publicKey);
    }
    assert.equal(parseServerKey(readFileSync(file, 'utf8')).fingerprint, DEVELOPMENT_KEY);
    const { stderr } = await until(['--key-file', file]);
    assert.ok(stderr.includes(`--server-key ${file}`), 'the hint names the file');
  });

  test('keeps what is no public key, and says what cannot be written', async () => {
    const [file, none] = [join(folder(), 'id_rsa'), join(folder(), 'none', 'key.pem')];
    writeFileSync(file, '-----BEGIN RSA PRIVATE KEY-----\nmine\n');
    const kept = await tgAuth(['sandbox', '--key-file', file, '--', 'true']);
    assert.deepEqual([kept.code, kept.stdout], [2, '']);
    assert.match(kept.stderr, /^✖ \S+id_rsa exists and is not a public key\./);
    assert.match(readFileSync(file, 'utf8'), /mine/);
    const missing = await tgAuth(['sandbox', '--key-file', none, '--', 'true']);
    assert.equal(missing.code, 32);
    assert.match(missing.stderr, /^✖ \S+key\.pem cannot be written: no such file or folder\./);
    const pipe = join(folder(), 'pipe');
    spawnSync('mkfifo', [pipe]);
    assert.match((await tgAuth(['sandbox', '--key-file', pipe, '--', 'true'])).stderr, /no process reads it/);
  });

  test('warns of a port that GramJS cannot store', OWN, async () => {
    const { stderr } = await tgAuth(['sandbox', '--port', '45678', '--host', '127.77.0.3', '--dcs', '1', '--', 'true']);
    assert.match(stderr, /cannot store ports above 32767/);
  });

  test('needs --allow-remote for an address that other machines reach, and then warns of the public key', async () => {
    for (const options of [
      ['--host', '0.0.0.0'],
      ['--advertise', '10.1.2.3'],
    ]) {
      const { code, stderr } = await tgAuth(['sandbox', ...options, '--', 'true']);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^✖ Other machines can reach /);
      assert.match(stderr, /--allow-remote/);
    }
    const allowed = ['--advertise', '10.1.2.3', '--allow-remote'];
    const { line, stderr } = await until(['--json', ...allowed]);
    assert.equal(JSON.parse(line).host, '10.1.2.3');
    assert.match(stderr, /^! Other machines can reach this sandbox, and its development key is public\./m);
    const own = await until(['--json', '--new-key', ...allowed]);
    assert.doesNotMatch(own.stderr, /development key/);
    assert.notEqual(JSON.parse(own.line).fingerprint, JSON.parse(line).fingerprint);
  });

  test('gives a command an IPv6 address in brackets', async () => {
    const call = ['tg-auth', 'send-call', '79991234567', '--hash', '2dc02d2cda9e615c84'];
    const { code, stdout, stderr } = await tgAuth(['sandbox', '--host', '::1', '--', ...call]);
    assert.deepEqual([code, stdout], [0, 'true\n'], stderr);
  });

  test('names a command that it cannot run, with the exit codes of a shell', async () => {
    const [script, shebang] = [join(folder(), 'login.sh'), join(folder(), 'shebang.sh')];
    writeFileSync(script, 'exit 0\n', { mode: 0o600 });
    writeFileSync(shebang, '#!/no/such/program\n', { mode: 0o700 });
    // A file that is not executable is one for root too.
    const cases: readonly (readonly [command: string, code: number, words: RegExp])[] = [
      ['no-such-program', 127, /^✖ Command not found: no-such-program\./],
      ['./no/such/file', 127, /^✖ Command not found: \.\/no\/such\/file\./],
      ['', 127, /^✖ Command not found: ''\./],
      [shebang, 127, /^✖ Command not found: .*\n.*first line/],
      [
        script,
        126,
        /^✖ \S+login\.sh cannot be run: permission denied\.\n {2}Make it executable: {2}chmod \+x \S+login\.sh/,
      ],
      ['x'.repeat(5000), 126, /^✖ \S+ cannot be run: its path is too long\.\n/],
      [folder(), 126, /^✖ \S+ cannot be run: it is a folder\.\n/],
    ];
    const locked = folder();
    chmodSync(locked, 0); // makes every search of the PATH end with EACCES, but not for root
    const env = cleanEnv({ PATH: `${process.env.PATH}:${locked}` });
    for (const [command, code, words] of cases) {
      const ended = await tgAuth(['sandbox', '--', command], env);
      assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr);
      assert.match(ended.stderr, words);
    }
    const json = await tgAuth(['sandbox', '--json', '--', 'no-such-program']);
    const { exitCode, error } = JSON.parse(json.stdout);
    assert.deepEqual([json.code, exitCode, error.type], [127, 127, 'COMMAND_NOT_FOUND']);
  });

  test('points to a file of this folder that was named like a command', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'login.sh'), '#!/bin/sh\n', { mode: 0o700 });
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'sandbox', '--', 'login.sh'], {
      cwd,
      env: cleanEnv(),
    });
    assert.equal(status, 127);
    assert.match(String(stderr), /tg-auth sandbox -- \.\/login\.sh/);
  });
});

describe('tg-auth sandbox --env', POSIX, () => {
  test('returns lines for eval; the sandbox stays until it is stopped', async () => {
    const script = `
      set -e
      eval "$(tg-auth sandbox --env --seed env)"
      trap 'kill $TG_AUTH_SANDBOX_PID' EXIT
      tg-auth send-code +9996621002 -q
      printf 22222 | tg-auth sign-in +9996621002 --code - 2>&1 || echo "exit $?"
      ls "$TG_AUTH_SERVER_KEY"
      echo "$TG_AUTH_SANDBOX_PID $XDG_STATE_HOME"`;
    const env = cleanEnv({
      TG_AUTH_SERVER: 'elsewhere.example:443',
      TG_AUTH_SERVER_KEY: 'none',
      TG_AUTH_SESSION_STRING: 'unused',
    });
    const { code, stdout, stderr } = await shell(script, env);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^✔ The sandbox is running in the background \(PID \d+\)\.\n {2}Sign in with .+\n {2}Stop it: {2}kill \d+\n/,
    );
    assert.match(stdout, /^exit 14$/m, 'the account has a password');
    const [last = ''] = stdout.trim().split('\n').slice(-1);
    const [, pid = '', state = ''] = /^(\d+) (.*)$/.exec(last) ?? [];
    assert.match(state, /tg-auth-sandbox-/);
    await gone(Number(pid));
    assert.ok(!existsSync(state), 'its folder is deleted');
  });

  test('with --json prints one object; with --foreground it stays', async () => {
    const { stdout, code } = await tgAuth(['sandbox', '--env', '--json', '--seed', 'env']);
    assert.equal(code, 0);
    const { event, env } = JSON.parse(stdout);
    process.kill(Number(env.TG_AUTH_SANDBOX_PID), 'SIGTERM');
    assert.deepEqual([event, env.TG_AUTH_SANDBOX], ['ready', '0']);
    const { line, code: status, stderr } = await until(['--env', '--foreground']);
    assert.match(line, /^export XDG_STATE_HOME=\S+;$/);
    assert.equal(status, 0);
    assert.doesNotMatch(stderr, /key\.pem/, 'no key was printed that could be saved');
  });

  test('leaves no sandbox that nobody knows', OWN, async () => {
    const words = `sandbox --host 127.77.0.6 --port 20500 --dcs 1`;
    const { code, stderr } = await shell(`tg-auth ${words} --env > /dev/full`);
    assert.equal(code, 32, stderr);
    assert.doesNotMatch(stderr, /is running/);
    while ((await tgAuth([...words.split(' '), '--', 'true'])).code !== 0); // until the port is free again
  });

  test('fails as the sandbox does', async () => {
    const { code, stdout, stderr } = await tgAuth(['sandbox', '--env', '--fault', 'rain']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^✖ No fault named 'rain'/);
    const json = await tgAuth(['sandbox', '--env', '--json', '--fault', 'rain']);
    assert.deepEqual([json.code, JSON.parse(json.stdout).ok], [2, false]);
    const both = await tgAuth(['sandbox', '--env', '--', 'true']);
    assert.equal(both.code, 2);
    assert.match(both.stderr, /--env and a command cannot be combined/);
    const alone = await tgAuth(['sandbox', '--foreground']);
    assert.deepEqual([alone.code, alone.stderr.split('\n')[0]], [2, '✖ --foreground requires --env.']);
  });
});

/** Waits until a process has ended. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('tg-auth sandbox --show', POSIX, () => {
  test('prints a snippet in place of the addresses, and puts it into the JSON', async () => {
    const { line } = await until(['--json', '--show', 'gotd']);
    const { snippet, dcs } = JSON.parse(line);
    assert.match(snippet, new RegExp(`ID: 1, IPAddress: "127\\.0\\.0\\.1", Port: ${dcs[0].port}\\b`));
  });

  test("prints tg-auth's own, which signs in as it stands", async () => {
    const { code, stdout, stderr } = await shell(`
      cd '${folder()}'
      tg-auth sandbox --show tg-auth > snippet &
      until grep -q sign-in snippet; do sleep 0.1; done
      . ./snippet
      kill $!`);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^9996621234$/m);
  });

  test('refuses other names, and an address that the library cannot use', async () => {
    const { code, stderr } = await tgAuth(['sandbox', '--show', 'madeline']);
    assert.equal(code, 2);
    assert.match(stderr, /--show must be .*telethon/);
    const ipv6 = await tgAuth(['sandbox', '--show', 'tdlib', '--host', '::1']);
    assert.match(ipv6.stderr, /needs an IPv4 address/);
  });
});

describe('a seed', POSIX, () => {
  test('makes the log of a script the same in every run', async () => {
    const script = join(folder(), 'login.sh');
    writeFileSync(
      script,
      `#!/bin/sh
       tg-auth send-code +9996621002 -q
       printf sandbox | tg-auth sign-in +9996621002 --code 22222 --password - -q
       tg-auth whoami -q
       tg-auth devices -q
       tg-auth logout -q
       tg-auth send-code +4915112345678 -q
       tg-auth send-call +4915112345678 -q
       tg-auth send-code +9996629303 -q
       printf '123456:${'s'.repeat(35)}' | tg-auth login --bot -q --session bot`,
      { mode: 0o700 },
    );
    const logs = await Promise.all(
      [1, 2].map(async (run) => {
        const log = join(folder(), `${run}.log`);
        await tgAuth(['sandbox', '--seed', 'same', '--log', log, '--', script]);
        return readFileSync(log, 'utf8');
      }),
    );
    assert.equal(logs[0], logs[1]);
    for (const method of ['auth.checkPassword', 'account.getPassword', 'account.getAuthorizations', 'help.getConfig'])
      assert.match(logs[0] ?? '', new RegExp(`"method":"${method}"`));
    assert.match(logs[0] ?? '', /"event":"say","phone":"\+4915112345678"/);
  });
});

describe('the development key', POSIX, () => {
  test('is named to a client that is to trust it beyond this machine', async () => {
    const sandbox = await lasting(startSandbox());
    const env = envOf(sandbox);
    const elsewhere = await tgAuth(['send-code', '9996621234', '--server', '192.0.2.1:443', '--timeout', '1'], env);
    assert.match(elsewhere.stderr, /^! The server key is the sandbox's development key\. .*192\.0\.2\.1/m);
    assert.notEqual(elsewhere.code, 0);
    const { stderr } = await tgAuth(['send-code', '9996621234'], env);
    assert.doesNotMatch(stderr, /development key/);
  });
});

test('session export warns of a port that GramJS reads as a negative number', OWN, async () => {
  const sandbox = await lasting(startSandbox({ host: '127.77.0.4', port: 45_678, dcs: 2 }));
  const env = envOf(sandbox);
  await runs(['send-code', '9996621234', '-q'], env);
  await runs(['sign-in', '9996621234', '--code', '-', '-q'], env, '22222');
  const { code, stderr } = await tgAuth(['session', 'export', '--format', 'gramjs'], env);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^! GramJS and teleproto read the port 45679 as -19857/m);
  assert.doesNotMatch((await tgAuth(['session', 'export', '--format', 'telethon'], env)).stderr, /19857/);
});
