/** `tg-auth sandbox --control` and `--speed`, as tests in other languages use them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { BIN, cleanEnv, folder, POSIX, start, tgAuth } from './cli.ts';

const page = readFileSync('src/sandbox/control/README.md', 'utf8');
const block = (language: string) => new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';

/** Writes a program to a file, and runs it inside a sandbox. */
function run(command: string, program: string, options: readonly string[], env = cleanEnv()) {
  const file = join(folder(), 'program');
  writeFileSync(file, program);
  return tgAuth(['sandbox', ...options, '--', command, file], env, '');
}

const python = spawnSync('python3', ['--version']).status === 0;

describe('the command of a sandbox with --control', { concurrency: 2, ...POSIX }, () => {
  test('finds the address and the token in its environment', async () => {
    const script = `
      ask() { node -e 'const [path, body] = process.argv.slice(1);
        const headers = { authorization: "Bearer " + process.env.TG_AUTH_SANDBOX_TOKEN, "content-type": "application/json" };
        fetch(process.env.TG_AUTH_SANDBOX_CONTROL + path, { headers, ...(body && { method: "POST", body }) })
          .then((answer) => answer.json()).then((answer) => console.log(JSON.stringify(answer)))' "$@"; }
      ask /accounts '{"phone":"+9996627777","password":"secret"}'
      tg-auth send-code +9996627777 -q > hash
      ask '/said?phone=9996627777' | sed 's/.*"code":"\\([0-9]*\\)".*/\\1/' > code
      TG_AUTH_PASSWORD=secret tg-auth sign-in +9996627777 --code - < code
      ask /revoke '{"phone":"9996627777"}'
      tg-auth whoami -q || echo "exit $?"
      tg-auth send-code +9996629120 -q || echo "exit $?"
      ask /clock '{"advance":76543}' > clock
      tg-auth send-code +9996629120 -q > hash && echo sent`;
    const { code, stdout, stderr } = await run('sh', `cd '${folder()}'\nset -e\n${script}\n`, ['--control', '0']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trim().split('\n'), [
      '{"phone":"9996627777"}',
      '27777',
      '{"revoked":1}',
      'exit 15',
      'exit 20',
      'sent',
    ]);
  });

  test('runs the Python of the documentation', { skip: !python && 'python3 is not installed' }, async () => {
    const program = `${block('python')}\nprint(phone, codes, len(control("/requests")))\n`;
    const { code, stdout, stderr } = await run('python3', program, ['--control', '0']);
    assert.deepEqual([code, stdout], [0, '9996625000 [] 0\n'], stderr);
  });

  test('gets neither without the option, not even those of a sandbox around this one', async () => {
    const env = cleanEnv({ TG_AUTH_SANDBOX_CONTROL: 'http://127.0.0.1:1', TG_AUTH_SANDBOX_TOKEN: 'outer' });
    const program = 'console.log(Object.keys(process.env).filter((name) => /^TG_AUTH_SANDBOX_/.test(name)).length)';
    const { stdout, stderr } = await run(process.execPath, program, [], env);
    assert.equal(stdout, '0\n', stderr);
  });
});

test('the JavaScript of the documentation runs', async () => {
  const { code, stderr } = await start(process.execPath, ['--input-type=module', '-e', block('js')], cleanEnv()).ended;
  assert.equal(code, 0, stderr);
});

test('the address and the token are in the ready event, and the sandbox ends with Ctrl-C', POSIX, async () => {
  const { child, ended } = start(process.execPath, [BIN, 'sandbox', '--json', '--control', '0'], cleanEnv(), '');
  assert.ok(child.stdout !== null);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { control } = JSON.parse(line);
  const headers = { authorization: `Bearer ${control.token}` };
  assert.deepEqual(await (await fetch(`${control.url}/said`, { headers })).json(), []);
  assert.equal((await fetch(`${control.url}/said`)).status, 401);
  const taken = await tgAuth(['sandbox', '--control', new URL(control.url).port], cleanEnv(), '');
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, /cannot listen on 127\.0\.0\.1:\d+/);
  child.kill('SIGINT');
  assert.equal((await ended).code, 0);
});

test('the address and the token are printed as text', POSIX, async () => {
  const { child, ended } = start(process.execPath, [BIN, 'sandbox', '--control', '0'], cleanEnv(), '');
  if (child.stdout !== null) await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.match((await ended).stdout, /^Control: http:\/\/127\.0\.0\.1:\d+\nToken: [\w-]{32}\n-----BEGIN/m);
});

test('a speed shortens the waits that a script gets', POSIX, async () => {
  const { stdout, stderr } = await run('sh', 'tg-auth send-code +9996620001 --json', ['--speed', '30']);
  assert.equal(JSON.parse(stdout).timeout, 2, stderr);
});

test('malformed values are refused', async () => {
  for (const args of [
    ['--control', '65536'],
    ['--control', 'http'],
    ['--speed', '0'],
    ['--speed', '3601'],
    ['--speed', 'fast'],
  ]) {
    const { code, stderr } = await tgAuth(['sandbox', ...args], cleanEnv(), '');
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`^✖ .*${args[0]}`));
  }
});
