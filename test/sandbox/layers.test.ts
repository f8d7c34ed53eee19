/** Wrappers, layers and unknown methods. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fromLe32 } from '../../src/bytes.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { codecOf } from '../../src/sandbox/layers/schema.ts';
import { idOf, pack } from '../../src/tl/gzip.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { serverKey } from '../pair.ts';
import { refused, SEED, sendCode, TestClient, wrapped } from './client.ts';

const CONFIG = current.codec.encodeCall('help.getConfig', {});

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ key: serverKey });
});
after(() => sandbox.close());

describe('a call', () => {
  const start = () => TestClient.start(sandbox);

  test('is refused before initConnection', async () => {
    const client = await start();
    await assert.rejects(client.ask(CONFIG), refused('CONNECTION_NOT_INITED'));
    await assert.rejects(
      client.ask(current.codec.encodeCall('invokeWithLayer', { layer: current.number, query: CONFIG })),
      refused('CONNECTION_NOT_INITED'),
    );
    await client.ask(wrapped(CONFIG, current.number));
    assert.equal(current.codec.decodeAnswer('help.getConfig', await client.ask(CONFIG)).this_dc, 2);
    client.close();
  });

  for (const [field, value, text] of [
    ['api_id', 0, 'CONNECTION_API_ID_INVALID'],
    ['device_model', '', 'CONNECTION_DEVICE_MODEL_EMPTY'],
    ['system_version', '', 'CONNECTION_SYSTEM_EMPTY'],
    ['app_version', '', 'CONNECTION_APP_VERSION_EMPTY'],
  ] as const)
    test(`is refused if ${field} is ${value === '' ? 'empty' : value}`, async () => {
      const client = await start();
      for (const layer of [49, current.number])
        await assert.rejects(client.ask(wrapped(CONFIG, layer, { [field]: value })), refused(text));
      client.close();
    });

  test('is refused if initConnection comes without a valid layer', async () => {
    const client = await start();
    const init = current.codec.decodeCall(wrapped(CONFIG, current.number));
    assert.ok(init._ === 'invokeWithLayer');
    await assert.rejects(client.ask(init.query), refused('CONNECTION_LAYER_INVALID'));
    for (const layer of [0, -1, 1_000_000])
      await assert.rejects(client.ask(wrapped(CONFIG, layer)), refused('CONNECTION_LAYER_INVALID'));
    client.close();
  });

  test('is answered in the legacy schema up to layer 49, and in the lines of its layer above', async () => {
    const client = await start();
    for (const [layer, id] of [
      [133, 0x330b4067],
      [153, 0x232566ac],
      [223, 0xcc1a241e],
      [240, 0xcc1a241e],
    ] as const) {
      const answer = await client.ask(wrapped(CONFIG, layer));
      assert.equal(idOf(answer), id, `layer ${layer}`);
      const config = codecOf(layer).decodeAnswer('help.getConfig', answer);
      assert.ok(config.dc_options.every(({ this_port_only }) => this_port_only === true));
    }
    const config = legacy.codec.decodeAnswer('help.getConfig', await client.ask(wrapped(CONFIG, 45)));
    assert.deepEqual(
      config.dc_options.map(({ id, port }) => ({ id, port })),
      sandbox.dcs,
    );
    client.close();
  });

  test('may be in several wrappers', async () => {
    const client = await start();
    let query = CONFIG;
    query = current.codec.encodeCall('invokeWithoutUpdates', { query });
    query = current.codec.encodeCall('invokeAfterMsg', { msg_id: 4n, query });
    query = current.codec.encodeCall('invokeAfterMsgs', { msg_ids: [4n, 8n], query });
    assert.equal(
      current.codec.decodeAnswer('help.getConfig', await client.ask(wrapped(query, current.number))).this_dc,
      2,
    );
    for (let i = 0; i < 10; i++) query = current.codec.encodeCall('invokeWithoutUpdates', { query });
    await assert.rejects(client.ask(wrapped(query, current.number)), refused('INPUT_FETCH_FAIL'));
    client.close();
  });

  test('may be packed inside its wrappers, up to one mebibyte in all', async () => {
    const client = await start();
    const config = await client.ask(wrapped(pack(CONFIG), current.number));
    assert.equal(current.codec.decodeAnswer('help.getConfig', config).this_dc, 2);
    const most = wrapped(pack(new Uint8Array(1 << 20)), current.number);
    await assert.rejects(client.ask(most), refused('INPUT_METHOD_INVALID_0_0'));
    await assert.rejects(client.ask(pack(most)), refused('INPUT_FETCH_FAIL'));
    client.close();
  });

  test('may be packed at every depth, and more than once', async () => {
    const client = await start();
    const { encodeCall } = current.codec;
    const wrappers = [
      (query: Uint8Array) => query,
      (query: Uint8Array) => encodeCall('invokeWithoutUpdates', { query }),
      (query: Uint8Array) => encodeCall('invokeAfterMsg', { msg_id: 4n, query }),
      (query: Uint8Array) => encodeCall('invokeAfterMsgs', { msg_ids: [4n, 8n], query }),
    ];
    const init = (query: Uint8Array) => {
      const layer = current.codec.decodeCall(wrapped(query, current.number));
      assert.ok(layer._ === 'invokeWithLayer');
      return layer.query;
    };
    const withLayer = (query: Uint8Array) => encodeCall('invokeWithLayer', { layer: current.number, query });
    for (const wrap of wrappers)
      for (const query of [
        withLayer(init(wrap(pack(CONFIG)))),
        withLayer(init(pack(wrap(CONFIG)))),
        withLayer(pack(init(wrap(CONFIG)))),
        pack(withLayer(init(wrap(CONFIG)))),
        pack(withLayer(pack(init(pack(wrap(pack(CONFIG))))))),
        pack(pack(withLayer(init(pack(pack(pack(wrap(CONFIG)))))))),
      ])
        assert.equal(current.codec.decodeAnswer('help.getConfig', await client.ask(query)).this_dc, 2);
    client.close();
  });

  test('of an unknown method is refused with its id; with invalid arguments, without', async () => {
    const client = await start();
    await client.ask(wrapped(CONFIG, current.number));
    const gone = legacy.codec.encodeCall('auth.sendCall', SEED);
    await assert.rejects(client.ask(gone), refused('INPUT_METHOD_INVALID_63247716_0'));
    await assert.rejects(client.call(current, 'updates.getState', {}), refused('AUTH_KEY_UNREGISTERED', 401));
    const unknown = fromLe32(0x13371337);
    await assert.rejects(client.ask(unknown), refused(`INPUT_METHOD_INVALID_${idOf(unknown)}_0`));
    const cut = current.codec.encodeCall('auth.sendCode', sendCode('9996621234'));
    await assert.rejects(client.ask(cut.subarray(0, cut.length - 4)), refused('INPUT_FETCH_FAIL'));
    client.close();
  });

  test('may have the id of another layer than the declared one, unless the sandbox is strict', async () => {
    const events: SandboxEvent[] = [];
    const onEvent = (event: SandboxEvent) => events.push(event);
    await using tolerant = await startSandbox({ key: serverKey, onEvent });
    await using strict = await startSandbox({ key: serverKey, strict: true });
    const query = codecOf(133).encodeLine('auth.resendCode', SEED);
    assert.notEqual(idOf(query), idOf(current.codec.encodeCall('auth.resendCode', SEED)));
    const client = await TestClient.start(tolerant);
    const sent = current.codec.decodeAnswer('auth.resendCode', await client.ask(wrapped(query, current.number)));
    assert.equal(sent._, 'auth.sentCode');
    const [tolerated, ...more] = events.filter(({ event }) => event === 'tolerated');
    assert.ok(tolerated?.event === 'tolerated' && tolerated.deviation === 'other-layer' && more.length === 0);
    const careful = await TestClient.start(strict);
    await assert.rejects(careful.ask(wrapped(query, current.number)), refused(`INPUT_METHOD_INVALID_${idOf(query)}_0`));
    await careful.ask(wrapped(query, 133));
  });

  test('of an application without an api_hash is refused', async () => {
    const client = await start();
    const asked = client.call(current, 'auth.sendCode', { ...sendCode('9996621234'), api_hash: '' });
    await assert.rejects(asked, refused('API_ID_INVALID'));
    client.close();
  });

  test('help.getNearestDc returns the DC that was asked', async () => {
    const client = await TestClient.start(sandbox, { dc: 1 });
    const { this_dc, nearest_dc } = await client.call(current, 'help.getNearestDc', {});
    assert.deepEqual([this_dc, nearest_dc], [1, 1]);
    client.close();
  });
});

describe('layers that are not served', () => {
  test('with `current`, legacy methods are unknown and layer 49 cannot sign in', async () => {
    await using modern = await startSandbox({ layer: 'current', key: serverKey });
    const client = await TestClient.start(modern);
    await assert.rejects(client.call(legacy, 'auth.sendCall', SEED), refused('INPUT_METHOD_INVALID_63247716_0'));
    await assert.rejects(
      client.call(legacy, 'auth.sendCode', {
        phone_number: '9996621234',
        sms_type: 0,
        api_id: 1,
        api_hash: 'h',
        lang_code: '',
      }),
      refused('UPDATE_APP_TO_LOGIN', 406),
    );
    assert.equal((await client.call(legacy, 'help.getConfig', {})).this_dc, 2);
    const sent = await client.call(current, 'auth.resendCode', SEED);
    assert.ok(sent._ === 'auth.sentCode');
    assert.equal(sent.type._, 'auth.sentCodeTypeCall');
  });

  test('with `legacy`, layers above 49 are refused', async () => {
    await using past = await startSandbox({ layer: 'legacy', key: serverKey });
    const client = await TestClient.start(past);
    await assert.rejects(client.call(current, 'help.getConfig', {}), refused('CONNECTION_LAYER_INVALID'));
    assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
  });
});
