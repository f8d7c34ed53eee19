/** A hostile server with our key: a call ends with its answer or an error, and is not sent forever. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import { closed } from '../loopback.ts';
import { clientAt, sendCall } from './fixture.ts';
import { type Incoming, KNOWN, type Peer, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

const servers: ScriptedServer[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function clientOf(onMessage: (message: Incoming, peer: Peer) => void, { deadline = 20, state = KNOWN } = {}) {
  const server = await startScriptedServer(onMessage);
  servers.push(server);
  return { server, ...clientAt(server, { state, deadline }) };
}

const TRUE = legacy.codec.encodeAnswer('auth.sendCall', true);
const UPDATE = current.codec.encode({ _: 'updateShort', update: { _: 'updateLoginToken' }, date: 0 });
const answer = (peer: Peer, req_msg_id: bigint) => peer.send({ _: 'rpc_result', req_msg_id, result: TRUE });
const repeatable = { repeatable: true };

describe('a call that the server always', () => {
  const tricks: Record<string, { once: string; again: string; trick: (message: Incoming, peer: Peer) => void }> = {
    'refuses for its salt': {
      once: 'MESSAGE_REFUSED',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { send }) =>
        send({ _: 'bad_server_salt', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: msg_id }),
    },
    'refuses for our clock': {
      once: 'MESSAGE_REFUSED',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { send }) =>
        send({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 17 }),
    },
    'refuses for its seq_no': {
      once: 'MESSAGE_REFUSED',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { send }) =>
        send({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 32 }),
    },
    'reports as too old': {
      once: 'ANSWER_LOST',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { send }) =>
        send({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 20 }),
    },
    'loses, with its session': {
      once: 'ANSWER_LOST',
      again: 'MESSAGE_REFUSED',
      trick({ msg_id }, { send }) {
        for (const unique_id of [1n, msg_id])
          send({
            _: 'new_session_created',
            first_msg_id: msg_id + BigInt(unique_id === msg_id),
            unique_id,
            server_salt: 7n,
          });
      },
    },
  };
  for (const [name, { once, again, trick }] of Object.entries(tricks))
    test(name, async () => {
      let calls = 0;
      const { client } = await clientOf((message, peer) => {
        if (message.name !== 'call') return;
        calls++;
        trick(message, peer);
      });
      await assert.rejects(sendCall(client), { type: once });
      await assert.rejects(client.call(current, 'help.getConfig', {}, repeatable), { type: again });
      assert.ok(calls <= 12, `${calls} times`);
      client.close();
    });
});

test('an answer arrives through a flood of everything else', async () => {
  const ids = Array.from({ length: 5000 }, (_, i) => BigInt(4 * i));
  const { client } = await clientOf(({ name, msg_id }, peer) => {
    if (name !== 'call') return;
    const { send } = peer;
    for (let i = 0; i < 60; i++) {
      const answer_msg_id = BigInt(i);
      send({ _: 'bad_server_salt', bad_msg_id: 4n, bad_msg_seqno: 1, error_code: 48, new_server_salt: 1n });
      send({ _: 'bad_msg_notification', bad_msg_id: 8n, bad_msg_seqno: 1, error_code: 32 });
      send({ _: 'msg_detailed_info', msg_id: 4n, answer_msg_id, bytes: 4, status: 0 });
      send({ _: 'msg_new_detailed_info', answer_msg_id, bytes: 4, status: 0 });
      send({ _: 'rpc_result', req_msg_id: 4n, result: TRUE });
      send({ _: 'msgs_state_info', req_msg_id: 4n, info: new Uint8Array(8) });
      send({ _: 'pong', msg_id: 4n, ping_id: 4n });
      send(UPDATE);
    }
    for (let i = 0; i < 5; i++) {
      send({ _: 'msgs_state_req', msg_ids: ids });
      send({ _: 'msg_resend_req', msg_ids: [...ids, msg_id] });
      send({ _: 'msgs_ack', msg_ids: ids });
    }
    answer(peer, msg_id);
  });
  assert.equal(await sendCall(client), true);
  client.close();
});

test('a server that requests more than it reads is disconnected', async () => {
  const { client, server } = await clientOf(({ name, msg_id }, { connection, socket, send }) => {
    if (connection > 0) socket.destroy();
    else if (name === 'call') {
      socket.pause();
      for (let i = 0; i < 100; i++) send({ _: 'msg_resend_req', msg_ids: [msg_id] });
    }
  });
  const phone_code_hash = 'x'.repeat(500_000);
  const lost = client.call(legacy, 'auth.sendCall', { phone_number: '1', phone_code_hash });
  await assert.rejects(lost, { type: 'CONNECTION_CLOSED' });
  assert.equal(server.sockets.length, 4);
  client.close();
});

test('a server that sends without end and never answers is disconnected at the deadline', async () => {
  const { client, server } = await clientOf(
    ({ name }, { socket, send }) => {
      if (name !== 'call') return;
      const flood = () => {
        if (socket.destroyed) return;
        if (!socket.writableNeedDrain) send(UPDATE);
        setImmediate(flood);
      };
      flood();
    },
    { deadline: 0.5 },
  );
  await assert.rejects(sendCall(client), { type: 'TIMEOUT' });
  const [socket] = server.sockets;
  if (socket?.destroyed === false) await closed(socket);
});

describe('a request for later salts', () => {
  const salt = (valid_since: number, valid_until: number, value: bigint) =>
    ({ _: 'future_salt', valid_since, valid_until, salt: value }) as const;
  const FOREVER = 2 ** 31 - 1;
  const refusal = (msg_id: bigint, error_code: number) =>
    ({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 0, error_code }) as const;
  const told = (req_msg_id: bigint, salts: ReturnType<typeof salt>[]) => ({
    _: 'future_salts' as const,
    req_msg_id,
    now: 0,
    salts,
  });
  type Answer = Parameters<Peer['send']>[0];
  const error = { _: 'rpc_error', error_code: 400, error_message: 'METHOD_INVALID' } as const;
  const answers: Readonly<Record<string, (msg_id: bigint) => readonly Answer[]>> = {
    'never answered': () => [],
    'answered with an error': (msg_id) => [{ _: 'rpc_result', req_msg_id: msg_id, result: mtproto.encode(error) }],
    'refused with every code': (id) => [16, 17, 18, 19, 20, 32, 33, 34, 35, 64].map((code) => refusal(id, code)),
    'answered with 20,000 salts': (id) => [
      told(
        id,
        Array.from({ length: 20_000 }, (_, i) => salt(i, i + 1, 1n)),
      ),
    ],
    'answered with salts of the past and of all times': (id) => [
      told(id, [salt(-FOREVER, 0, 1n), salt(5, 4, 2n), salt(0, FOREVER, 3n), salt(1, FOREVER, 4n)]),
    ],
    'answered twice, and for another request': (id) => [told(id, []), told(id, []), told(id + 4n, [salt(0, 1, 1n)])],
  };
  for (const [how, make] of Object.entries(answers))
    test(`harms no call when it is ${how}`, async () => {
      const server = ({ name, msg_id }: Incoming, peer: Peer) => {
        if (name === 'get_future_salts') for (const each of make(msg_id)) peer.send(each);
        else if (name === 'call') answer(peer, msg_id);
      };
      const { client } = await clientOf(server);
      assert.equal(await sendCall(client), true);
      client.close();
      assert.ok((client.state.keys[2]?.salts?.length ?? 0) <= 64 * 16);
      const later = await clientOf(server, { state: client.state });
      assert.equal(await sendCall(later.client), true);
      later.client.close();
    });

  test('is made again when the server refuses a salt that it announced', async () => {
    const requests: string[] = [];
    const { client, server } = await clientOf(({ name, msg_id }, peer) => {
      requests.push(name);
      if (name === 'get_future_salts') peer.send(told(msg_id, [salt(0, FOREVER, 5n)]));
      else answer(peer, msg_id);
    });
    await sendCall(client);
    client.close();
    server.close();
    let refused = false;
    const later = await clientOf(
      ({ name, msg_id }, { send, ...peer }) => {
        requests.push(name);
        const about = { bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: 9n };
        if (name === 'call' && refused) answer({ send, ...peer }, msg_id);
        else if (name === 'call') send({ _: 'bad_server_salt', ...about });
        refused ||= name === 'call';
      },
      { state: client.state },
    );
    assert.equal(await sendCall(later.client), true);
    later.client.close();
    assert.deepEqual(requests, ['get_future_salts', 'call', 'call', 'call', 'get_future_salts']);
    const { server_salt, salts } = later.client.state.keys[2] ?? {};
    assert.deepEqual([server_salt, salts], [9n, undefined]);
  });
});

describe('after a break', () => {
  test('the question what became of a call is sent again if its salt is refused', async () => {
    const received: string[] = [];
    const { client } = await clientOf(({ name, msg_id }, peer) => {
      if (name === 'get_future_salts') return;
      received.push(`${peer.connection} ${name}`);
      const { connection, socket, send } = peer;
      if (name === 'call' && connection === 0) socket.destroy();
      else if (name === 'call') answer(peer, msg_id);
      else if (name === 'msgs_state_req' && received.filter((each) => each.endsWith(name)).length === 1)
        send({ _: 'bad_server_salt', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: 8n });
      else if (name === 'msgs_state_req') send({ _: 'msgs_state_info', req_msg_id: msg_id, info: Uint8Array.of(2) });
    });
    assert.equal(await sendCall(client), true);
    assert.deepEqual(received, ['0 call', '1 msgs_state_req', '1 msgs_state_req', '1 call']);
    client.close();
  });

  test('without an answer to that question, the call ends in ANSWER_LOST', async () => {
    const { client } = await clientOf(({ name, msg_id }, { connection, socket, send }) => {
      if (name === 'call' && connection === 0) socket.destroy();
      if (name === 'msgs_state_req')
        send({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 64 });
    });
    await assert.rejects(sendCall(client), { type: 'ANSWER_LOST' });
    client.close();
  });

  test('without pending calls, the next call connects again', async () => {
    const { client, server } = await clientOf(({ name, msg_id }, peer) => {
      if (name === 'call') answer(peer, msg_id);
      // The next call may go out before the client has noticed the break. Then it asks about that call: not received.
      if (name === 'msgs_state_req') peer.send({ _: 'msgs_state_info', req_msg_id: msg_id, info: Uint8Array.of(3) });
    });
    for (let n = 1; n <= 3; n++) {
      assert.equal(await sendCall(client), true);
      assert.equal(server.sockets.length, n);
      server.sockets[n - 1]?.end();
      await closed(server.sockets[n - 1] ?? assert.fail('no socket'));
    }
    client.close();
  });
});

test('hundreds of concurrent calls are all answered although the salt of each is refused', async () => {
  let calls = 0;
  const { client } = await clientOf(({ name, msg_id }, peer) => {
    const bad = { bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48 };
    if (name === 'call' && ++calls <= 300) peer.send({ _: 'bad_server_salt', ...bad, new_server_salt: 9n });
    else if (name === 'call') answer(peer, msg_id);
  });
  const answers = await Promise.all(Array.from({ length: 300 }, () => sendCall(client)));
  assert.ok(answers.every((each) => each));
  assert.equal(calls, 600);
  client.close();
});
