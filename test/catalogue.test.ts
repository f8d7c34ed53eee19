import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { classOf } from '../src/catalogue/classes.ts';
import { LOCAL } from '../src/catalogue/local.ts';
import { loginErrors } from '../src/catalogue/login.ts';
import { passwordErrors } from '../src/catalogue/password.ts';
import { serverErrors } from '../src/catalogue/server.ts';
import { sessionErrors } from '../src/catalogue/session.ts';
import { type CatalogueEntry, duration, EXIT, type ExitCode, fill, fillStep, local, lookup } from '../src/catalogue.ts';
import { COMMANDS as commands } from '../src/cli/commands/index.ts';
import { parseRpcMessage } from '../src/errors.ts';

/** Code and name of each error that Telegram may answer to our methods. */
const vectors: readonly (readonly [code: number, type: string])[] = JSON.parse(
  readFileSync(new URL('vectors/errors.json', import.meta.url), 'utf8'),
);

/** The exit codes of the contract. Every other error in the list has 21. */
const EXITS = new Map<string, ExitCode>(
  (
    [
      [
        EXIT.phone,
        `PHONE_NUMBER_INVALID PHONE_NUMBER_BANNED PHONE_NUMBER_FLOOD PHONE_NUMBER_APP_SIGNUP_FORBIDDEN PHONE_NUMBER_OCCUPIED
         PHONE_NUMBER_UNOCCUPIED PHONE_PASSWORD_FLOOD`,
      ],
      [EXIT.hashEmpty, 'PHONE_CODE_HASH_EMPTY'],
      [EXIT.codeExpired, 'PHONE_CODE_EXPIRED PHONE_HASH_EXPIRED'],
      [EXIT.codeInvalid, 'PHONE_CODE_INVALID PHONE_CODE_EMPTY CODE_INVALID CODE_EMPTY'],
      [
        EXIT.password,
        `SESSION_PASSWORD_NEEDED PASSWORD_HASH_INVALID PHONE_PASSWORD_PROTECTED SRP_ID_INVALID SRP_PASSWORD_CHANGED
         SRP_A_INVALID`,
      ],
      [
        EXIT.signedOut,
        `AUTH_KEY_UNREGISTERED AUTH_KEY_INVALID AUTH_KEY_PERM_EMPTY SESSION_REVOKED SESSION_EXPIRED USER_DEACTIVATED
         USER_DEACTIVATED_BAN ACTIVE_USER_REQUIRED AUTH_KEY_DUPLICATED`,
      ],
      [
        EXIT.delivery,
        `SEND_CODE_UNAVAILABLE SMS_CODE_CREATE_FAILED EMAIL_INSTALL_MISSING RECAPTCHA_CHECK_<action>__<key_id>
         APNS_VERIFY_CHECK_<nonce> INTEGRITY_CHECK_CLASSIC_<nonce>`,
      ],
      [EXIT.api, 'API_ID_INVALID API_ID_PUBLISHED_FLOOD CONNECTION_API_ID_INVALID'],
      [EXIT.outdated, 'UPDATE_APP_TO_LOGIN INPUT_METHOD_INVALID CONNECTION_LAYER_INVALID INPUT_LAYER_INVALID'],
      [
        EXIT.wait,
        `FLOOD_WAIT_X FLOOD_PREMIUM_WAIT_X FLOOD_TEST_PHONE_WAIT_X FRESH_RESET_AUTHORISATION_FORBIDDEN
         PASSWORD_TOO_FRESH_X SESSION_TOO_FRESH_X`,
      ],
    ] as const
  ).flatMap(([exit, names]) => names.split(/\s+/).map((name) => [name, exit] as const)),
);

/** The values that each local error requires. */
const LOCAL_VALUES: Readonly<Record<keyof typeof LOCAL, string>> = {
  REPLAY_DIFFERS: '',
  COMMAND_NOT_FOUND: '',
  COMMAND_NOT_RUNNABLE: '',
  AUDIT_COMMAND_FAILED: '',
  AUDIT_NO_REQUEST: '',
  AUDIT_SWALLOWED: 'command count fault total',
  AUDIT_FAILED: 'command count fault total',
  WAIT_TOO_LONG: 'duration limit until',
  CONNECTION_REFUSED: 'host port',
  CONNECTION_CLOSED: 'host port',
  CONNECTION_ENDED: '',
  CONNECT_TIMEOUT: 'host port seconds',
  HOST_NOT_FOUND: 'host',
  HTTP_ANSWER: 'host port',
  NETWORK_UNREACHABLE: 'host port',
  TIMEOUT: 'seconds',
  NO_ANSWER: 'host port seconds',
  NO_WAY_THROUGH: 'dc reason routes',
  PROXY_UNREACHABLE: 'proxy reason',
  PROXY_AUTH: 'proxy refusal',
  PROXY_REFUSED: 'host port proxy reason',
  PROXY_MALFORMED: 'detail proxy',
  PROXY_SILENT: 'proxy seconds',
  PROXY_CLOSED: 'proxy',
  PROXY_SECRET: 'proxy',
  CERTIFICATE_UNTRUSTED: 'host reason',
  WEBSOCKET_REFUSED: 'detail host port',
  FRAME_MALFORMED: 'detail',
  TRANSPORT_ERROR: 'code host meaning port',
  ANSWER_MALFORMED: 'detail',
  ANSWER_LOST: 'method',
  CHANGE_NOT_MADE: 'reason',
  CHANGE_UNKNOWN: 'reason',
  PASSWORD_ALREADY_SET: '',
  RESET_TOO_SOON: 'duration until',
  MESSAGE_REFUSED: 'code meaning',
  HANDSHAKE_REFUSED: 'answer',
  DC_UNKNOWN: 'dc',
  KEY_UNKNOWN: 'phone',
  KEY_IMPORTED: 'phone',
  SECURITY_CHECK_FAILED: 'check',
  SERVER_KEY_UNKNOWN: 'known offered',
  PAYMENT_REQUIRED: '',
  EMAIL_SETUP_REQUIRED: 'phone',
  NO_CODE_NEEDED: '',
  USAGE: '',
  SIGN_UP_NEEDED: 'phone',
  INTERRUPTED: '',
  NO_HOME: 'home',
  STORE_LOCKED: 'again owner path',
  STORE_UNREADABLE: 'path reason',
  STORE_UNWRITABLE: 'path reason',
  STORE_READ_ONLY: 'path',
  STORE_FULL: 'path reason',
  STORE_DENIED: 'access flag owner part path',
  STORE_NO_MODES: 'path',
  STORE_CORRUPT: 'path reason',
  STORE_NEWER: 'path version',
  STORE_PERMISSIONS: 'access mode path',
  STORE_OWNER: 'owner path',
  STORE_SEALED: 'again path',
  STORE_PASSPHRASE_WRONG: 'again path',
  STORE_MISSING: 'session',
  STORE_EXISTS: 'session',
  FILE_UNREADABLE: 'file reason',
  FILE_UNWRITABLE: 'file reason',
  STREAM_UNREADABLE: 'reason stream',
  STREAM_UNWRITABLE: 'reason stream',
  NO_TEMPORARY_FOLDER: 'path reason',
  CONFIG_UNREADABLE: 'path reason',
  BUG: 'message',
};

/** A next step may run only existing commands. */
const COMMANDS = new RegExp(`^tg-auth (${commands.map(({ name }) => name.split(' ')[0]).join('|')})( |$)`);

const CLASSES = [303, 400, 401, 403, 404, 406, 420, 500].map((code) => [`class ${code}`, classOf(code)] as const);
const tl: readonly (readonly [string, CatalogueEntry])[] = [
  ...Object.entries({ ...loginErrors(), ...passwordErrors(), ...sessionErrors(), ...serverErrors() }),
  ...CLASSES,
];
const everything: readonly (readonly [string, CatalogueEntry])[] = [...tl, ...Object.entries(LOCAL)];

function placeholders(...templates: readonly (string | undefined)[]): string[] {
  const names = templates.flatMap((text = '') => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return [...new Set(names)].sort();
}

function assertWithin(type: string, found: readonly string[], allowed: readonly string[]): void {
  for (const name of found) assert.ok(allowed.includes(name), `${type} has {${name}}`);
}

describe('the TL errors', () => {
  test('each error in the list has an entry of its own, with the exit code of the contract', () => {
    const found = vectors.map(([code, type]) => [type, lookup(type, code) !== classOf(code), lookup(type, code).exit]);
    assert.deepEqual(
      found,
      vectors.map(([, type]) => [type, true, EXITS.get(type) ?? EXIT.rpc]),
    );
  });

  test('the table of exit codes has no name that is not in the list', () => {
    const types = new Set(vectors.map(([, type]) => type));
    assert.deepEqual(
      [...EXITS.keys()].filter((type) => !types.has(type)),
      [],
    );
  });

  test('the list and the catalogue have the same names', () => {
    const family = (type: string) => type.replace(/_<.*$/, '');
    const listed = new Set(vectors.map(([, type]) => family(type)));
    assert.deepEqual(
      Object.keys({ ...loginErrors(), ...passwordErrors(), ...sessionErrors(), ...serverErrors() }).sort(),
      [...listed].sort(),
    );
  });

  test('no name has two entries', () => {
    const names = [loginErrors(), passwordErrors(), sessionErrors(), serverErrors()].flatMap((part) =>
      Object.keys(part),
    );
    assert.equal(new Set(names).size, names.length);
  });
});

describe('a lookup', () => {
  const families = [
    ['INPUT_METHOD_INVALID_63247716_2', 'INPUT_METHOD_INVALID'],
    ['INPUT_CONSTRUCTOR_INVALID_481674261_0', 'INPUT_CONSTRUCTOR_INVALID'],
    ['RECAPTCHA_CHECK_signup__6LdmQbcpAAAAAKr_7', 'RECAPTCHA_CHECK'],
    ['APNS_VERIFY_CHECK_0a1b2c', 'APNS_VERIFY_CHECK'],
    ['INTEGRITY_CHECK_CLASSIC_0a1b2c', 'INTEGRITY_CHECK_CLASSIC'],
    ['AUTH_TOKEN_INVALID1', 'AUTH_TOKEN_INVALID'],
    ['AUTH_TOKEN_INVALID_1', 'AUTH_TOKEN_INVALID'],
  ] as const;
  for (const [text, family] of families) {
    test(`${text} belongs to the family ${family}`, () => {
      assert.equal(lookup(parseRpcMessage(text).type, 400), lookup(family, 400));
      assert.notEqual(lookup(family, 400), classOf(400));
    });
  }

  test('an exact name comes before its family', () => {
    assert.deepEqual(lookup('AUTH_TOKEN_INVALIDX', 400), sessionErrors().AUTH_TOKEN_INVALIDX);
  });

  const classes = [
    [303, EXIT.rpc],
    [400, EXIT.rpc],
    [401, EXIT.signedOut],
    [403, EXIT.rpc],
    [404, EXIT.outdated],
    [406, EXIT.rpc],
    [420, EXIT.wait],
    [500, EXIT.rpc],
    [-503, EXIT.rpc],
    [777, EXIT.rpc],
  ] as const;
  for (const [code, exit] of classes) {
    test(`an unknown name with the code ${code} exits with ${exit}`, () => {
      const entry = lookup('NO_SUCH_ERROR', code);
      assert.equal(entry.exit, exit);
      assert.equal(entry.wait, undefined);
    });
  }

  test('negative and undocumented codes get the entry of 500', () => {
    for (const code of [-503, 777, 0]) assert.equal(lookup('NO_SUCH_ERROR', code), lookup('NO_SUCH_ERROR', 500));
  });

  test('an unknown wait is a wait', () => {
    for (const [type, code] of [
      ['NEW_KIND_OF_WAIT_X', 400],
      ['STORY_SEND_FLOOD_X', 420],
    ] as const) {
      const { exit, wait } = lookup(type, code);
      assert.deepEqual({ exit, wait }, { exit: EXIT.wait, wait: true });
    }
  });

  test('a number that is not a wait is not mistaken for one', () => {
    for (const type of ['AUTH_RESTART_X', 'PHONE_MIGRATE_X', 'EMAIL_UNCONFIRMED_X'])
      assert.equal(lookup(type, 500).wait, undefined);
  });

  test('the name of an inherited property is unknown', () => {
    for (const type of ['constructor', 'toString', '__proto__', '']) assert.equal(lookup(type, 400), classOf(400));
  });
});

describe('the words', () => {
  test('TL: the placeholders are those that RpcError or the command line fills', () => {
    for (const [type, { sentence, why = [], next, more = [], wait }] of tl) {
      const number = wait === true ? ['X', 'duration'] : type.endsWith('_X') ? ['X'] : [];
      assertWithin(type, placeholders(sentence), number);
      assertWithin(type, placeholders(...why), wait === true ? [...number, 'until'] : number);
      for (const each of [next, ...more])
        assertWithin(type, placeholders(each?.say, each?.run), [...number, 'again', 'phone', 'signIn']);
    }
  });

  test('local: the placeholders are the values that the error requires', () => {
    const found = Object.entries<CatalogueEntry>(LOCAL).map(([type, { sentence, why = [], next, more = [] }]) => [
      type,
      placeholders(sentence, ...why, ...[next, ...more].flatMap((step) => [step?.say, step?.run])).join(' '),
    ]);
    assert.deepEqual(Object.fromEntries(found), LOCAL_VALUES);
  });

  test('each line is a sentence, and each next step can be pasted', () => {
    for (const [type, { sentence, why = [], next, more = [], ends, meanings }] of everything) {
      const lines = [sentence, ...why, ...(meanings === undefined ? [] : Object.values(meanings))];
      for (const line of lines) assert.match(line, /^\S.*[.}]$|^[^:]+: {2}https:\/\/\S+$/, type);
      assert.ok(next === undefined ? more.length === 0 : ends === undefined, type);
      for (const step of [next ?? [], more].flat()) {
        const { say, run } = fillStep(step, { again: 'tg-auth send-code' }) ?? step;
        assert.match(say, /^[A-Z].*[^.: ]$/, type);
        assert.match(run, /^(tg-auth|npm|rm|mv|chmod|export|sudo chown) \S/, type);
        if (/^tg-auth [a-z]/.test(run)) assert.match(run, COMMANDS, type);
      }
    }
  });

  test('a wait names its length', () => {
    for (const [type, { wait, sentence, exit }] of everything) {
      if (wait !== true) continue;
      assert.deepEqual([type, exit, placeholders(sentence)], [type, EXIT.wait, ['duration']]);
    }
  });
});

describe('fill', () => {
  test('fills in the known values and writes the rest as <name>', () => {
    assert.equal(fill('{a}:{b} {c} {a}', { a: 'x', b: 0 }), 'x:0 <c> x');
  });

  test('inserts a value unchanged', () => {
    fc.assert(fc.property(fc.string(), (value) => assert.equal(fill('<{a}>', { a: value }), `<${value}>`)));
  });
});

describe('fillStep', () => {
  const step = { say: 'Do it', run: 'tg-auth {signIn} --password -' };

  test('leaves out a number that is not known: the command asks for it', () => {
    assert.equal(fillStep(step, {})?.run, 'tg-auth sign-in --password -');
    assert.equal(fillStep(step, { phone: '+7999' })?.run, 'tg-auth sign-in +7999 --password -');
    assert.equal(fillStep(step, { phone: '+7999', signIn: 'login' })?.run, 'tg-auth login --password -');
  });

  test('has no step without the command to repeat', () => {
    const again = { say: 'Try again', run: '{again} --yes' };
    assert.equal(fillStep(again, { phone: '+7999' }), undefined);
    assert.equal(fillStep(again, { phone: '+7999', again: 'x {phone}' })?.run, 'x +7999 --yes');
  });
});

describe('duration', () => {
  const spans = [
    [0, '0 s'],
    [0.2, '1 s'],
    [1, '1 s'],
    [59, '59 s'],
    [60, '1 min'],
    [90, '1 min 30 s'],
    [3599, '59 min 59 s'],
    [3600, '1 h'],
    [76_500, '21 h 15 min'],
    [76_501, '21 h 16 min'],
    [86_399, '24 h'],
    [86_400, '1 d'],
    [604_801, '7 d 1 h'],
  ] as const;
  for (const [seconds, text] of spans) test(`${seconds} s is ${text}`, () => assert.equal(duration(seconds), text));

  test('is never too short, and too long by less than one of its smaller unit', () => {
    const size = new Map([
      ['d', 86_400],
      ['h', 3600],
      ['min', 60],
      ['s', 1],
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), (seconds) => {
        const shown = [...duration(seconds).matchAll(/(\d+) (\w+)/g)].map(
          ([, count, unit = '']) => Number(count) * (size.get(unit) ?? Number.NaN),
        );
        const over = shown.reduce((sum, part) => sum + part, 0) - seconds;
        assert.ok(over >= 0 && over < (seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1), `${over} s too long`);
      }),
    );
  });
});

test('local returns the entry of the table', () => {
  assert.equal(local('TIMEOUT'), LOCAL.TIMEOUT);
});
