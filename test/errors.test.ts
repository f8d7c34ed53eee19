import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  CataloguedError,
  EXIT,
  InterruptedError,
  NetworkError,
  parseRpcMessage,
  RpcError,
  SecurityError,
  StoreError,
  TgAuthError,
  TlError,
  UsageError,
} from '../src/errors.ts';

describe('parseRpcMessage', () => {
  const messages = [
    ['FLOOD_WAIT_30', 'FLOOD_WAIT_X', 30],
    ['FLOOD_WAIT_0', 'FLOOD_WAIT_X', 0],
    ['PHONE_MIGRATE_4', 'PHONE_MIGRATE_X', 4],
    ['2FA_CONFIRM_WAIT_604800', '2FA_CONFIRM_WAIT_X', 604_800],
    ['AUTH_RESTART_12', 'AUTH_RESTART_X', 12],
    ['INPUT_METHOD_INVALID_63247716_2', 'INPUT_METHOD_INVALID_X_X', 63_247_716],
    ['PHONE_CODE_EXPIRED', 'PHONE_CODE_EXPIRED', undefined],
    ['AUTH_TOKEN_INVALID1', 'AUTH_TOKEN_INVALID1', undefined],
    ['FLOOD_WAIT_99999999999999999999', 'FLOOD_WAIT_X', undefined],
    ['Timeout', 'Timeout', undefined],
    ['', '', undefined],
  ] as const;
  for (const [text, type, parameter] of messages) {
    test(text === '' ? 'an empty text' : text, () => assert.deepEqual(parseRpcMessage(text), { type, parameter }));
  }

  test('finds the number that ends a name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{1,8}(_[A-Z]{1,8}){0,3}$/), fc.nat(), (name, number) => {
        assert.deepEqual(parseRpcMessage(`${name}_${number}`), { type: `${name}_X`, parameter: number });
      }),
    );
  });
});

describe('RpcError', () => {
  test('has the words of the catalogue, and keeps the answer', () => {
    const error = new RpcError(400, 'PHONE_CODE_EXPIRED', 'auth.sendCall');
    assert.equal(error.exit, EXIT.codeExpired);
    assert.equal(error.message, 'The code has expired.');
    assert.equal(error.why[0], 'A code works for a few minutes, and only in the session that asked for it.');
    assert.deepEqual(error.next, { say: 'Ask for a new one', run: 'tg-auth send-code' });
    assert.equal(error.retryAfter, undefined);
    const { code, text, type, parameter, method, name } = error;
    assert.deepEqual(
      { code, text, type, parameter, method, name },
      {
        code: 400,
        text: 'PHONE_CODE_EXPIRED',
        type: 'PHONE_CODE_EXPIRED',
        parameter: undefined,
        method: 'auth.sendCall',
        name: 'RpcError',
      },
    );
  });

  test('FLOOD_WAIT_90 is a wait of 90 seconds, shown as a time span', () => {
    const error = new RpcError(420, 'FLOOD_WAIT_90', 'auth.sendCode');
    assert.equal(error.retryAfter, 90);
    assert.equal(error.exit, EXIT.wait);
    assert.equal(error.message, 'Too many requests: wait 1 min 30 s.');
    assert.deepEqual(error.values, { X: 90, duration: '1 min 30 s' });
  });

  test('the number in AUTH_RESTART_12 is not a wait', () => {
    const error = new RpcError(500, 'AUTH_RESTART_12', 'auth.sendCode');
    assert.equal(error.retryAfter, undefined);
    assert.equal(error.exit, EXIT.rpc);
    assert.deepEqual(error.values, { X: 12 });
    assert.match(error.message, /12/);
  });

  test('2FA_CONFIRM_WAIT_604800 is a wait, although it begins with a digit', () => {
    const error = new RpcError(420, '2FA_CONFIRM_WAIT_604800', 'account.deleteAccount');
    assert.equal(error.retryAfter, 604_800);
    assert.match(error.message, /7 d\./);
  });

  test('a migration names the data centre', () => {
    const error = new RpcError(303, 'PHONE_MIGRATE_4', 'auth.sendCode');
    assert.equal(error.parameter, 4);
    assert.match(error.message, /data centre 4/);
    assert.equal(error.next?.run, 'tg-auth send-code --dc 4');
  });

  test('an unknown error gets the entry of its code', () => {
    const error = new RpcError(401, 'NO_SUCH_ERROR', 'auth.signIn');
    assert.equal(error.exit, EXIT.signedOut);
    assert.equal(error.type, 'NO_SUCH_ERROR');
  });
});

describe('the local errors', () => {
  test('fill in their entry', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new NetworkError('CONNECTION_REFUSED', { host: '127.0.0.1', port: 40001 }, { cause });
    assert.equal(error.message, '127.0.0.1:40001 refused the connection.');
    assert.equal(error.next?.run, 'tg-auth sandbox');
    assert.equal(error.exit, EXIT.network);
    assert.equal(error.type, 'CONNECTION_REFUSED');
    assert.equal(error.cause, cause);
  });

  test('explain a code', () => {
    const why = (code: number) => new NetworkError('TRANSPORT_ERROR', { host: 'h', port: 1, code }).why;
    assert.match(why(-404)[0] ?? '', /key of this session/);
    assert.match(why(-429)[0] ?? '', /Too many connections/);
    assert.match(why(-444)[0] ?? '', /data centre/);
    assert.deepEqual(why(-1), ['This code is not documented.']);
    assert.match(new NetworkError('MESSAGE_REFUSED', { code: 17 }).why[0] ?? '', /clock .* fast/);
  });

  test('have the exit code of their entry, not of their class', () => {
    assert.equal(new NetworkError('KEY_UNKNOWN').exit, EXIT.signedOut);
    assert.equal(new StoreError('STORE_NEWER', { path: 'p', version: 9 }).exit, EXIT.store);
  });

  test('a security error names the failed check', () => {
    const plain = new SecurityError('msg_key is the hash of the message');
    assert.equal(plain.check, 'msg_key is the hash of the message');
    assert.match(plain.message, /msg_key is the hash of the message\.$/);
    const key = new SecurityError('a key', 'SERVER_KEY_UNKNOWN', { offered: 'aa', known: 'bb' });
    assert.equal(key.exit, EXIT.security);
    assert.ok(key.why.includes('Keys of the server: aa. Trusted keys: bb.'));
  });

  test('an interruption', () => {
    const cause = new Error('SIGINT');
    const error = new InterruptedError({ cause });
    assert.deepEqual([error.exit, error.type, error.cause], [EXIT.interrupted, 'INTERRUPTED', cause]);
  });
});

describe('the others', () => {
  test('a usage error exits with 2 by default', () => {
    assert.deepEqual([new UsageError('No.').exit, new UsageError('No.').type], [EXIT.usage, 'USAGE']);
    const next = { say: 'Get one', run: 'tg-auth send-code' };
    const empty = new UsageError('Empty.', { type: 'PHONE_CODE_HASH_EMPTY', exit: EXIT.hashEmpty, next });
    assert.deepEqual([empty.exit, empty.type, empty.next], [EXIT.hashEmpty, 'PHONE_CODE_HASH_EMPTY', next]);
  });

  test('a TL error names the offset, what was expected and what was found', () => {
    const error = new TlError(12, 'a Bool', '0x1cb5c415');
    assert.equal(error.message, 'TL: at byte 12: expected a Bool, found 0x1cb5c415');
    assert.equal(error.exit, EXIT.network);
  });

  test('each is a TgAuthError named after its class', () => {
    const errors = [
      new UsageError(''),
      new TlError(0, '', ''),
      new NetworkError('CONNECTION_ENDED'),
      new SecurityError(''),
      new StoreError('STORE_UNREADABLE'),
      new InterruptedError(),
      new RpcError(400, 'X', 'm'),
    ];
    assert.ok(errors.every((error) => error instanceof TgAuthError));
    assert.deepEqual(
      errors.map(({ name }) => name),
      ['UsageError', 'TlError', 'NetworkError', 'SecurityError', 'StoreError', 'InterruptedError', 'RpcError'],
    );
    assert.equal(errors.filter((error) => error instanceof CataloguedError).length, 5);
  });
});
