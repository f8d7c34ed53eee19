/** Service messages with extreme fields, while a call is pending: it ends with an answer or a `TgAuthError`. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TgAuthError } from '../../src/errors.ts';
import { formatSession } from '../../src/session/json.ts';
import { emptySession } from '../../src/session/session.ts';
import { legacy, type mtproto } from '../../src/tl/layer.ts';
import { extremes } from '../extremes.ts';
import { clientAt, sendCall } from './fixture.ts';
import { KNOWN, startScriptedServer } from './scripted-server.ts';

type ServiceMessage = Parameters<typeof mtproto.encode>[0];

const TRUE = legacy.codec.encodeAnswer('auth.sendCall', true);

/** What a server may send about the call with this id. */
const messagesAbout = (id: bigint): readonly ServiceMessage[] => [
  { _: 'rpc_answer_dropped', msg_id: id, seq_no: 1, bytes: 4 },
  {
    _: 'future_salts',
    req_msg_id: id,
    now: 1,
    salts: [{ _: 'future_salt', valid_since: 1, valid_until: 2, salt: 1n }],
  },
  { _: 'pong', msg_id: id, ping_id: 1n },
  { _: 'new_session_created', first_msg_id: id, unique_id: 1n, server_salt: 1n },
  { _: 'msgs_ack', msg_ids: [id] },
  { _: 'bad_msg_notification', bad_msg_id: id, bad_msg_seqno: 1, error_code: 17 },
  { _: 'bad_server_salt', bad_msg_id: id, bad_msg_seqno: 1, error_code: 48, new_server_salt: 1n },
  { _: 'msgs_state_req', msg_ids: [id] },
  { _: 'msgs_state_info', req_msg_id: id, info: new Uint8Array(1) },
  { _: 'msgs_all_info', msg_ids: [id], info: new Uint8Array(1) },
  { _: 'msg_detailed_info', msg_id: id, answer_msg_id: id, bytes: 4, status: 0 },
  { _: 'msg_new_detailed_info', answer_msg_id: id, bytes: 4, status: 0 },
  { _: 'msg_resend_req', msg_ids: [id] },
];
const lies = (id: bigint) =>
  messagesAbout(id).flatMap((value) =>
    [...extremes<ServiceMessage>(value)].map((each) => ({ ...each, name: value._ })),
  );

/** The index of the next one to send; `undefined` once it was sent. */
let due: number | undefined;
const server = await startScriptedServer(({ name, msg_id }, { send }) => {
  if (name !== 'call') return;
  const lie = due === undefined ? undefined : lies(msg_id)[due];
  due = undefined;
  if (lie !== undefined) send(lie.value);
  send({ _: 'rpc_result', req_msg_id: msg_id, result: TRUE });
});
after(() => server.close());

test('each leaves an answer or a TgAuthError, and a session that can be saved', async () => {
  for (const [i, { what, name }] of lies(1n << 40n).entries()) {
    due = i;
    const { client, saved } = clientAt(server, { state: KNOWN, deadline: 0.5 });
    try {
      assert.equal(await sendCall(client), true);
    } catch (error) {
      assert.ok(error instanceof TgAuthError, `${name} ${what}: ${error instanceof Error ? error.stack : error}`);
    }
    client.close();
    for (const state of saved) formatSession({ ...emptySession('test', 2), ...state });
    assert.equal(due, undefined, `${name} ${what} was sent`);
  }
});
