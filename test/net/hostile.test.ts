/** A server that holds our key and plays tricks: whatever it says, a call ends with its answer or an error, and does not go out for ever. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { current, legacy } from '../../src/tl/layer.ts';
import { clientAt, sendCall } from './fixture.ts';
import { type Heard, KNOWN, type Stage, startStage, type Voice } from './stage.ts';

const stages: Stage[] = [];
after(() => {
  for (const stage of stages) stage.close();
});

async function clientOf(play: (heard: Heard, voice: Voice) => void, deadline = 20) {
  const stage = await startStage(play);
  stages.push(stage);
  return { stage, ...clientAt(stage, { state: KNOWN, deadline }) };
}

const TRUE = legacy.codec.encodeAnswer('auth.sendCall', true);
const UPDATE = current.codec.encode({ _: 'updatesTooLong' });
const answer = (voice: Voice, req_msg_id: bigint) => voice.say({ _: 'rpc_result', req_msg_id, result: TRUE });
const repeatable = { repeatable: true };

describe('a call that the server never lets be', () => {
  const tricks: Record<string, { once: string; again: string; trick: (heard: Heard, voice: Voice) => void }> = {
    'refuses for its salt': {
      once: 'MESSAGE_REFUSED',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { say }) =>
        say({ _: 'bad_server_salt', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: msg_id }),
    },
    'refuses for our clock': {
      once: 'MESSAGE_REFUSED',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { say }) =>
        say({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 17 }),
    },
    'refuses for its seq_no': {
      once: 'MESSAGE_REFUSED',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { say }) =>
        say({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 32 }),
    },
    'calls too old': {
      once: 'ANSWER_LOST',
      again: 'MESSAGE_REFUSED',
      trick: ({ msg_id }, { say }) =>
        say({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 20 }),
    },
    'loses, with its session': {
      once: 'ANSWER_LOST',
      again: 'MESSAGE_REFUSED',
      trick({ msg_id }, { say }) {
        for (const unique_id of [1n, msg_id])
          say({
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
      const { client } = await clientOf((heard, voice) => {
        if (heard.name !== 'call') return;
        calls++;
        trick(heard, voice);
      });
      await assert.rejects(sendCall(client), { type: once });
      await assert.rejects(client.call(current, 'help.getConfig', {}, repeatable), { type: again });
      assert.ok(calls <= 12, `${calls} times`);
      client.close();
    });
});

test('an answer comes through a flood of everything else', async () => {
  const ids = Array.from({ length: 5000 }, (_, i) => BigInt(4 * i));
  const { client } = await clientOf(({ name, msg_id }, voice) => {
    if (name !== 'call') return;
    const { say } = voice;
    for (let i = 0; i < 60; i++) {
      const answer_msg_id = BigInt(i);
      say({ _: 'bad_server_salt', bad_msg_id: 4n, bad_msg_seqno: 1, error_code: 48, new_server_salt: 1n });
      say({ _: 'bad_msg_notification', bad_msg_id: 8n, bad_msg_seqno: 1, error_code: 32 });
      say({ _: 'msg_detailed_info', msg_id: 4n, answer_msg_id, bytes: 4, status: 0 });
      say({ _: 'msg_new_detailed_info', answer_msg_id, bytes: 4, status: 0 });
      say({ _: 'rpc_result', req_msg_id: 4n, result: TRUE });
      say({ _: 'msgs_state_info', req_msg_id: 4n, info: new Uint8Array(8) });
      say({ _: 'pong', msg_id: 4n, ping_id: 4n });
      say(UPDATE);
    }
    for (let i = 0; i < 5; i++) {
      say({ _: 'msgs_state_req', msg_ids: ids });
      say({ _: 'msg_resend_req', msg_ids: [...ids, msg_id] });
      say({ _: 'msgs_ack', msg_ids: ids });
    }
    answer(voice, msg_id);
  });
  assert.equal(await sendCall(client), true);
  client.close();
});

test('a server that asks for more than it reads is left', async () => {
  const { client, stage } = await clientOf(({ name, msg_id }, { connection, socket, say }) => {
    if (connection > 0) socket.destroy();
    else if (name === 'call') {
      socket.pause();
      for (let i = 0; i < 100; i++) say({ _: 'msg_resend_req', msg_ids: [msg_id] });
    }
  });
  const phone_code_hash = 'x'.repeat(500_000);
  const lost = client.call(legacy, 'auth.sendCall', { phone_number: '1', phone_code_hash });
  await assert.rejects(lost, { type: 'CONNECTION_CLOSED' });
  assert.equal(stage.sockets.length, 4);
  client.close();
});

test('a server that talks without end and never answers is left at the deadline', async () => {
  const { client, stage } = await clientOf(({ name }, { socket, say }) => {
    if (name !== 'call') return;
    const talk = () => {
      if (socket.destroyed) return;
      if (!socket.writableNeedDrain) say(UPDATE);
      setImmediate(talk);
    };
    talk();
  }, 0.5);
  await assert.rejects(sendCall(client), { type: 'TIMEOUT' });
  const [socket] = stage.sockets;
  if (socket?.destroyed === false) await once(socket, 'close');
});

describe('after a break', () => {
  test('the question what became of a call is put again if it is refused for its salt', async () => {
    const heardOf: string[] = [];
    const { client } = await clientOf(({ name, msg_id }, voice) => {
      heardOf.push(`${voice.connection} ${name}`);
      const { connection, socket, say } = voice;
      if (name === 'call' && connection === 0) socket.destroy();
      else if (name === 'call') answer(voice, msg_id);
      else if (name === 'msgs_state_req' && heardOf.filter((each) => each.endsWith(name)).length === 1)
        say({ _: 'bad_server_salt', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48, new_server_salt: 8n });
      else if (name === 'msgs_state_req') say({ _: 'msgs_state_info', req_msg_id: msg_id, info: Uint8Array.of(2) });
    });
    assert.equal(await sendCall(client), true);
    assert.deepEqual(heardOf, ['0 call', '1 msgs_state_req', '1 msgs_state_req', '1 call']);
    client.close();
  });

  test('a question that the server does not answer leaves the fate of a call unknown', async () => {
    const { client } = await clientOf(({ name, msg_id }, { connection, socket, say }) => {
      if (name === 'call' && connection === 0) socket.destroy();
      if (name === 'msgs_state_req')
        say({ _: 'bad_msg_notification', bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 64 });
    });
    await assert.rejects(sendCall(client), { type: 'ANSWER_LOST' });
    client.close();
  });

  test('while nothing was under way, the next call connects again', async () => {
    const { client, stage } = await clientOf(({ name, msg_id }, voice) => {
      if (name === 'call') answer(voice, msg_id);
    });
    for (let n = 1; n <= 3; n++) {
      assert.equal(await sendCall(client), true);
      assert.equal(stage.sockets.length, n);
      stage.sockets[n - 1]?.end();
      // Once its end has come back, the client has noticed.
      await once(stage.sockets[n - 1] ?? assert.fail('no socket'), 'close');
    }
    client.close();
  });
});

test('hundreds of calls at once are all answered, though the salt of each is refused', async () => {
  let calls = 0;
  const { client } = await clientOf(({ name, msg_id }, voice) => {
    const bad = { bad_msg_id: msg_id, bad_msg_seqno: 1, error_code: 48 };
    if (name === 'call' && ++calls <= 300) voice.say({ _: 'bad_server_salt', ...bad, new_server_salt: 9n });
    else if (name === 'call') answer(voice, msg_id);
  });
  const answers = await Promise.all(Array.from({ length: 300 }, () => sendCall(client)));
  assert.ok(answers.every((each) => each));
  assert.equal(calls, 600);
  client.close();
});
