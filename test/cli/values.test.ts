/** A server whose answers parse and mean nothing: whatever a field holds, a command ends, and not as an internal error. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, describe, test } from 'node:test';
import { createContext, type Outside } from '../../src/cli/context.ts';
import { failureOf } from '../../src/cli/failure.ts';
import { Output, PLAIN } from '../../src/cli/output.ts';
import { parse } from '../../src/cli/program.ts';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { Datacentre } from '../../src/sandbox/datacentre.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { current, mtproto } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Answers, Constructors } from '../../src/tl/types.ts';
import { extremes } from '../extremes.ts';
import { removeFolder, temporaryFolder } from '../session/folder.ts';

type Schema = typeof currentText;

/** What the server answers in place of the truth, by method. */
type Lies = Readonly<Record<string, (truth: Uint8Array) => Uint8Array>>;
let lies: Lies = {};
let asked = '';
const { answer } = Datacentre.prototype;
Datacentre.prototype.answer = function lying(...args) {
  const truth = answer.apply(this, args);
  return lies[asked]?.(truth) ?? truth;
};
const sandbox = await startSandbox({
  onEvent(event) {
    if (event.event === 'request') asked = event.method;
  },
});
const home = temporaryFolder();
after(async () => {
  Datacentre.prototype.answer = answer;
  await sandbox.close();
  removeFolder(home);
});

const env = {
  HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[1]?.port}`,
  TG_AUTH_SERVER_KEY: join(home, 'key.pem'),
  TG_API_ID: '12345',
  TG_API_HASH: '0123456789abcdef0123456789abcdef',
  TG_AUTH_PASSWORD: 'correct horse',
  TG_AUTH_BOT_TOKEN: `7000000001:${'t'.repeat(35)}`,
};
writeFileSync(env.TG_AUTH_SERVER_KEY, sandbox.publicKey);

interface Run {
  readonly exit: number;
  readonly type: string;
  /** All that a person saw. */
  readonly said: string;
}

/** The program in this process: a hundred times in a second, where processes would take a minute. */
async function run(line: string): Promise<Run> {
  let said = '';
  const sink = () =>
    new Writable({
      write(chunk, _, done) {
        said += chunk;
        done();
      },
    });
  const outside: Outside = {
    stdin: Readable.from([]),
    stdout: sink(),
    stderr: sink(),
    columns: 80,
    env,
    platform: process.platform,
    script: [process.execPath, 'tg-auth'],
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted: new AbortController().signal,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const order = parse(line.split(' '), { paint: PLAIN, columns: 80 });
  assert.ok('command' in order);
  const { command, input, globals } = order;
  const out = new Output(outside, { json: false, quiet: false, verbose: true, paint: PLAIN }, Date.now);
  const ctx = createContext(outside, globals, out, command, input);
  try {
    const ending = await act();
    assert.ok('text' in ending);
    out.answer(ending.text, ending.json);
    return { exit: 0, type: '', said };
  } catch (error) {
    const failure = failureOf(error, ctx.facts, ctx.causes, Date.now());
    out.failure(failure);
    return { exit: failure.exitCode, type: failure.type, said };
  }

  async function act() {
    try {
      return await command.run(ctx, input);
    } catch (error) {
      await ctx.rememberWait(error);
      throw error;
    } finally {
      await ctx.close();
    }
  }
}

const PHONE = '79996620001';
/** With a key, and a pending code. */
const session = join(home, 'session');
assert.equal((await run(`send-code ${PHONE}`)).exit, 0);
cpSync(env.XDG_STATE_HOME, session, { recursive: true });

/** Runs a command on a fresh copy of the session, with these lies. */
async function lied(line: string, answers: Lies): Promise<Run> {
  mkdirSync(env.XDG_STATE_HOME, { recursive: true });
  cpSync(session, env.XDG_STATE_HOME, { recursive: true });
  lies = answers;
  try {
    return await run(line);
  } finally {
    lies = {};
  }
}

function says<M extends keyof Answers<Schema> & string>(method: M, value: Answers<Schema>[M]): Lies {
  const bytes = current.codec.encodeAnswer(method, value);
  return { [method]: () => bytes };
}
const refuses = (method: string, error_message: string, error_code = 400) => ({
  [method]: () => mtproto.encode({ _: 'rpc_error', error_code, error_message }),
});

function sound({ exit, type, said }: Run, what: string): void {
  assert.notEqual(exit, 70, `${what}: ${said}`);
  assert.notEqual(type, 'TIMEOUT', `${what} has no end: ${said}`);
  assert.doesNotMatch(said, /NaN|Infinity|undefined|Invalid Date/, what);
}

/** A command, the method whose answer is at its extremes, and what else the server says. */
interface Row<M extends keyof Answers<Schema> & string> {
  readonly line: string;
  readonly method: M;
  readonly values: readonly Answers<Schema>[M][];
  readonly besides?: Lies;
  /** It goes on for ever where the answer is good. */
  readonly lasts?: boolean;
}

function row<M extends keyof Answers<Schema> & string>({ line, method, values, besides = {}, lasts }: Row<M>): void {
  test(`${line}: ${method}`, async () => {
    for (const value of values)
      for (const { what, value: lie } of extremes(value)) {
        const ended = await lied(`${line} --timeout ${lasts === true ? 0.2 : 10}`, {
          ...besides,
          ...says(method, lie),
        });
        sound(lasts === true && ended.type === 'TIMEOUT' ? { ...ended, type: '' } : ended, `${line}, ${what}`);
      }
  });
}

const ADA = {
  _: 'user',
  id: 7_000_000_001n,
  first_name: 'Ada',
  last_name: 'L',
  username: 'ada',
  phone: PHONE,
} as const;
const SIGNED_IN = {
  _: 'auth.authorization',
  setup_password_required: true,
  otherwise_relogin_days: 1,
  tmp_sessions: 1,
  user: ADA,
} as const;
const NOBODY = refuses('users.getUsers', 'AUTH_KEY_UNREGISTERED', 401);
const kdf = {
  _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
  salt1: new Uint8Array(8).fill(1),
  salt2: new Uint8Array(16).fill(2),
  g: 3,
  p: KNOWN_PRIME,
} as const;
const code = (type: Extract<Answers<Schema>['auth.sendCode'], { _: 'auth.sentCode' }>['type']) =>
  ({ _: 'auth.sentCode', phone_code_hash: 'abc', type, next_type: { _: 'auth.codeTypeCall' }, timeout: 60 }) as const;
const CODES = [
  code({ _: 'auth.sentCodeTypeApp', length: 5 }),
  code({ _: 'auth.sentCodeTypeFlashCall', pattern: '+7*' }),
  code({ _: 'auth.sentCodeTypeMissedCall', prefix: '+7', length: 5 }),
  code({
    _: 'auth.sentCodeTypeEmailCode',
    email_pattern: 'a*',
    length: 6,
    reset_available_period: 1,
    reset_pending_date: 1,
  }),
  code({ _: 'auth.sentCodeTypeFragmentSms', url: 'https://fragment.com', length: 5 }),
  code({ _: 'auth.sentCodeTypeSmsWord', beginning: 'a' }),
] as const;
const DEVICE = {
  _: 'authorization',
  hash: 5n,
  device_model: 'a',
  platform: 'a',
  system_version: 'a',
  api_id: 1,
  app_name: 'a',
  app_version: 'a',
  date_created: 1,
  date_active: 1,
  ip: '127.0.0.1',
  country: 'a',
  region: 'a',
} as const;
const OPTION = { _: 'dcOption', id: 3, ip_address: '127.0.0.1', port: 1 } as const;

describe('an answer at its extremes ends no command in an internal error', () => {
  row({ line: `send-code ${PHONE}`, method: 'auth.sendCode', values: CODES });
  row({ line: `resend-code ${PHONE}`, method: 'auth.resendCode', values: CODES.slice(0, 1) });
  row({ line: `send-call ${PHONE} --method resendCode`, method: 'auth.resendCode', values: CODES.slice(0, 1) });
  row({ line: `sign-in ${PHONE} --code 22222`, method: 'auth.signIn', values: [SIGNED_IN] });
  row({ line: 'login --bot', method: 'auth.importBotAuthorization', values: [SIGNED_IN], besides: NOBODY });
  row({ line: 'whoami', method: 'users.getUsers', values: [[ADA]] });
  row({
    line: `sign-in ${PHONE} --code 22222 --first-name Ada --accept-terms`,
    method: 'auth.signIn',
    values: [
      {
        _: 'auth.authorizationSignUpRequired',
        terms_of_service: {
          _: 'help.termsOfService',
          id: { _: 'dataJSON', data: '{}' },
          text: 'Be kind.',
          entities: [{ _: 'messageEntityBold', offset: 0, length: 2 }],
          min_age_confirm: 18,
        },
      },
    ],
    besides: { ...says('auth.signUp', SIGNED_IN), ...says('help.acceptTermsOfService', true) },
  });
  row({
    line: `sign-in ${PHONE} --code 22222`,
    method: 'account.getPassword',
    values: [
      {
        _: 'account.password',
        has_password: true,
        current_algo: kdf,
        srp_B: new Uint8Array(256).fill(7),
        srp_id: 1n,
        new_algo: kdf,
        new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
        secure_random: new Uint8Array(1),
        pending_reset_date: 1,
      },
    ],
    besides: {
      ...refuses('auth.signIn', 'SESSION_PASSWORD_NEEDED', 401),
      ...says('auth.checkPassword', SIGNED_IN),
    },
  });
  row({
    line: 'devices',
    method: 'account.getAuthorizations',
    values: [{ _: 'account.authorizations', authorization_ttl_days: 180, authorizations: [DEVICE] }],
  });
  row({ line: 'devices accept tg://login?token=AAAA --yes', method: 'auth.acceptLoginToken', values: [DEVICE] });
  row({
    line: 'recover-password --send',
    method: 'auth.requestPasswordRecovery',
    values: [{ _: 'auth.passwordRecovery', email_pattern: 'a*' }],
  });
  row({
    line: 'login --qr',
    method: 'auth.exportLoginToken',
    values: [
      { _: 'auth.loginToken', expires: 2_000_000_000, token: new Uint8Array(32) },
      { _: 'auth.loginTokenMigrateTo', dc_id: 1, token: new Uint8Array(32) },
    ],
    besides: NOBODY,
    lasts: true,
  });
  row({
    line: 'login --qr',
    method: 'auth.exportLoginToken',
    values: [{ _: 'auth.loginTokenSuccess', authorization: SIGNED_IN }],
    besides: NOBODY,
  });
});

/** A config with these addresses alone. */
const config = (...dc_options: Constructors<Schema>['dcOption'][]): Lies => ({
  'help.getConfig': (truth) =>
    current.codec.encodeAnswer('help.getConfig', {
      ...current.codec.decodeAnswer('help.getConfig', truth),
      dc_options,
    }),
});
const MOVED = refuses('auth.sendCode', 'PHONE_MIGRATE_3', 303);

describe('addresses that the server names', () => {
  test('at their extremes are left out', async () => {
    for (const { what, value } of extremes(OPTION)) {
      const ended = await lied(`send-code ${PHONE} --timeout 10`, { ...MOVED, ...config(value) });
      sound(ended, what);
      assert.equal(ended.exit, 30, what);
    }
  });

  for (const [kind, option] of [
    ['of one data centre', (i: number) => ({ ...OPTION, ip_address: `127.0.${i >> 8}.${i & 255}` })],
    ['of as many data centres', (i: number) => ({ ...OPTION, id: i })],
    ['that are all the same', () => OPTION],
  ] as const)
    test(`20,000 ${kind}`, async () => {
      const options = Array.from({ length: 20_000 }, (_, i) => option(i));
      sound(await lied(`send-code ${PHONE} --timeout 10`, { ...MOVED, ...config(...options) }), kind);
      sound(await lied('doctor --timeout 10', config(...options)), `doctor, ${kind}`);
    });
});

describe('a refusal at its extremes', () => {
  const NUMBERS = ['0', '-1', '99999999', '2147483647', '2147483648', '9007199254740991', '99999999999999999999', 'X'];
  const NAMES = [
    'FLOOD_WAIT',
    'FLOOD_PREMIUM_WAIT',
    '2FA_CONFIRM_WAIT',
    'SOME_NEW_WAIT',
    'PHONE_MIGRATE',
    'USER_MIGRATE',
  ];
  for (const name of NAMES)
    test(`${name}_…`, async () => {
      for (const number of NUMBERS)
        for (const code of [303, 420]) {
          const line = `send-code ${PHONE} --timeout 10 --wait-flood 0`;
          const ended = await lied(line, refuses('auth.sendCode', `${name}_${number}`, code));
          sound(ended, `${code} ${name}_${number}`);
          assert.ok([20, 21, 30].includes(ended.exit), `${code} ${name}_${number}: ${ended.exit}`);
        }
    });

  test('of any code and length', async () => {
    for (const [code, text] of [
      [-(2 ** 31), ''],
      [0, 'x'.repeat(200_000)],
      [2 ** 31 - 1, '\u0000\u001b[2J'],
    ] as const)
      sound(await lied(`cancel-code ${PHONE} --timeout 10`, refuses('auth.cancelCode', text, code)), `${code}`);
  });

  test('a wait that no int can hold is an answer that makes no sense', async () => {
    const ended = await lied(`send-code ${PHONE}`, refuses('auth.sendCode', 'FLOOD_WAIT_9007199254740991', 420));
    assert.deepEqual([ended.exit, ended.type], [30, 'ANSWER_MALFORMED']);
  });

  test('a wait of 0 seconds again and again has an end', async () => {
    const ended = await lied(
      `send-code ${PHONE} --timeout 0 --wait-flood 1`,
      refuses('auth.sendCode', 'FLOOD_WAIT_0', 420),
    );
    assert.equal(ended.exit, 20);
  });
});
