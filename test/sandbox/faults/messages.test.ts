/** Each fault of encrypted messages does what the table says and fails the check against it. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { RpcError, SecurityError, TlError } from '../../../src/errors.ts';
import { open } from '../../../src/mtproto/envelope.ts';
import { MESSAGE_FAULTS } from '../../../src/sandbox/faults/messages.ts';
import { legacy } from '../../../src/tl/layer.ts';
import { SEED, TestClient, wrapped } from '../client.ts';
import { answer, call, fault, nameOf, ready, resultOf, sandbox, testsAll, works } from '../faulty.ts';

describe('encrypted messages', () => {
  fault('wrong-salt', 'bad_server_salt comes, and the call is sent again', async (client) => {
    await works(client);
    assert.ok(client.events.some(({ _ }) => _ === 'renamed'));
    await works(await TestClient.connect(sandbox));
  });
  fault('gzip', 'results are packed', async (client) => {
    await works(client);
    const { result } = await resultOf(client, legacy.codec.encodeCall('auth.sendCall', SEED));
    assert.equal(nameOf(result), 'gzip_packed');
  });
  fault('containers', 'even a single message is in one', async (client) => {
    await works(client);
    const { message } = await answer(client);
    assert.equal(nameOf(message.body), 'msg_container');
    assert.ok(client.channel?.accept(message).some(({ _ }) => _ === 'pong'));
  });
  fault('reorder', 'answers that would share a container come in reverse order', async (client) => {
    await ready(client);
    client.channel?.send(wrapped(legacy.codec.encodeCall('auth.sendCall', SEED), 49));
    const { message } = await answer(client);
    const next = open(client.auth_key, 'server', await client.next());
    assert.deepEqual(
      [message, next].map(({ body }) => nameOf(body)),
      ['pong', 'rpc_result'].reverse(),
    );
    assert.equal(await call(client), true);
  });
  fault('unknown-constructor', 'is not a Bool', async (client) => {
    await ready(client);
    await assert.rejects(call(client), TlError);
    assert.equal(await call(client), true);
  });
  fault('rpc-error:420 FLOOD_WAIT_5@a2', 'comes as the second answer', async (client) => {
    await works(client);
    await assert.rejects(call(client), (error) => error instanceof RpcError && error.text === 'FLOOD_WAIT_5');
    assert.equal(await call(client), true);
  });
  fault('answer-id', 'answers another request', async (client) => {
    await ready(client);
    const query = wrapped(legacy.codec.encodeCall('auth.sendCall', SEED), 49);
    const [first, second] = [await resultOf(client, query), await resultOf(client, query)];
    assert.equal(first.req_msg_id, first.asked + 4n);
    assert.equal(second.req_msg_id, second.asked);
  });

  for (const [spec, check] of [
    ['auth-key-id', /auth_key_id/],
    ['msg-key', /msg_key/],
    ['flip-inside:8', /session_id/],
    ['session-id', /session_id/],
    ['even-msg-id', /msg_id is a server/],
    ['length', /length/],
    ['length:-4', /length/],
    ['short-padding', /padding/],
    ['long-padding', /padding/],
  ] as const)
    fault(spec, `fails the check of ${check.source}`, async (client) => {
      await ready(client);
      await assert.rejects(call(client), (error) => error instanceof SecurityError && check.test(error.check));
    });

  for (const spec of ['old-msg-id@a2', 'future-msg-id@a2'])
    fault(spec, 'is outside the time window', async (client) => {
      await works(client);
      const { message } = await answer(client);
      assert.deepEqual(client.channel?.accept(message), []);
      assert.equal(await call(client), true);
    });
  fault('same-msg-id@a3', 'is that of the payload before', async (client) => {
    await works(client);
    const [one, other] = [await answer(client), await answer(client)];
    assert.equal(other.message.msg_id, one.message.msg_id);
    client.channel?.accept(one.message);
    assert.deepEqual(client.channel?.accept(other.message), []);
  });
  fault('replay', 'is one request, sent twice before the answer', async (client) => {
    await ready(client);
    const query = wrapped(legacy.codec.encodeCall('auth.sendCall', SEED), 49);
    const { message } = await answer(client, query);
    const again = open(client.auth_key, 'server', await client.next());
    assert.equal(nameOf(message.body), 'msgs_state_req');
    assert.deepEqual(again, message);
    client.channel?.accept(message);
    client.channel?.accept(again);
    assert.equal(client.channel?.flush().length, 1);
    assert.equal(nameOf(open(client.auth_key, 'server', await client.next()).body), 'rpc_result');
  });
  fault('msg-key@auth.sendCall', 'comes with the first answer to this method', async (client) => {
    await ready(client);
    await client.call(legacy, 'help.getConfig', {});
    await assert.rejects(call(client), SecurityError);
  });
  fault('rpc-error:420 FLOOD_WAIT_5@auth.sendCall', 'is the first answer to this method', async (client) => {
    await ready(client);
    await client.call(legacy, 'help.getConfig', {});
    await assert.rejects(call(client), (error) => error instanceof RpcError && error.text === 'FLOOD_WAIT_5');
    await works(await TestClient.connect(sandbox));
  });
  testsAll(MESSAGE_FAULTS);
});
