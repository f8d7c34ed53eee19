/** The dispatcher's answers in the lines of each layer: bytes of a call in, bytes of its answer out. No sockets. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { fromHex } from '../../../src/bytes.ts';
import { answerCall, type KeyState } from '../../../src/sandbox/dispatch.ts';
import { codecOf, serverText } from '../../../src/sandbox/layers/schema.ts';
import { pastText, surroundingMethods } from '../../../src/sandbox/layers/text.ts';
import { createWorld, type Delivery } from '../../../src/sandbox/world.ts';
import { idOf, unpacker } from '../../../src/tl/gzip.ts';
import { current, mtproto } from '../../../src/tl/layer.ts';
import { parseSchema } from '../../../src/tl/schema.ts';
import { SEED, wrapped } from '../client.ts';

/** The last layer of each section of the table, the layer after it, and the next one to come. */
const LAYERS = [...pastText.matchAll(/---until (\d+)/g)]
  .flatMap(([, until]) => [Number(until), Number(until) + 1])
  .filter((layer) => layer >= 133);
const EACH = [...new Set([133, ...LAYERS, current.number + 1])].sort((a, b) => a - b);

const NOW = 1_800_000_000_000;
const SELF = { _: 'inputUserSelf' as const };
const BOT = `7:${'a'.repeat(35)}`;
const APPLICATION = { api_id: 1, api_hash: 'h' };

/** A client of one layer, whose calls and answers are bytes. */
class Client {
  readonly codec;
  readonly #state: KeyState = { layer: undefined, device: undefined, temporary: false, bound: undefined };
  readonly #said: Delivery[] = [];
  readonly #world;
  /** The method that the log has for each call. */
  readonly logged: unknown[] = [];

  constructor(layer: number) {
    this.codec = codecOf(layer);
    const random = (length: number) => new Uint8Array(randomBytes(length));
    const deliver = (delivery: Delivery) => this.#said.push(delivery);
    this.#world = createWorld({ dcs: 2, now: () => NOW, random, deliver });
    this.ask(wrapped(this.codec.encodeCall('help.getConfig', {}), layer));
  }

  ask(body: Uint8Array): Uint8Array {
    const context = {
      dc: 2,
      dcs: [{ id: 2, host: '127.0.0.1', port: 20002 }],
      world: this.#world,
      now: () => NOW,
      bind: () => false,
      dropTemporaryKeys: () => {},
      auth_key_id: 1n,
      tolerates: () => false,
    };
    const { result, event } = answerCall({ body, unpack: unpacker() }, this.#state, context, 'both');
    this.logged.push('method' in event && event.method);
    return result;
  }

  /** The answer, read by the line of the method in this layer, or the text of the error. */
  call(method: string, params: object = {}): unknown {
    const answer = this.ask(this.codec.encodeLine(method, params));
    if (idOf(answer) === 0x2144ca19) {
      const error = mtproto.decodeAny(answer);
      assert.ok(error._ === 'rpc_error');
      return error.error_message;
    }
    const untyped: { decodeAnswer(method: string, bytes: Uint8Array): unknown } = this.codec;
    return untyped.decodeAnswer(method, answer);
  }

  sendCode(phone_number: string): unknown {
    return this.call('auth.sendCode', { phone_number, ...APPLICATION, settings: { _: 'codeSettings' } });
  }

  signIn(phone_number: string): unknown {
    const { phone_code_hash } = shaped(this.sendCode(phone_number), 'auth.sentCode');
    const phone_code = this.#said.at(-1)?.code;
    return this.call('auth.signIn', { phone_number, phone_code_hash, phone_code });
  }
}

/** The fields of a value, which must be of this constructor. */
function shaped(value: unknown, name: string): Readonly<Record<string, unknown>> {
  assert.ok(typeof value === 'object' && value !== null && '_' in value, `${name}, not ${value}`);
  assert.equal(value._, name);
  return Object.fromEntries(Object.entries(value));
}

function first(list: unknown): unknown {
  assert.ok(Array.isArray(list));
  return list[0];
}

/** The user as layer-independent fields say it. */
const ADA = { _: 'user', self: true, id: 9996621234n, first_name: 'Test', last_name: '21234', phone: '9996621234' };

function checkUser(user: unknown): void {
  const { access_hash, username, ...known } = shaped(user, 'user');
  assert.deepEqual([typeof access_hash, username, known], ['bigint', 'sandbox21234', ADA]);
}

describe('each layer', () => {
  for (const layer of EACH)
    test(`${layer}: a login, the questions after it, and the log-out`, () => {
      const client = new Client(layer);
      const { user } = shaped(client.signIn('9996621234'), 'auth.authorization');
      checkUser(user);
      const users = client.call('users.getUsers', { id: [SELF] });
      checkUser(first(users));
      const full = client.call('users.getFullUser', { id: SELF });
      // Up to layer 134, the user is inside.
      if (layer < 135) checkUser(shaped(full, 'userFull').user);
      else {
        const { full_user, users } = shaped(full, 'users.userFull');
        assert.equal(shaped(full_user, 'userFull').id, ADA.id);
        checkUser(first(users));
      }
      const date = NOW / 1000;
      const state = { _: 'updates.state', pts: 1, qts: 0, date, seq: 1, unread_count: 0 };
      assert.deepEqual(client.call('updates.getState'), state);
      const difference = client.call('updates.getDifference', { pts: 1, date, qts: 0 });
      assert.deepEqual(difference, { _: 'updates.differenceEmpty', date, seq: 1 });
      const { authorizations } = shaped(client.call('account.getAuthorizations'), 'account.authorizations');
      assert.equal(shaped(first(authorizations), 'authorization').device_model, 'test');
      shaped(client.call('account.getPassword'), 'account.password');
      shaped(client.call('help.getAppConfig', { hash: 0 }), layer < 154 ? 'jsonObject' : 'help.appConfig');
      const filters = client.call('messages.getDialogFilters');
      const all = layer < 143 ? [] : [{ _: 'dialogFilterDefault' }];
      assert.deepEqual(filters, layer < 176 ? all : { _: 'messages.dialogFilters', filters: all });
      assert.deepEqual(client.call('auth.logOut'), layer < 135 ? true : { _: 'auth.loggedOut' });
      assert.equal(client.call('updates.getState'), 'AUTH_KEY_UNREGISTERED');
    });

  for (const layer of [133, 144, 145, 172, 173, 179, 180, current.number])
    test(`${layer}: a resent code, a sign-up, a password and a bot`, () => {
      const client = new Client(layer);
      shaped(shaped(client.call('auth.resendCode', SEED), 'auth.sentCode').type, 'auth.sentCodeTypeCall');
      const [phone_number, name] = ['9996621001', { first_name: 'New', last_name: '' }];
      const sent = shaped(client.sendCode(phone_number), 'auth.sentCode');
      const code = { phone_number, phone_code_hash: sent.phone_code_hash };
      const entered = client.call('auth.signIn', { ...code, phone_code: '22222' });
      shaped(entered, 'auth.authorizationSignUpRequired');
      const { user } = shaped(client.call('auth.signUp', { ...code, ...name }), 'auth.authorization');
      assert.equal(shaped(user, 'user').first_name, 'New');
      assert.equal(client.signIn('9996621002'), 'SESSION_PASSWORD_NEEDED');
      assert.equal(shaped(client.call('account.getPassword'), 'account.password').has_password, true);
      const bot = client.call('auth.importBotAuthorization', { flags: 0, ...APPLICATION, bot_auth_token: BOT });
      assert.equal(shaped(shaped(bot, 'auth.authorization').user, 'user').bot, true);
    });

  test('gets no delivery method that it lacks', () => {
    const expect = (sent: unknown, expected: string) =>
      expected.startsWith('auth.')
        ? shaped(shaped(sent, 'auth.sentCode').type, expected)
        : assert.equal(sent, expected);
    for (const [phone, from, before, name] of [
      ['9996622005', 135, 'auth.sentCodeTypeCall', 'MissedCall'],
      ['9996622006', 145, 'UPDATE_APP_TO_LOGIN', 'EmailCode'],
      ['9996622007', 150, 'UPDATE_APP_TO_LOGIN', 'FragmentSms'],
      ['9996622008', 179, 'auth.sentCodeTypeCall', 'SmsWord'],
      ['9996622009', 179, 'auth.sentCodeTypeCall', 'SmsPhrase'],
      ['9996622010', 152, 'auth.sentCodeTypeSms', 'FirebaseSms'],
      ['9996629216', 145, 'UPDATE_APP_TO_LOGIN', 'SetUpEmailRequired'],
    ] as const) {
      expect(new Client(from - 1).sendCode(phone), before);
      expect(new Client(from).sendCode(phone), `auth.sentCodeType${name}`);
    }
  });

  test('gets no sign-in without a code and no price that it lacks', () => {
    assert.equal(new Client(151).sendCode('9996622017'), 'UPDATE_APP_TO_LOGIN');
    shaped(new Client(152).sendCode('9996622017'), 'auth.sentCodeSuccess');
    assert.equal(new Client(200).sendCode('9996629116'), 'UPDATE_APP_TO_LOGIN');
    for (const [layer, fields] of [
      [201, 3],
      [214, 5],
      [215, 7],
      [225, 8],
    ] as const) {
      const price = shaped(new Client(layer).sendCode('9996629116'), 'auth.sentCodePaymentRequired');
      assert.equal(Object.keys(price).length, fields, `layer ${layer}`);
    }
  });
});

/** A value of each type that a parameter has. Strings are a language code, which some methods check. */
const VALUES: Readonly<Record<string, unknown>> = {
  int: 0,
  long: 0n,
  string: 'en',
  Bool: true,
  InputUser: SELF,
  InputPeer: { _: 'inputPeerSelf' },
  InputNotifyPeer: { _: 'inputNotifyUsers' },
  InputStickerSet: { _: 'inputStickerSetEmpty' },
};

function paramsOf(line: { fields: readonly { name: string; type: string; flag?: unknown }[] }): object {
  const fields = line.fields.filter(({ flag, type }) => flag === undefined && type !== '#');
  return Object.fromEntries(fields.map(({ name, type }) => [name, type.startsWith('Vector') ? [] : VALUES[type]]));
}

const SURROUNDINGS = parseSchema(`---functions---${surroundingMethods}`).functions.filter(
  ({ fields }) => fields.at(-1)?.type !== '!X',
);

/** What a client may ask before it has signed in. */
const PUBLIC = /^(langpack\.|auth\.dropTemp|help\.(?!getPromoData|getTermsOfServiceUpdate))/;

/** What a bot may ask, too. */
const FOR_BOTS = /^(langpack|auth|help|users|updates)\./;

describe('the surroundings of a login', () => {
  for (const layer of EACH)
    test(`are answered in layer ${layer}`, () => {
      const client = new Client(layer);
      for (const { name } of SURROUNDINGS) {
        const line = client.codec.find(name);
        assert.ok(line !== undefined);
        const before = client.call(name, paramsOf(line));
        if (!PUBLIC.test(name)) assert.equal(before, 'AUTH_KEY_UNREGISTERED', name);
      }
      client.signIn('9996621234');
      for (const { name } of SURROUNDINGS) {
        const line = client.codec.find(name);
        assert.ok(line !== undefined);
        if (name === 'messages.getStickerSet') assert.equal(client.call(name, paramsOf(line)), 'STICKERSET_INVALID');
        else assert.ok(typeof client.call(name, paramsOf(line)) !== 'string', name);
      }
    });

  test('answer a bot where it may ask', () => {
    const client = new Client(current.number);
    shaped(
      client.call('auth.importBotAuthorization', { flags: 0, ...APPLICATION, bot_auth_token: BOT }),
      'auth.authorization',
    );
    for (const line of SURROUNDINGS) {
      const answer = client.call(line.name, paramsOf(line));
      if (FOR_BOTS.test(line.name)) assert.notEqual(typeof answer, 'string', line.name);
      else assert.equal(answer, 'BOT_METHOD_INVALID', line.name);
    }
  });

  test('count no stars, in the type of the layer', () => {
    const none: Readonly<Record<number, unknown>> = {
      185: 0n,
      194: 0n,
      195: { _: 'starsAmount', amount: 0n, nanos: 0 },
    };
    for (const [layer, balance] of Object.entries(none)) {
      const client = new Client(Number(layer));
      client.signIn('9996621234');
      const asked = { peer: { _: 'inputPeerSelf' }, offset: '', limit: 10 };
      const status = client.call('payments.getStarsTransactions', asked);
      assert.deepEqual(shaped(status, 'payments.starsStatus').balance, balance, layer);
    }
  });

  test('know the user by id and access_hash, and nobody else', () => {
    const client = new Client(current.number);
    const { user } = shaped(client.signIn('9996621234'), 'auth.authorization');
    const { id, access_hash } = shaped(user, 'user');
    assert.ok(typeof access_hash === 'bigint');
    const own = { _: 'inputUser', user_id: id, access_hash };
    const other = { ...own, access_hash: access_hash ^ 1n };
    assert.deepEqual(client.call('users.getUsers', { id: [own, other, { _: 'inputUserEmpty' }] }), [
      user,
      { _: 'userEmpty', id },
      { _: 'userEmpty', id: 0n },
    ]);
    shaped(client.call('users.getFullUser', { id: own }), 'users.userFull');
    assert.equal(client.call('users.getFullUser', { id: other }), 'USER_ID_INVALID');
  });

  test('remember whether the user is online', () => {
    const client = new Client(current.number);
    client.signIn('9996621234');
    const status = () => shaped(first(client.call('users.getUsers', { id: [SELF] })), 'user').status;
    assert.equal(status(), undefined);
    assert.equal(client.call('account.updateStatus', { offline: false }), true);
    assert.deepEqual(status(), { _: 'userStatusOnline', expires: NOW / 1000 + 300 });
    assert.equal(client.call('account.updateStatus', { offline: true }), true);
    assert.deepEqual(status(), { _: 'userStatusOffline', was_online: NOW / 1000 });
  });

  test('have one language, without strings', () => {
    const client = new Client(current.number);
    const wanted = { lang_pack: 'android', lang_code: 'en' };
    assert.deepEqual(client.call('langpack.getStrings', { ...wanted, keys: ['a', 'b'] }), [
      { _: 'langPackStringDeleted', key: 'a' },
      { _: 'langPackStringDeleted', key: 'b' },
    ]);
    for (const method of ['langpack.getLangPack', 'langpack.getLanguage'])
      assert.equal(client.call(method, { ...wanted, lang_code: 'xx' }), 'LANG_CODE_NOT_SUPPORTED');
    assert.deepEqual(client.call('langpack.getDifference', { ...wanted, from_version: 3 }), {
      _: 'langPackDifference',
      lang_code: 'en',
      from_version: 3,
      version: 3,
      strings: [],
    });
  });

  test('send the configuration of apps once', () => {
    const client = new Client(current.number);
    const { hash } = shaped(client.call('help.getAppConfig', { hash: 0 }), 'help.appConfig');
    assert.deepEqual(client.call('help.getAppConfig', { hash }), { _: 'help.appConfigNotModified' });
  });

  test('may come in any wrapper', () => {
    const client = new Client(current.number);
    const query = client.codec.encodeCall('help.getNearestDc', {});
    for (const [name, params] of [
      ['invokeWithTakeout', { takeout_id: 1n }],
      ['invokeWithMessagesRange', { range: { _: 'messageRange', min_id: 0, max_id: 1 } }],
      ['invokeWithReCaptcha', { token: 't' }],
      ['invokeWithApnsSecret', { nonce: 'n', secret: 's' }],
    ] as const)
      assert.equal(idOf(client.ask(client.codec.encodeLine(name, { ...params, query }))), 0x8e1a1775, name);
  });
});

test('an old initConnection is read, with the parameters that TDLib sends in it and without', () => {
  const strings = '0474657374000000013100000131000002656e000000000002656e00'; // device_model to lang_code
  const params = '9dd4c19915c4b51c00000000'; // an empty jsonObject
  const query = '2630b31f'; // help.getNearestDc
  for (const start of [`b888517800000000${'01000000'}${strings}`, `b888517802000000${'01000000'}${strings}${params}`])
    for (const init of [start, `a61d48c7${'01000000'}${strings}`])
      assert.equal(idOf(new Client(135).ask(fromHex(`0d0d9bda87000000${init}${query}`))), 0x8e1a1775, init);
});

test('an older method of another meaning is unknown, and logged with its id', () => {
  const old = new Client(133);
  // account.sendVerifyEmailCode#7011509f email:string, for Telegram Passport.
  const body = new Uint8Array([0x9f, 0x50, 0x11, 0x70, 1, 0x61, 0, 0]);
  const error = mtproto.decodeAny(old.ask(body));
  assert.ok(error._ === 'rpc_error');
  assert.equal(error.error_message, 'INPUT_METHOD_INVALID_1880182943_0');
  assert.equal(old.logged.at(-1), '#7011509f');
  assert.ok(parseSchema(serverText).functions.some(({ name }) => name === 'account.sendVerifyEmailCode'));
});
