/** mtcute through the sandbox's MTProxies and over its WebSocket, without a complaint. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, test } from 'node:test';
import {
  BaseMtProxyTransport,
  IntermediatePacketCodec,
  type MtProxySettings,
  ObfuscatedPacketCodec,
  type TelegramTransport,
} from '@mtcute/core';
import { createWebSocketStream, WebSocket } from 'ws';
import type { SandboxEvent } from '../../src/sandbox/index.ts';
import { connect, StreamConnection } from './mtcute.ts';
import { peerOf, requests, sandboxFor, sendCode, TIMEOUT } from './peer.ts';

const KEY = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
const DOMAIN = Buffer.from('www.example.com').toString('hex');

class MtProxyTransport extends BaseMtProxyTransport {
  _connectTcp({ address, port }: Pick<MtProxySettings, 'host' | 'port'> & { readonly address: string }) {
    return connect(address, port);
  }
}

describe('mtcute', TIMEOUT, () => {
  for (const [kind, mtproxy] of [
    ['plain', KEY],
    ['padded', `dd${KEY}`],
    ['fake TLS', `ee${KEY}${DOMAIN}`],
  ] as const) {
    test(`asks for a code through an MTProxy, ${kind}, and on another DC`, async () => {
      const events: SandboxEvent[] = [];
      await using sandbox = await sandboxFor({ mtproxy: [mtproxy], onEvent: (event) => events.push(event) });
      const transport = new MtProxyTransport({
        host: sandbox.host,
        port: sandbox.proxies[0]?.port ?? 0,
        secret: mtproxy,
      });
      await using peer = peerOf(sandbox, { transport });
      await peer.client.connect();
      for (const dc of [2, 1]) {
        assert.equal((await peer.client.call(sendCode(`99966${dc}1234`)))._, 'auth.sentCode');
        assert.equal(requests(events).at(-1)?.dc, dc);
      }
      assert.deepEqual(peer.complaints, []);
    });

    test(`is refused with another secret, ${kind}`, async () => {
      const events = new EventEmitter();
      const closed = once(events, 'closed');
      const onEvent = (event: SandboxEvent) => void events.emit(event.event, event);
      await using sandbox = await sandboxFor({ mtproxy: [mtproxy], onEvent });
      const [proxy] = sandbox.proxies;
      const secret = mtproxy.replace(KEY, KEY.replace('f0', 'f1'));
      const transport = new MtProxyTransport({ host: sandbox.host, port: proxy?.port ?? 0, secret });
      await using peer = peerOf(sandbox, { transport });
      const failed = peer.client.call(sendCode('9996621234')).catch((error: unknown) => error);
      const [{ proxy: port }] = await closed;
      assert.equal(port, proxy?.port);
      await peer.close();
      assert.ok((await failed) instanceof Error);
    });
  }

  test('asks for a code over WebSocket', async () => {
    await using sandbox = await sandboxFor();
    const transport: TelegramTransport = {
      async connect({ ipAddress, port }) {
        const socket = new WebSocket(`ws://${ipAddress}:${port}/apiws`, ['binary']);
        await once(socket, 'open');
        return new StreamConnection(createWebSocketStream(socket));
      },
      packetCodec: () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()),
    };
    await using peer = peerOf(sandbox, { transport });
    await peer.client.connect();
    assert.equal((await peer.client.call(sendCode('9996611234')))._, 'auth.sentCode');
    assert.equal(sandbox.said().at(-1)?.code, '11111');
    assert.deepEqual(peer.complaints, []);
  });
});
