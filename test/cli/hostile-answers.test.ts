/** Puts a hostile text into each string of each answer that a command decodes: none of them controls the terminal. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { createContext } from '../../src/cli/context.ts';
import type { Outside } from '../../src/cli/outside.ts';
import { parse } from '../../src/cli/program.ts';
import { failureOf } from '../../src/cli/tell/failure.ts';
import { Output, PLAIN } from '../../src/cli/tell/output.ts';
import { toWords } from '../../src/cli/tell/tl-words.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { OLD, SET } from '../auth/two-step/question.ts';
import {
  answerAsPlanned,
  answerOf,
  checkJson,
  checkShown,
  encode,
  encodeError,
  encodePlain,
  HOSTILE,
  planned,
  UNSAFE,
  variants,
} from '../hostile.ts';
import { checkStdout } from '../json-schema.ts';

let sandbox: Sandbox;
const home = mkdtempSync(join(tmpdir(), 'tg-auth-test-'));
before(async () => {
  answerAsPlanned();
  sandbox = await startSandbox();
  writeFileSync(join(home, 'key.pem'), sandbox.publicKey);
});
after(async () => {
  await sandbox.close();
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command line as `main.ts` does, in this process. */
async function run(argv: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const err = new Writable({
    write(chunk, _, done) {
      stderr += chunk;
      done();
    },
  });
  const outside: Outside = {
    stdin: Readable.from([]),
    stdout: { write: (text) => (stdout += text) },
    stderr: err,
    columns: 80,
    env: {
      HOME: home,
      XDG_STATE_HOME: home,
      XDG_CONFIG_HOME: home,
      TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[1]?.port}`,
      TG_AUTH_SERVER_KEY: join(home, 'key.pem'),
      TG_API_ID: '12345',
      TG_API_HASH: '0123456789abcdef0123456789abcdef',
      TG_AUTH_PASSWORD: OLD,
      TG_AUTH_BOT_TOKEN: `555:${'q'.repeat(35)}`,
    },
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, ''],
    now: Date.now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    interrupted: new AbortController().signal,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const order = parse(argv, { paint: PLAIN, columns: 80 });
  assert.ok('command' in order);
  const { command, input, globals } = order;
  const style = { json: globals.json === true, verbose: globals.verbose === true, quiet: false, paint: PLAIN };
  const out = new Output(outside, style, Date.now);
  out.command = command.name;
  const ctx = createContext(outside, globals, out, {
    command: command.name,
    lasting: command.lasting?.(input) === true,
  });
  try {
    const ending = await (await command.load()).run(ctx, input);
    assert.ok('text' in ending);
    if (ending.error === undefined) out.answer(ending.text, ending.json, ending);
    else {
      if (!out.json) out.text(ending.text);
      out.failure(failureOf(ending.error, {}, new Map(), Date.now()), ending.json);
    }
  } catch (error) {
    const failure = failureOf(error, ctx.facts, ctx.causes, Date.now());
    assert.notEqual(failure.exitCode, 70, failure.message);
    out.failure(failure);
  } finally {
    await ctx.close();
  }
  return { stdout, stderr };
}

const PHONE = '79991234567';
const HASH = ['--hash', 'abc'];

/** The commands, by the method whose answer they show. */
const COMMANDS: readonly { readonly argv: readonly string[]; readonly method: string; readonly only?: RegExp }[] = [
  { argv: ['send-code', PHONE], method: 'auth.sendCode' },
  { argv: ['resend-code', PHONE, ...HASH], method: 'auth.resendCode' },
  { argv: ['send-call', PHONE, ...HASH, '--method', 'resendCode'], method: 'auth.resendCode' },
  { argv: ['send-sms', PHONE, ...HASH, '--method', 'resendCode'], method: 'auth.resendCode' },
  { argv: ['cancel-code', PHONE, ...HASH], method: 'auth.cancelCode' },
  {
    argv: ['sign-in', PHONE, ...HASH, '--code', '12345', '--first-name', 'Ada', '--accept-terms'],
    method: 'auth.signIn',
  },
  { argv: ['password', 'status'], method: 'account.getPassword' },
  { argv: ['password', 'status', '--check'], method: 'account.getPasswordSettings' },
  { argv: ['password', 'recover', '--send'], method: 'auth.requestPasswordRecovery' },
  { argv: ['password', 'recover', '--code', '1', '--remove-password'], method: 'auth.recoverPassword' },
  { argv: ['password', 'recover', '--code', '1', '--remove-password', '-q'], method: 'auth.recoverPassword' },
  { argv: ['login', '--bot', '--session', 'new'], method: 'auth.importBotAuthorization' },
  // Its other answers are bytes, shown as a QR code until a device accepts it.
  { argv: ['login', '--qr', '--session', 'new'], method: 'auth.exportLoginToken', only: /^auth\.loginTokenSuccess/ },
  { argv: ['whoami', '--check'], method: 'users.getUsers' },
  { argv: ['devices'], method: 'account.getAuthorizations' },
  { argv: ['devices', 'accept', 'tg://login?token=AAAA', '--yes'], method: 'auth.acceptLoginToken' },
  { argv: ['logout', '--session', 'gone'], method: 'auth.logOut' },
  { argv: ['doctor'], method: 'help.getConfig' },
];

/** Methods for prompts (`hostile-terminal.test.ts`), and for a freeze (`limits.test.ts`). */
const ELSEWHERE = ['help.getAppConfig', 'account.sendVerifyEmailCode', 'account.verifyEmail'];
/** Methods whose answers have the same types as others. */
const ALIKE = ['auth.resetLoginEmail', 'auth.signUp', 'auth.checkPassword', 'auth.importLoginToken'];

async function checkBoth(argv: readonly string[], where: string, plan: () => void): Promise<void> {
  plan();
  const text = await run([...argv, '--verbose']);
  checkShown(text.stdout, `${where}: stdout`);
  checkShown(text.stderr, `${where}: stderr`);
  plan();
  const json = await run([...argv, '--verbose', '--json']);
  checkShown(json.stdout, `${where}: JSON`);
  checkShown(json.stderr, `${where}: stderr with --json`);
  checkJson(JSON.parse(json.stdout), where);
  await checkStdout(json.stdout);
}

describe('a hostile text', () => {
  before(async () => {
    for (const name of ['default', 'gone']) await run(['send-code', PHONE, '--session', name]); // makes a key
  });

  for (const { argv, method, only = /^/ } of COMMANDS) {
    const all = variants(answerOf(method)).filter(({ where }) => only.test(where));
    const line = argv.filter((word) => !/^--(hash|code)$/.test(word)).join(' ');
    if (all.length > 0)
      test(`in each of ${all.length} strings of the answer to ${line}`, async () => {
        for (const { where, value } of all)
          await checkBoth(argv, `${line}, ${where}`, () => {
            planned.clear();
            planned.set('auth.signUp', [encodePlain('auth.signUp')]);
            planned.set('account.getPassword', [encode(SET)]);
            planned.set('help.acceptTermsOfService', [encodePlain('help.acceptTermsOfService')]);
            planned.set(method, [encode(value)]);
          });
      });

    test(`as the error of ${line}`, async () => {
      for (const [code, text] of [
        [400, HOSTILE],
        [401, HOSTILE],
        [420, `${HOSTILE.slice(0, 60)}_WAIT_1`],
      ] as const)
        await checkBoth(argv, `${line}, ${code}`, () => {
          planned.clear();
          planned.set('account.getPassword', [encode(SET)]);
          planned.set(method, [encodeError(code, text)]);
        });
    });
  }

  test('as the reason of a wait', async () => {
    await checkBoth(['whoami', '--wait-flood', '1'], 'wait', () => {
      planned.clear();
      planned.set('users.getUsers', [
        encodeError(420, `${HOSTILE.slice(0, 60)}_WAIT_1`),
        encodePlain('users.getUsers'),
      ]);
    });
  });

  test('in decoded data, which is escaped and never cut', async () => {
    const words = toWords(encode({ _: 'dataJSON', data: HOSTILE }));
    const { stdout } = await run(['tl', 'decode', ...words]);
    assert.doesNotMatch(stdout, UNSAFE);
    assert.deepEqual(JSON.parse(stdout), { _: 'dataJSON', data: HOSTILE });
  });

  test('is tried in the answer to every method in use with a string in it', () => {
    const sources = ['auth', 'net', 'cli'].flatMap((folder) =>
      readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join('src', folder, file), 'utf8')),
    );
    const asked = sources.flatMap((source) =>
      [...source.matchAll(/\bcall\(\s*current,\s*'([\w.]+)'/g)].map(([, method = '']) => method),
    );
    assert.ok(asked.length > 15, String(asked));
    const tried = [...COMMANDS.map(({ method }) => method), ...ELSEWHERE, ...ALIKE];
    for (const method of asked)
      assert.ok(tried.includes(method) || variants(answerOf(method)).length === 0, `${method} is not tried`);
  });
});
