/** The sandbox over real sockets, with the client side of the protocol core. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { UsageError } from '../../src/errors.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/tl/gzip.ts';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import { transportError } from '../../src/transport/errors.ts';
import { TRANSPORTS } from '../../src/transport/names.ts';
import { serverKey } from '../pair.ts';
import { refused, SEED, sendCode, TestClient, wrapped } from './client.ts';

const CONFIG = current.codec.encodeCall('help.getConfig', {});

const events: SandboxEvent[] = [];
let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ seed: 'tests', onEvent: (event) => events.push(event) });
});
after(() => sandbox.close());

describe('a login code', () => {
  for (const transport of TRANSPORTS)
    test(`auth.sendCall works over ${transport}, with Telegram's example`, async () => {
      const client = await TestClient.start(sandbox, { transport });
      assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
      client.close();
    });

  test('is sent at the current layer, resent, and called at layer 49, all with one key', async () => {
    const client = await TestClient.start(sandbox);
    const sent = await client.call(current, 'auth.sendCode', sendCode('+9996621234'));
    assert.ok(sent._ === 'auth.sentCode');
    assert.deepEqual(
      [sent.type, sent.next_type, sent.timeout],
      [{ _: 'auth.sentCodeTypeApp', length: 5 }, { _: 'auth.codeTypeCall' }, 60],
    );
    const asked = { phone_number: '9996621234', phone_code_hash: sent.phone_code_hash };
    const again = await client.call(current, 'auth.resendCode', asked);
    assert.ok(again._ === 'auth.sentCode');
    assert.equal(again.type._, 'auth.sentCodeTypeCall');
    assert.equal(await client.call(legacy, 'auth.sendCall', asked), true);
    assert.equal(await client.call(legacy, 'auth.sendSms', asked), true);
    assert.deepEqual(
      sandbox
        .said()
        .slice(-4)
        .map(({ delivery, code }) => `${delivery} ${code}`),
      ['app 22222', 'call 22222', 'call 22222', 'sms 22222'],
    );
    assert.equal(await client.call(current, 'auth.cancelCode', asked), true);
    await assert.rejects(client.call(current, 'auth.cancelCode', asked), refused('PHONE_CODE_EXPIRED'));
    client.close();
  });

  test('is sent at layer 49 too, where codes in the app have their own type', async () => {
    const client = await TestClient.start(sandbox);
    const ask = (phone_number: string) =>
      client.call(legacy, 'auth.sendCode', { phone_number, sms_type: 0, api_id: 1, api_hash: 'h', lang_code: 'en' });
    const inApp = await ask('9996621001');
    assert.deepEqual([inApp._, inApp.phone_registered, inApp.send_call_timeout], ['auth.sentAppCode', false, 60]);
    const bySms = await ask('9996622002');
    assert.deepEqual([bySms._, bySms.phone_registered], ['auth.sentCode', true]);
    await assert.rejects(ask('9996622006'), refused('UPDATE_APP_TO_LOGIN', 406));
    const checked = await client.call(legacy, 'auth.checkPhone', { phone_number: '9996621001' });
    assert.equal(checked.phone_registered, false);
    client.close();
  });

  test('belongs to the key that asked for it; with another key it has expired', async () => {
    const [one, other] = await Promise.all([TestClient.start(sandbox), TestClient.start(sandbox)]);
    const sent = await one.call(current, 'auth.sendCode', sendCode('9996621234'));
    assert.ok(sent._ === 'auth.sentCode');
    const asked = { phone_number: '9996621234', phone_code_hash: sent.phone_code_hash };
    await assert.rejects(other.call(current, 'auth.resendCode', asked), refused('PHONE_CODE_EXPIRED'));
    one.close();
    other.close();
  });

  test('is requested on the DC of the account', async () => {
    const here = await TestClient.start(sandbox, { dc: 2 });
    await assert.rejects(here.call(current, 'auth.sendCode', sendCode('9996611234')), refused('PHONE_MIGRATE_1', 303));
    const there = await TestClient.start(sandbox, { dc: 1 });
    const sent = await there.call(current, 'auth.sendCode', sendCode('9996611234'));
    assert.equal(sent._, 'auth.sentCode');
    assert.equal(sandbox.said().at(-1)?.code, '11111');
    here.close();
    there.close();
  });
});

describe('keys and sessions', () => {
  test('an unknown key gets transport error -404, and the connection is closed', async () => {
    const other = await TestClient.start(sandbox, { dc: 1 });
    const client = await TestClient.connect(sandbox, { dc: 2 });
    const channel = other.channel;
    assert.ok(channel);
    channel.send(wrapped(CONFIG, current.number));
    for (const payload of channel.flush()) client.send(payload);
    assert.equal(transportError(await client.next()), -404);
    await client.ended();
    other.close();
  });

  test('a wrong step of a key exchange gets -404', async () => {
    const client = await TestClient.connect(sandbox);
    client.send(new Uint8Array(40));
    assert.equal(transportError(await client.next()), -404);
    await client.ended();
  });

  test('a key exchange that names another DC gets -444; one that names the test network works', async () => {
    const client = await TestClient.connect(sandbox, { dc: 2, claims: 1 });
    await assert.rejects(client.exchange());
    const reason = 'The client gets transport error -444: it names another data centre.';
    assert.deepEqual(events.at(-1), { event: 'closed', dc: 2, reason });
    const testing = await TestClient.connect(sandbox, { dc: 2, claims: 10002 });
    assert.equal((await testing.exchange()).auth_key.length, 256);
    testing.close();
  });

  test('a session continues on a new connection, and unacknowledged answers are sent again', async () => {
    const first = await TestClient.start(sandbox);
    assert.equal(await first.call(legacy, 'auth.sendCall', SEED), true);
    const { channel } = first;
    assert.ok(channel);
    first.close();
    await first.ended();
    const second = await TestClient.connect(sandbox);
    second.resume(channel);
    assert.equal(await second.call(legacy, 'auth.sendCall', SEED), true);
    assert.ok(!second.events.some(({ _ }) => _ === 'salt' || _ === 'forgotten'));
    second.close();
  });

  test('a key can have another session, which begins with new_session_created', async () => {
    const first = await TestClient.connect(sandbox);
    const key = await first.exchange();
    first.begin(key);
    await first.ask(wrapped(CONFIG, current.number));
    const second = await TestClient.connect(sandbox);
    second.begin({ ...key, server_salt: 1n });
    assert.equal(current.codec.decodeAnswer('help.getConfig', await second.ask(CONFIG)).this_dc, 2);
    assert.ok(
      second.events.some(({ _ }) => _ === 'renamed'),
      'the wrong salt was refused first',
    );
    first.close();
    second.close();
  });

  test('a destroyed key is unknown afterwards', async () => {
    const client = await TestClient.start(sandbox);
    client.channel?.notify(mtproto.encodeCall('destroy_auth_key', {}));
    client.send(...(client.channel?.flush() ?? []));
    const names: (string | undefined)[] = [];
    while (!names.includes('destroy_auth_key_ok'))
      names.push(...(await client.messages()).map(({ body }) => mtproto.find(idOf(body))?.name));
    assert.ok(!names.includes('rpc_result'));
    await assert.rejects(client.ask(CONFIG));
  });

  test('a client that sends invalid data is disconnected; others are not affected', async () => {
    const good = await TestClient.start(sandbox);
    for (const nonsense of [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.padEnd(80),
      '\xee\xee\xee\xee\xff\xff\xff\x7f',
    ]) {
      const bad = await TestClient.connect(sandbox);
      bad.write(Buffer.from(nonsense, 'latin1'));
      await bad.ended();
    }
    assert.equal(events.at(-1)?.event, 'closed');
    assert.equal(await good.call(legacy, 'auth.sendCall', SEED), true);
    good.close();
  });
});

describe('an event', () => {
  test('has a request with its parameters and answer as JSON, without the api_hash', async () => {
    const client = await TestClient.start(sandbox);
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629012x')));
    const last = events.at(-1);
    assert.deepEqual(last, {
      event: 'request',
      dc: 2,
      method: 'auth.sendCode',
      layer: current.number,
      params: { phone_number: '9996629012x', api_id: 1, settings: { _: 'codeSettings' } },
      answer: { _: 'rpc_error', error_code: 400, error_message: 'PHONE_NUMBER_INVALID' },
    });
    assert.ok(!JSON.stringify(events).includes('a secret'));
    client.close();
  });

  test('has the text of a delivered code', async () => {
    const client = await TestClient.start(sandbox);
    await client.call(legacy, 'auth.sendCall', { phone_number: '9996629000', phone_code_hash: 'any' });
    const { text } = sandbox.said().at(-1) ?? {};
    assert.match(text ?? '', /Voice call: "Your code is 2 2 2 2 2/);
    assert.ok(events.some((event) => event.event === 'say' && event.text === text));
    client.close();
  });
});

describe('startSandbox', () => {
  test('makes the same key from the same seed', async () => {
    await using again = await startSandbox({ seed: 'tests', dcs: 1 });
    assert.equal(again.publicKey, sandbox.publicKey);
    assert.match(again.fingerprint, /^[0-9a-f]{16}$/);
    await using other = await startSandbox({ seed: 'other', dcs: 1 });
    assert.notEqual(other.publicKey, sandbox.publicKey);
  });

  test('uses consecutive ports, and frees them on close', async () => {
    const port = await freePair();
    for (let round = 0; round < 2; round++) {
      const running = await startSandbox({ port, key: serverKey });
      assert.deepEqual(running.dcs, [
        { id: 1, port },
        { id: 2, port: port + 1 },
      ]);
      await running.close();
    }
  });

  test('refuses a port in use and leaves nothing open', async () => {
    const [, second] = sandbox.dcs;
    assert.ok(second);
    await assert.rejects(startSandbox({ port: second.port, dcs: 1, key: serverKey }), UsageError);
  });

  test('serves an IPv6 address and marks it in the configuration', async () => {
    await using other = await startSandbox({ host: '::1', key: serverKey });
    const client = await TestClient.start(other);
    const { dc_options } = await client.call(current, 'help.getConfig', {});
    assert.deepEqual(
      dc_options.map(({ id, ip_address, port, ipv6 }) => ({ id, ip_address, port, ipv6 })),
      other.dcs.map(({ id, port }) => ({ id, ip_address: '::1', port, ipv6: true })),
    );
    const old = await client.call(legacy, 'help.getConfig', {});
    assert.ok(old.dc_options.every((option) => option.ipv6));
    client.close();
  });

  test('refuses invalid options, and other addresses than loopback unless `public` is set', async () => {
    await assert.rejects(startSandbox({ host: '0.0.0.0' }), UsageError);
    await assert.rejects(startSandbox({ host: 'localhost' }), UsageError);
    await assert.rejects(startSandbox({ dcs: 0 }), UsageError);
    const layers = startSandbox(JSON.parse('{ "layer": "x" }')); // as JavaScript may call it
    await assert.rejects(layers, /^UsageError: The layer must be legacy, current or both, not x\.$/);
    for (const port of [-1, 1.5, 65_536, Number.NaN]) {
      await assert.rejects(startSandbox({ port }), UsageError);
      await assert.rejects(startSandbox({ control: port }), UsageError);
    }
    await assert.rejects(startSandbox({ faults: ['nonsense'] }), /No fault named 'nonsense'/);
  });
});

/** Finds a port that is free together with the next one. */
async function freePair(): Promise<number> {
  for (;;) {
    const found = await startSandbox({ dcs: 2, key: serverKey });
    const [one] = found.dcs;
    await found.close();
    try {
      const tried = await startSandbox({ dcs: 2, port: one?.port ?? 0, key: serverKey });
      await tried.close();
      return one?.port ?? 0;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
}
