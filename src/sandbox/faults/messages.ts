/**
 * Faults of encrypted messages (https://core.telegram.org/mtproto/description#encrypted-message-encrypted-data). Most
 * open a payload with the auth_key, change it and seal it again correctly; some change the sealed payload.
 */
import { concat, le64 } from '../../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../../crypto/aes.ts';
import { messageCipher, messageKey } from '../../crypto/keys.ts';
import { isPlain, type Message, open, seal } from '../../mtproto/envelope.ts';
import { idOf, pack } from '../../tl/gzip.ts';
import { mtproto } from '../../tl/layer.ts';
import {
  always,
  atMoment,
  type DueContext,
  type FaultArgument,
  type FaultContext,
  type FaultKind,
  flipBit,
  onPayload,
  type Traffic,
  type Wrap,
} from './fault.ts';

/** Offsets in the plaintext. */
const AT = { session_id: 8, msg_id: 16, seconds: 20, length: 28 } as const;

export const MESSAGE_FAULTS: Readonly<Record<string, FaultKind>> = {
  'wrong-salt': atMoment(
    'a1',
    "refuses the salt of the client's first message with bad_server_salt",
    (next, context) => {
      const wrongSalt = (payload: Uint8Array) => resealed(payload, context, (text) => flipBit(text, 0), 0);
      const receive = (payload: Uint8Array) =>
        next.receive(!isPlain(payload) && context.isDue() ? wrongSalt(payload) : payload);
      return { ...next, receive };
    },
  ),
  gzip: always(
    'packs every answer in gzip_packed',
    everyAnswer((answer) => ({ ...answer, result: pack(answer.result) })),
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
  'msg-key': tampered('sends a wrong msg_key', (payload) => flipBit(payload, 8)),
  'flip-inside': inside(
    'flips a bit in this byte of the plaintext and seals it correctly',
    (text, { argument }) => flipBit(text, Number(argument)),
    { name: 'BYTE', default: '32', pattern: /^\d{1,7}$/ },
  ),
  'session-id': inside('sends a wrong session_id', (text) => flipBit(text, AT.session_id)),
  'even-msg-id': inside("sends a client's msg_id", (text) => withInt(text, AT.msg_id, (low) => low & ~3)),
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

/** Changes the plaintext of a payload and seals it with the right msg_key. */
function resealed(
  payload: Uint8Array,
  { authKey }: FaultContext,
  edit: (plaintext: Uint8Array) => Uint8Array,
  x: 0 | 8 = 8,
): Uint8Array {
  const auth_key = authKey(le64(payload));
  if (auth_key === undefined || payload.length < 72 || payload.length % 16 !== 8) return payload;
  const before = messageCipher(auth_key, payload.subarray(8, 24), x);
  const plaintext = edit(igeDecrypt(before.key, before.iv, payload.subarray(24)));
  const msg_key = messageKey(auth_key, plaintext, x);
  const after = messageCipher(auth_key, msg_key, x);
  return concat(payload.subarray(0, 8), msg_key, igeEncrypt(after.key, after.iv, plaintext));
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
  const value = isContainer(message.body) ? mtproto.decodeAny(message.body) : undefined;
  if (value?._ !== 'msg_container') return [message];
  return value.messages.map(({ msg_id, seqno, body }) => ({ ...message, msg_id, seq_no: seqno, body })).reverse();
}

function isContainer(body: Uint8Array): boolean {
  return mtproto.find(idOf(body))?.name === 'msg_container';
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
    everyAnswer((answer) => (context.isDue() ? change(answer, context.argument) : answer))(next, context);
  return atMoment('a1', `${does} (a1 is the first answer)`, wrap, argument);
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
