/**
 * Faults of encrypted messages (https://core.telegram.org/mtproto/description#encrypted-message-encrypted-data). Most
 * open a payload with the auth_key, change it and seal it again correctly; some change the sealed payload.
 */
import { concat, fromLe64, le64 } from '../../bytes.ts';
import { isPlain, type Message, open, seal } from '../../mtproto/envelope.ts';
import { idOf, pack } from '../../tl/gzip.ts';
import { mtproto } from '../../tl/layer.ts';
import {
  always,
  atMoment,
  type DueContext,
  type FaultArgument,
  type FaultKind,
  flipBit,
  onPayload,
  type Traffic,
  type Wrap,
} from './fault.ts';
import { AT, answersIn, isContainer, messagesIn, openedBy, resealed } from './sealed.ts';

export const MESSAGE_FAULTS: Readonly<Record<string, FaultKind>> = {
  'wrong-salt': atMoment(
    'a1',
    "refuses the salt of the client's first message with bad_server_salt",
    (next, context) => {
      const wrongSalt = (payload: Uint8Array) => resealed(payload, context, (text) => flipBit(text, 0), { x: 0 });
      const receive = (payload: Uint8Array) =>
        next.receive(!isPlain(payload) && context.isDue() ? wrongSalt(payload) : payload);
      return { ...next, receive };
    },
  ),
  gzip: always(
    'packs every answer but an error in gzip_packed',
    everyAnswer((answer) => (isError(answer.result) ? answer : { ...answer, result: pack(answer.result) })),
  ),
  containers: always(
    'puts every message in a container, even a single one',
    everyMessage((message) => [contained(message)]),
  ),
  reorder: always('unpacks containers and sends their messages in reverse order', everyMessage(reversed)),
  'unknown-constructor': onAnswer('answers with an unknown constructor', (answer) => ({
    ...answer,
    result: Uint8Array.of(0xef, 0xbe, 0xad, 0xde, 0, 0, 0, 0),
  })),
  'rpc-error': onAnswer(
    'answers with this rpc_error',
    (answer, argument) => ({ ...answer, result: rpcError(argument) }),
    {
      name: 'CODE TEXT',
      default: '500 INTERNAL_SERVER_ERROR',
      pattern: /^-?\d{1,4} \S.*$/,
    },
  ),
  'answer-id': onAnswer('answers a request that the client did not make', (answer) => ({
    ...answer,
    req_msg_id: answer.req_msg_id + 4n,
  })),
  'auth-key-id': tampered('sends a wrong auth_key_id', (payload) => flipBit(payload, 0)),
  'msg-key': onPayload('encrypts with a msg_key that is not the hash of the plaintext', (payload, next, context) =>
    next.send(resealed(payload, context, (text) => text, { changeKey: (msg_key) => flipBit(msg_key, 0) })),
  ),
  'flip-inside': inside(
    'flips a bit in this byte of the plaintext and seals it correctly',
    (text, { argument }) => flipBit(text, Number(argument)),
    { name: 'BYTE', default: '32', pattern: /^\d{1,7}$/ },
  ),
  'session-id': inside('sends a wrong session_id', (text) => flipBit(text, AT.session_id)),
  'even-msg-id': inside("sends a client's msg_id", (text) => withInt(text, AT.msg_id, (low) => low & ~3)),
  'same-msg-id': atMoment('a2', 'sends the msg_id of the payload before', sameId),
  replay: onPayload('sends msgs_state_req twice, with one msg_id, before the payload', replay),
  'old-msg-id': inside('sends a msg_id from 400 seconds ago', (text) =>
    withInt(text, AT.seconds, (time) => time - 400),
  ),
  'future-msg-id': inside('sends a msg_id from an hour ahead', (text) =>
    withInt(text, AT.seconds, (time) => time + 3600),
  ),
  length: inside(
    'sends this message length',
    (text, { argument }) => withInt(text, AT.length, () => Number(argument)),
    { name: 'BYTES', default: '1000000', pattern: /^-?\d{1,9}$/ },
  ),
  'short-padding': inside('leaves 8 bytes of padding', (text) => withInt(text, AT.length, () => text.length - 40)),
  'long-padding': inside('adds 1024 bytes of padding', (text, { random }) => concat(text, random(1024))),
};

function tampered(does: string, edit: (payload: Uint8Array) => Uint8Array): FaultKind {
  return onPayload(does, (payload, next) => next.send(edit(payload)));
}

/** Describes a fault that changes the plaintext. */
function inside(
  does: string,
  edit: (plaintext: Uint8Array, context: DueContext) => Uint8Array,
  argument?: FaultArgument,
): FaultKind {
  const act = (payload: Uint8Array, next: Traffic, context: DueContext) =>
    next.send(resealed(payload, context, (plaintext) => edit(plaintext, context)));
  return onPayload(does, act, argument);
}

function sameId(next: Traffic, context: DueContext): Traffic {
  let before: bigint | undefined;
  return {
    ...next,
    send(payload) {
      const same = context.isDue(payload) ? before : undefined;
      before = openedBy(context, payload)?.msg_id ?? before;
      next.send(same === undefined ? payload : resealed(payload, context, (text) => withLong(text, AT.msg_id, same)));
    },
  };
}

/** A client that does not know the msg_id any more when it comes again answers both requests. */
function replay(payload: Uint8Array, next: Traffic, context: DueContext): void {
  const message = openedBy(context, payload);
  const auth_key = context.authKey(le64(payload));
  if (message !== undefined && auth_key !== undefined) {
    const body = mtproto.encode({ _: 'msgs_state_req', msg_ids: [...answersIn(payload, context)] });
    const request = { ...message, msg_id: message.msg_id - 8n, seq_no: message.seq_no & ~1, body };
    const sealed = seal(auth_key, 'server', { ...request, msg_id: request.msg_id | 3n }, context.random);
    next.send(sealed);
    next.send(sealed);
  }
  next.send(payload);
}

function withLong(bytes: Uint8Array, at: number, value: bigint): Uint8Array {
  const out = bytes.slice();
  out.set(fromLe64(value), at);
  return out;
}

function withInt(bytes: Uint8Array, at: number, change: (value: number) => number): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  view.setInt32(at, change(view.getInt32(at, true)), true);
  return out;
}

/** Replaces each message that is sent. */
function everyMessage(change: (message: Message) => readonly Message[]): Wrap {
  return (next, { authKey, random }) => ({
    ...next,
    send(payload) {
      const auth_key = authKey(le64(payload));
      if (auth_key === undefined) return next.send(payload);
      for (const message of change(open(auth_key, 'server', payload)))
        next.send(seal(auth_key, 'server', message, random));
    },
  });
}

/** Puts a message in a container, whose msg_id is greater and whose seq_no is even and not less. */
function contained(message: Message): Message {
  const { msg_id, seq_no, body } = message;
  if (isContainer(body)) return message;
  const messages = [{ _: 'message' as const, msg_id, seqno: seq_no, bytes: body.length, body }];
  const container = mtproto.encode({ _: 'msg_container', messages });
  return { ...message, msg_id: msg_id + 4n, seq_no: seq_no + (seq_no & 1), body: container };
}

function reversed(message: Message): readonly Message[] {
  return messagesIn(message)
    .map((each) => ({ ...message, ...each }))
    .reverse();
}

interface Answer {
  readonly req_msg_id: bigint;
  readonly result: Uint8Array;
}

function everyAnswer(change: (answer: Answer) => Answer): Wrap {
  return everyMessage((message) => [{ ...message, body: withAnswers(message.body, change) }]);
}

/** Describes a fault that changes the Nth answer of a connection. */
function onAnswer(
  does: string,
  change: (answer: Answer, argument: string) => Answer,
  argument?: FaultArgument,
): FaultKind {
  const wrap = (next: Traffic, context: DueContext) =>
    everyAnswer((answer) => (context.isDue(answer.req_msg_id) ? change(answer, context.argument) : answer))(
      next,
      context,
    );
  return atMoment('a1', `${does} (a1 is the first answer)`, wrap, argument);
}

function isError(result: Uint8Array): boolean {
  return mtproto.find(idOf(result))?.name === 'rpc_error';
}

function rpcError(argument: string): Uint8Array {
  const [code = '', ...words] = argument.split(' ');
  return mtproto.encode({ _: 'rpc_error', error_code: Number(code), error_message: words.join(' ') });
}

/** Changes every rpc_result in the body of a message. */
function withAnswers(body: Uint8Array, change: (answer: Answer) => Answer): Uint8Array {
  if (mtproto.find(idOf(body)) === undefined) return body;
  const value = mtproto.decodeAny(body);
  if (value._ === 'rpc_result') return mtproto.encode({ ...value, ...change(value) });
  if (value._ !== 'msg_container') return body;
  const messages = value.messages.map((item) => {
    const changed = withAnswers(item.body, change);
    return { ...item, bytes: changed.length, body: changed };
  });
  return mtproto.encode({ ...value, messages });
}
