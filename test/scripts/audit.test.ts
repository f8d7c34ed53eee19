/** `tg-auth sandbox audit` with real commands. test/sandbox/audit/ has the verdicts on all faults. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CASES } from '../../src/sandbox/audit/index.ts';
import { listen } from '../loopback.ts';
import { cleanEnv, folder, POSIX, tgAuth } from './cli.ts';

const ASK = 'tg-auth send-code +9996621234';

/** Audits a script for /bin/sh, which stops at the first command that fails. */
function audits(options: readonly string[], script: string) {
  return tgAuth(['sandbox', 'audit', ...options, '--', 'sh', '-ec', script], cleanEnv(), '');
}

/** Takes a step of the key exchange after whatever nonce it got. Then it closes. */
const GULLIBLE = `
import { createConnection } from 'node:net';
const [host, port] = process.env.TG_AUTH_SERVER.split(':');
const frame = (id, ...fields) => {
  const body = Buffer.concat([Buffer.from(id, 'hex').reverse(), ...fields]);
  const head = Buffer.alloc(21);
  head[0] = (20 + body.length) / 4;
  head.writeUInt32LE(4, 9);
  head.writeUInt32LE(Date.now() / 1000, 13);
  head.writeUInt32LE(body.length, 17);
  return Buffer.concat([head, body]);
};
const socket = createConnection(port, host);
socket.write(Buffer.concat([Buffer.of(0xef), frame('be7e8ef1', Buffer.alloc(16))]));
socket.once('data', () => socket.write(frame('d712e4be')));
socket.on('error', () => {}).resume();
`;

describe('tg-auth sandbox audit', { concurrency: 2, ...POSIX }, () => {
  test('says in a line for each rule that the client passed', async () => {
    const { code, stdout, stderr } = await audits(['--only', 'split', '--only', 'dh-g*9@h2'], ASK);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^✔ g +recovered 1\n✔ unusual forms +recovered 1\n2 faults: recovered 2\n$/);
  });

  test('exits with 31 for a client that believes a forgery', async () => {
    const [guest, report] = [join(folder(), 'guest.mjs'), join(folder(), 'report.xml')];
    writeFileSync(guest, GULLIBLE);
    const script = `node '${guest}'; ${ASK}; printf '\\001<&">\\033[31m\\377'`;
    const options = ['--json', '--only', 'nonce@h1', '--only', 'split', '--only', 'srp-*', '--junit', report];
    const { stdout } = await audits(options, script);
    const { ok, exitCode, error, result, summary, faults, skipped, next } = JSON.parse(stdout);
    assert.deepEqual([ok, exitCode, error.type, result], [false, 31, 'AUDIT_SWALLOWED', false]);
    assert.equal(error.message, 'The client believed the forgery in 1 of 2 runs.');
    assert.equal(next[0].run, 'tg-auth sandbox --fault nonce@h1 --log log.jsonl -- COMMAND');
    assert.deepEqual([summary, skipped.length], [{ recovered: 1, swallowed: 1 }, 5]);
    assert.deepEqual(
      faults.map(({ name, verdict, right }: Record<string, unknown>) => [name, verdict, right]),
      [
        ['nonce@h1', 'swallowed', false],
        ['split', 'recovered', true],
      ],
    );
    const xml = readFileSync(report, 'utf8');
    assert.match(xml, /<testsuite name="tg-auth sandbox audit" tests="2" failures="1" errors="0" skipped="0"/);
    assert.match(xml, /<failure message="swallowed: It went on with .*" type="swallowed">Every answer/);
    assert.ok(xml.includes('\ufffd&lt;&amp;&quot;&gt;\ufffd[31m\ufffd</failure>'), xml);
  });

  test('exits with 30 for a client that fails in another way, and shows the rule', async () => {
    const mark = join(folder(), 'mark');
    const { code, stdout, stderr } = await audits(
      ['--only', 'split', '--control', '0'],
      `${ASK}; test ! -e '${mark}'; touch '${mark}'`,
    );
    assert.equal(code, 30, stderr);
    assert.match(stdout, /^✖ unusual forms +noticed 1\n {4}Answers may .*\n {4}https:\/\/core\.telegram\.org\/.*\n/);
    assert.match(stdout, /\n {4}✖ split {2}noticed: It stopped with exit code 1\.\n1 fault: noticed 1\n$/);
    assert.match(stderr, /failed in 1 of 1 runs, but believed no forgery/);
    assert.match(stderr, /tg-auth sandbox --fault split --control 0 --log log\.jsonl -- COMMAND$/m);
  });

  test('says what nothing shows, and does not fail for it', async () => {
    const { code, stdout, stderr } = await audits(['--only', 'session-id'], `${ASK} || true`);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\? session_id {2}unseen 1\n {4}\? session-id {2}unseen: Nothing follows the answer/);
  });

  test('runs one client at a time if there is one port for their control', async () => {
    const other = createServer();
    const port = await listen(other);
    await new Promise((resolve) => other.close(resolve));
    const { code, stderr } = await audits(['--control', `${port}`, '--only', 'gzip', '--only', 'split'], ASK);
    assert.equal(code, 0, stderr);
  });

  test('needs a command that succeeds without a fault, and shows how it failed', async () => {
    const failed = await audits([], 'echo first; echo "this is why" >&2; exit 7');
    assert.equal(failed.code, 2);
    assert.match(
      failed.stderr,
      /must succeed without a fault, but it ended with exit code 7\.\n.*first\n.*this is why/,
    );
    const slow = await audits(['--each', '1'], 'sleep 600');
    assert.match(slow.stderr, /had not ended at its deadline\.\n {2}Give it more time with --each\.$/m);
    const idle = await audits(['--json'], 'true');
    assert.deepEqual([idle.code, JSON.parse(idle.stdout).error.type], [2, 'AUDIT_NO_REQUEST']);
    const missing = await tgAuth(['sandbox', 'audit', '--', 'no-such-command'], cleanEnv(), '');
    assert.equal(missing.code, 127);
  });

  test('refuses what it cannot use before it runs anything', async () => {
    const other = join(folder(), 'notes.txt');
    writeFileSync(other, 'mine');
    const mark = join(folder(), 'mark');
    for (const [options, reason] of [
      [['--only', 'rain'], /No fault matches 'rain'/],
      [['--each', '0'], /--each must be a number, 1 to 3600/],
      [['--junit', other], /exists and is not an XML file/],
      [['--junit', '/no/such/folder/x.xml'], /\/no\/such\/folder\/x\.xml/],
    ] as const) {
      const { code, stderr } = await audits(options, `touch '${mark}'`);
      assert.ok(code === 2 || code === 32);
      assert.match(stderr, reason);
    }
    assert.equal(readFileSync(other, 'utf8'), 'mine');
    assert.ok(!existsSync(mark));
    const { code, stderr } = await tgAuth(['sandbox', 'audit'], cleanEnv(), '');
    assert.equal(code, 2);
    assert.match(stderr, /A command is required/);
  });

  test('lists every fault with its rule', async () => {
    const list = ['sandbox', 'audit', '--list'];
    const { stdout } = await tgAuth(list, cleanEnv(), '');
    for (const { name, rule, page } of CASES)
      for (const text of [name, rule, page]) assert.ok(stdout.includes(text), text);
    const { result } = JSON.parse((await tgAuth([...list, '--only', 'dh-g:', '--json'], cleanEnv(), '')).stdout);
    assert.deepEqual(
      result.map(({ name, right }: { name: string; right: unknown }) => [name, right]),
      ['dh-g:2@h2', 'dh-g:9@h2'].map((name) => [name, ['noticed', 'recovered']]),
    );
  });

  test('is not the command of that name after --', async () => {
    const { code, stderr } = await tgAuth(['sandbox', '--', 'audit', '--list'], cleanEnv(), '');
    assert.equal(code, 127);
    assert.match(stderr, /Command not found: audit/);
  });
});
