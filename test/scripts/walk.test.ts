/**
 * A program that signs in by following `next`. It knows a phone number, where its owner reads codes, and the password;
 * each command comes from the answer to the last one.
 */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox, TEST_NUMBERS } from '../../src/sandbox/index.ts';
import { type Env, envOf, folder, tgAuth } from './cli.ts';
import { type Answer, answerOf } from './in-process.ts';

let sandbox: Sandbox;
/** A session with a key, which nobody is signed in to: key exchanges would take most of the time. */
let keyed: Env;
before(async () => {
  sandbox = await startSandbox();
  keyed = envOf(sandbox);
  await answerOf(['send-code', '+9996625000'], keyed);
});
after(() => sandbox.close());

/** Runs one command line. */
type Run = (words: readonly string[], stdin: string) => Promise<Answer>;

/** What the program can put on stdin, by the option that reads it. */
function valuesFor(phone: string): Readonly<Record<string, string>> {
  const code = sandbox.said(phone).at(-1)?.code ?? '00000';
  const names = { '--first-name': 'Ada', '--email': 'ada@example.com', '--password': 'sandbox' };
  return { ...names, '--code': code, '--email-code': code, phone };
}

/** What a command reads from stdin: one line for each "-", in its order. */
function stdinOf(words: readonly string[], phone: string): string {
  const values = valuesFor(phone);
  const lines = words.flatMap((word, i) => (word === '-' ? (values[words[i - 1] ?? ''] ?? phone) : []));
  return lines.map((line) => `${line}\n`).join('');
}

/** Follows the first next step until the account is signed in. Returns how it ended: `signed in`, or why not. */
async function walk(phone: string, first: readonly string[], run: Run): Promise<string> {
  const tried = new Map<string, number>();
  for (let words = first; ; ) {
    const stdin = stdinOf(words, phone);
    const { code, json } = await run(words, stdin);
    if (json.ok && json.user !== undefined) return 'signed in';
    const why = json.error?.type ?? String(json.result);
    const [next] = json.next;
    if (next === undefined) return `${why}, nothing`;
    assert.match(next.run, /^(tg-auth|npm) [^<>{}&|]+$/, `exit ${code}: it runs as it is`);
    assert.equal(
      / -( |$)/.test(next.run),
      /\(stdin: .+\)$/.test(next.say),
      `"${next.say}" names what ${next.run} reads`,
    );
    const tries = `${words[0]} ${why} ${next.run}`;
    words = next.run.split(' ').slice(1);
    if (!next.run.startsWith('tg-auth ') || words.includes('--qr')) return `${why}, ${next.run}`;
    const times = (tried.get(tries) ?? 0) + 1;
    if (times > 2) return `${why}, again`;
    tried.set(tries, times);
    if (typeof json.error?.retryAfter === 'number') sandbox.clock({ advance: json.error.retryAfter });
  }
}

/** The accounts that cannot be signed in: the reason, and what the program is told to do. */
const REFUSED: Readonly<Record<string, string>> = {
  9010: 'PHONE_NUMBER_INVALID, again',
  9110: 'PHONE_NUMBER_BANNED, nothing',
  9210: 'PHONE_NUMBER_FLOOD, tg-auth login --qr',
  9011: 'PHONE_CODE_HASH_EMPTY, again',
  9012: 'PHONE_CODE_EXPIRED, again',
  9013: 'PHONE_CODE_INVALID, again',
  9015: 'USAGE, again',
  9116: 'PAYMENT_REQUIRED, tg-auth login --qr',
  9017: 'API_ID_INVALID, nothing',
  9117: 'API_ID_PUBLISHED_FLOOD, nothing',
  9018: 'UPDATE_APP_TO_LOGIN, npm install --global tg-auth@latest',
  9021: 'MOON_PHASE_INVALID_X, nothing',
  9121: 'This error is not documented, again',
  9333: 'PHONE_MIGRATE_X, again',
  9501: 'AUTH_RESTART, again',
  9503: 'Timeout, again',
};

describe('a program that follows `next`', { concurrency: 2 }, () => {
  const numbers = TEST_NUMBERS.map(({ yyyy }) => (yyyy === 'others' ? '0000' : yyyy));
  for (const yyyy of numbers)
    test(`ends with the account of 99966X${yyyy}, or with the reason`, async () => {
      const phone = `+999662${yyyy}`;
      const home = folder();
      cpSync(keyed.XDG_STATE_HOME ?? '', home, { recursive: true });
      const env = { ...keyed, XDG_STATE_HOME: home };
      const end = await walk(phone, ['login', phone], (words, stdin) => answerOf(words, env, { input: stdin }));
      assert.equal(end, REFUSED[yyyy] ?? 'signed in');
    });

  test('begins with send-code or without a number, in a session of its own, and signs in on another DC', async () => {
    const env = envOf(sandbox);
    for (const first of [
      ['send-code', '+9996611003', '--session', 'other'],
      ['login', '--session', 'third'],
    ])
      assert.equal(
        await walk('+9996611003', first, (words, stdin) => answerOf(words, env, { input: stdin })),
        'signed in',
      );
  });

  test('runs processes', async () => {
    const env = envOf(sandbox);
    const run: Run = async (words, stdin) => {
      const { code, stdout, stderr } = await tgAuth([...words, '--json', '--quiet'], env, stdin);
      return { code, stderr, json: JSON.parse(stdout) };
    };
    assert.equal(await walk('+9996611001', ['login', '+9996611001'], run), 'signed in');
  });
});
