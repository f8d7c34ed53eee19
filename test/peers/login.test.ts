/** mtcute's login against the sandbox, over every transport it has, without a warning from mtcute. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryStorage, tl } from '@mtcute/core';
import { type SandboxEvent, TEST_NUMBERS } from '../../src/sandbox/index.ts';
import { CODECS } from './mtcute.ts';
import { peerOf, requests, sandboxFor, sendCode, TIMEOUT } from './peer.ts';

const codecs = ['intermediate', 'padded', 'obfuscated intermediate', 'obfuscated padded'] as const;

test('every transport of mtcute is tested', () => assert.deepEqual(codecs, Object.keys(CODECS)));

for (const codec of codecs)
  describe(`over ${codec}`, TIMEOUT, () => {
    test('makes a key, gets the configuration, a code, and the code again', async () => {
      await using sandbox = await sandboxFor();
      await using peer = peerOf(sandbox, { codec });
      const { client } = peer;
      await client.connect();

      const config = await client.call({ _: 'help.getConfig' });
      assert.equal(config.thisDc, 2);
      assert.deepEqual(
        config.dcOptions.map(({ id, ipAddress, port }) => ({ id, ipAddress, port })),
        sandbox.dcs.map(({ id, port }) => ({ id, ipAddress: sandbox.host, port })),
      );

      const sent = await client.call(sendCode('+99966 2 1234'));
      assert.ok(sent._ === 'auth.sentCode');
      assert.deepEqual(
        [sent.type, sent.nextType, sent.timeout],
        [{ _: 'auth.sentCodeTypeApp', length: 5 }, { _: 'auth.codeTypeCall' }, 60],
      );
      const asked = { phoneNumber: '9996621234', phoneCodeHash: sent.phoneCodeHash };
      const again = await client.call({ _: 'auth.resendCode', ...asked });
      assert.ok(again._ === 'auth.sentCode');
      assert.deepEqual(again.type, { _: 'auth.sentCodeTypeCall', length: 5 });
      assert.equal(again.phoneCodeHash, sent.phoneCodeHash);
      assert.deepEqual(
        sandbox.said().map(({ delivery, code }) => `${delivery} ${code}`),
        ['app 22222', 'call 22222'],
      );
      assert.equal(await client.call({ _: 'auth.cancelCode', ...asked }), true);
      assert.deepEqual([peer.connections, peer.complaints], [1, []]);
    });

    test('follows a number to another DC', async () => {
      await using sandbox = await sandboxFor();
      await using peer = peerOf(sandbox, { codec });
      await peer.client.connect();
      assert.equal((await peer.client.call(sendCode('9996611234')))._, 'auth.sentCode');
      assert.equal(await peer.client.getPrimaryDcId(), 1);
      assert.equal(sandbox.said().at(-1)?.code, '11111');
      assert.deepEqual([peer.connections, peer.complaints], [2, []]);
    });

    test('makes another key if the data centre does not know the first', async () => {
      const storage = new MemoryStorage();
      {
        await using sandbox = await sandboxFor();
        await using peer = peerOf(sandbox, { codec, storage });
        await peer.client.connect();
        await peer.client.call({ _: 'help.getConfig' });
      }
      await using sandbox = await sandboxFor({ seed: 'another' });
      await using peer = peerOf(sandbox, { codec, storage });
      await peer.client.connect();
      assert.equal((await peer.client.call({ _: 'help.getConfig' })).thisDc, 2);
      assert.match(peer.complaints.join(), /transport error 404, reauthorizing/);
    });
  });

describe('one key', TIMEOUT, () => {
  test('works on the next connection, with the codes that it requested', async () => {
    const storage = new MemoryStorage();
    await using sandbox = await sandboxFor();
    let phoneCodeHash: string;
    {
      await using peer = peerOf(sandbox, { storage });
      await peer.client.connect();
      const sent = await peer.client.call(sendCode('9996621234'));
      assert.ok(sent._ === 'auth.sentCode');
      phoneCodeHash = sent.phoneCodeHash;
    }
    await using peer = peerOf(sandbox, { storage });
    await peer.client.connect();
    const again = await peer.client.call({ _: 'auth.resendCode', phoneNumber: '9996621234', phoneCodeHash });
    assert.equal(again._, 'auth.sentCode');
    assert.deepEqual([peer.connections, peer.complaints], [1, []]);
  });

  test('may be replaced by a temporary key, on each DC', async () => {
    const events: SandboxEvent[] = [];
    await using sandbox = await sandboxFor({ onEvent: (event) => events.push(event) });
    await using peer = peerOf(sandbox, { pfs: true });
    await peer.client.connect();
    assert.equal((await peer.client.call(sendCode('9996611234')))._, 'auth.sentCode');
    const bound = requests(events).filter(({ method }) => method === 'auth.bindTempAuthKey');
    assert.deepEqual(
      bound.map(({ dc, answer }) => [dc, answer]),
      [
        [2, true],
        [1, true],
      ],
    );
    assert.deepEqual([peer.connections, peer.complaints], [2, []]);
  });
});

describe('the sandbox understands', TIMEOUT, () => {
  test('a call compressed in the format that mtcute chose', async () => {
    const events: SandboxEvent[] = [];
    await using sandbox = await sandboxFor({ onEvent: (event) => events.push(event) });
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    const logoutTokens = [new Uint8Array(500)];
    const call = { ...sendCode('9996621234'), settings: { _: 'codeSettings', logoutTokens } } as const;
    assert.equal((await peer.client.call(call))._, 'auth.sentCode');
    const request = requests(events).find(({ method }) => method === 'auth.sendCode');
    assert.match(JSON.stringify(request?.params), /"logout_tokens":\["0{1000}"\]/);
    assert.deepEqual(peer.complaints, []);
  });

  test('a call in another wrapper', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    const config = await peer.client.call({ _: 'invokeWithoutUpdates', query: { _: 'help.getConfig' } });
    assert.equal(config._, 'config');
    assert.deepEqual(peer.complaints, []);
  });

  test('rpc_drop_answer', async () => {
    const abandon = new AbortController();
    await using sandbox = await sandboxFor({
      onEvent: (event) => {
        if (event.event === 'request' && event.method === 'auth.sendCode') abandon.abort();
      },
    });
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    await assert.rejects(peer.client.call(sendCode('9996621234'), { abortSignal: abandon.signal }), {
      name: 'AbortError',
    });
    assert.equal((await peer.client.call({ _: 'help.getConfig' })).thisDc, 2);
    assert.deepEqual([peer.connections, peer.complaints], [1, []]);
  });
});

describe('mtcute understands', TIMEOUT, () => {
  const TYPES = new Map([
    ['2001', 'auth.sentCodeTypeApp'],
    ['2002', 'auth.sentCodeTypeSms'],
    ['2003', 'auth.sentCodeTypeCall'],
    ['2004', 'auth.sentCodeTypeFlashCall'],
    ['2005', 'auth.sentCodeTypeMissedCall'],
    ['2006', 'auth.sentCodeTypeEmailCode'],
    ['2007', 'auth.sentCodeTypeFragmentSms'],
    ['2008', 'auth.sentCodeTypeSmsWord'],
    ['2009', 'auth.sentCodeTypeSmsPhrase'],
    ['2010', 'auth.sentCodeTypeFirebaseSms'],
    ['9216', 'auth.sentCodeTypeSetUpEmailRequired'],
  ]);

  test('every delivery method', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    for (const [yyyy, type] of TYPES) {
      const sent = await peer.client.call(sendCode(`999662${yyyy}`));
      assert.equal(sent._ === 'auth.sentCode' ? sent.type._ : sent._, type, yyyy);
    }
    const unpaid = await peer.client.call(sendCode('9996629116'));
    assert.equal(unpaid._, 'auth.sentCodePaymentRequired');
    assert.deepEqual(peer.complaints, []);
  });

  test('every final refusal', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    const refusals = TEST_NUMBERS.flatMap(({ yyyy, behaviour: { refusal } }) =>
      refusal?.of === 'everything' && refusal.code >= 400 && refusal.code < 420 ? [{ yyyy, ...refusal }] : [],
    );
    assert.ok(refusals.some(({ text }) => text === 'PHONE_NUMBER_INVALID'));
    for (const { yyyy, code, text } of refusals)
      await assert.rejects(peer.client.call(sendCode(`999662${yyyy}`)), (error) => {
        assert.ok(tl.RpcError.is(error));
        assert.deepEqual([error.code, error.text], [code, text]);
        return true;
      });
    await assert.rejects(
      peer.client.call(sendCode('9996629120')),
      (error) => tl.RpcError.is(error, 'FLOOD_WAIT_%d') && error.seconds === 76543,
    );
    assert.deepEqual(peer.complaints, []);
  });
});
