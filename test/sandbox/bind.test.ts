/** Temporary keys: useless before they are bound, equal to the permanent key afterwards. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BindAuthKeyInner, sealBinding } from '../../src/mtproto/bind.ts';
import { Datacentre, type KnownClient } from '../../src/sandbox/datacentre.ts';
import { codecOf } from '../../src/sandbox/layers/schema.ts';
import { seededRandom } from '../../src/sandbox/random.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { idOf, unpacker } from '../../src/tl/gzip.ts';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import { NOW, serverKey } from '../pair.ts';
import { wrapped } from './client.ts';

describe('a temporary key', () => {
  function setUp() {
    let time = NOW;
    const now = () => time;
    const random = seededRandom('binding');
    const world = createWorld({ dcs: 2, now, random });
    const dc = new Datacentre({
      id: 2,
      dcs: [],
      key: serverKey,
      world,
      mode: 'both',
      strict: false,
      random,
      now,
      report: () => {},
    });
    const add = (expires_in: number | undefined) =>
      dc.add({ auth_key: random(256), server_salt: 0n, expires_in, answer: new Uint8Array(0) });
    const [permanent, temporary] = [add(undefined), add(600)];
    const where = { msg_id: 4n, session_id: 9n, tolerates: () => false };
    const ask = (client: KnownClient, query: Uint8Array) => {
      const result = dc.answer(client, { body: query, unpack: unpacker() }, where);
      return idOf(result) === 0x2144ca19 ? mtproto.decode('RpcError', result).error_message : result;
    };
    const binding = (
      client: KnownClient,
      changed: Partial<BindAuthKeyInner> = {},
      msg_id = where.msg_id,
      key = permanent,
    ) => {
      const named = { perm_auth_key_id: key.auth_key_id, nonce: 5n, expires_at: Math.floor(NOW / 1000) + 600 };
      const inner = {
        _: 'bind_auth_key_inner',
        ...named,
        temp_auth_key_id: client.auth_key_id,
        temp_session_id: where.session_id,
        ...changed,
      } as const;
      const encrypted_message = sealBinding(key.auth_key, { msg_id, inner }, random);
      return ask(
        client,
        current.codec.encodeCall('auth.bindTempAuthKey', {
          ...named,
          ...(changed.expires_at && { expires_at: changed.expires_at }),
          encrypted_message,
        }),
      );
    };
    return {
      dc,
      permanent,
      temporary,
      add,
      ask,
      binding,
      pass: (seconds: number) => {
        time += seconds * 1000;
      },
    };
  }

  test('is refused before it is bound, and has the codes of the permanent key afterwards', () => {
    const { permanent, temporary, ask, binding } = setUp();
    const sendCode = { phone_number: '9996621234', sms_type: 0, api_id: 1, api_hash: 'h', lang_code: 'en' };
    const sent = ask(permanent, wrapped(legacy.codec.encodeCall('auth.sendCode', sendCode), 49));
    assert.ok(sent instanceof Uint8Array);
    const { phone_code_hash } = legacy.codec.decodeAnswer('auth.sendCode', sent);
    const call = wrapped(legacy.codec.encodeCall('auth.sendCall', { phone_number: '9996621234', phone_code_hash }), 49);
    assert.equal(ask(temporary, call), 'AUTH_KEY_PERM_EMPTY');
    for (let i = 0; i < 2; i++) assert.deepEqual(binding(temporary), mtproto.encode({ _: 'boolTrue' }));
    assert.deepEqual(ask(temporary, call), mtproto.encode({ _: 'boolTrue' }));
  });

  test('is not bound by a message with other values', () => {
    const { temporary, binding } = setUp();
    for (const changed of [{ nonce: 6n }, { temp_auth_key_id: 1n }, { temp_session_id: 1n }])
      assert.equal(binding(temporary, changed), 'ENCRYPTED_MESSAGE_INVALID');
    assert.equal(binding(temporary, {}, 8n), 'ENCRYPTED_MESSAGE_INVALID');
    assert.equal(binding(temporary, { expires_at: 1 }), 'EXPIRES_AT_INVALID');
  });

  test('is bound only once, only if it is temporary, and only to a permanent key', () => {
    const { permanent, temporary, add, binding } = setUp();
    assert.equal(binding(permanent), 'TEMP_AUTH_KEY_EMPTY');
    assert.equal(binding(temporary, {}, 4n, add(600)), 'ENCRYPTED_MESSAGE_INVALID');
    binding(temporary);
    assert.equal(binding(temporary, {}, 4n, add(undefined)), 'TEMP_AUTH_KEY_ALREADY_BOUND');
  });

  test('is unknown after its permanent key drops it, unless it is excepted', () => {
    const { dc, permanent, temporary, add, ask, binding } = setUp();
    const kept = add(600);
    const stranger = add(600);
    for (const key of [temporary, kept]) assert.deepEqual(binding(key), current.codec.encodeAs('Bool', true));
    const drop = codecOf(current.number).encodeCall('auth.dropTempAuthKeys', { except_auth_keys: [kept.auth_key_id] });
    assert.deepEqual(ask(permanent, wrapped(drop, current.number)), current.codec.encodeAs('Bool', true));
    const known = [permanent, temporary, kept, stranger].filter((key) => dc.client(key.auth_key_id) === key);
    assert.deepEqual(known, [permanent, kept, stranger]);
  });

  test('is unknown after it expires', () => {
    const { dc, permanent, temporary, pass } = setUp();
    pass(599);
    assert.equal(dc.client(temporary.auth_key_id), temporary);
    pass(1);
    assert.equal(dc.client(temporary.auth_key_id), undefined);
    assert.equal(dc.client(permanent.auth_key_id), permanent);
  });
});
