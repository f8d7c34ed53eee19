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
  counting,
  type FaultArgument,
  type FaultContext,
  type FaultKind,
  flipBit,
  type Moment,
  onPayload,
  type Traffic,
  type Wrap,
} from './fault.ts';

/** Offsets in the plaintext. */
const AT = { session_id: 8, msg_id: 16, seconds: 20, length: 28 } as const;

export const MESSAGE_FAULTS: Readonly<Record<string, FaultKind>> = {
  'wrong-salt': {
    moment: 'a1',
    does: "refuses the salt of the client's first message with bad_server_salt",
    make: (moment) => ({ wrap: wrongSalt(moment) }),
  },
  gzip: {
    does: 'packs every answer in gzip_packed',
    make: () => ({ wrap: everyResult((result) => pack(result)) }),
  },
  containers: {
    does: 'puts every message in a container, even a single one',
    make: () => ({ wrap: everyMessage((message) => [contained(message)]) }),
  },
  reorder: {
    does: 'unpacks containers and sends their messages in reverse order',
    make: () => ({ wrap: everyMessage(reversed) }),
  },
  'unknown-constructor': {
    moment: 'a1',
    does: 'answers with an unknown constructor (a1 is the first answer)',
    make: (moment) => ({ wrap: oneResult(moment, () => Uint8Array.of(0xef, 0xbe, 0xad, 0xde, 0, 0, 0, 0)) }),
  },
  'rpc-error': {
    argument: { name: 'CODE TEXT', default: '500 INTERNAL_SERVER_ERROR', pattern: /^-?\d{1,4} \S.*$/ },
    moment: 'a1',
    does: 'answers with this rpc_error (a1 is the first answer)',
    make: (moment, argument) => {
      const [code = '', ...words] = argument.split(' ');
      const error = mtproto.encode({ _: 'rpc_error', error_code: Number(code), error_message: words.join(' ') });
      return { wrap: oneResult(moment, () => error) };
    },
  },
  'answer-id': {
    moment: 'a1',
    does: 'answers a request that the client did not make (a1 is the first answer)',
    make: (moment) => ({ wrap: oneResult(moment, (result) => result, 4n) }),
  },
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
  edit: (plaintext: Uint8Array, asked: FaultContext & { readonly argument: string }) => Uint8Array,
  argument?: FaultArgument,
): FaultKind {
  return onPayload(
    does,
    (payload, next, context, value) =>
      next.send(resealed(payload, context, (plaintext) => edit(plaintext, { ...context, argument: value }))),
    argument,
  );
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

function wrongSalt(moment: Moment): Wrap {
  const start = counting(moment);
  return (next, context) => {
    const count = start();
    return {
      ...next,
      receive: (payload) =>
        next.receive(
          !isPlain(payload) && count() ? resealed(payload, context, (plaintext) => flipBit(plaintext, 0), 0) : payload,
        ),
    };
  };
}

/** Replaces each message that is sent. */
function everyMessage(change: (message: Message) => readonly Message[]): Wrap {
  return (next, context) => ({ ...next, send: (payload) => sendChanged(payload, next, context, change) });
}

function sendChanged(
  payload: Uint8Array,
  next: Traffic,
  { authKey, random }: FaultContext,
  change: (message: Message) => readonly Message[],
): void {
  const auth_key = authKey(le64(payload));
  if (auth_key === undefined) next.send(payload);
  else
    for (const message of change(open(auth_key, 'server', payload)))
      next.send(seal(auth_key, 'server', message, random));
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

function everyResult(change: (result: Uint8Array) => Uint8Array): Wrap {
  return everyMessage((message) => [
    { ...message, body: withResults(message.body, (result) => ({ result: change(result) })) },
  ]);
}

/** Changes the Nth answer of a connection, and adds `shift` to the msg_id of the request that it answers. */
function oneResult(moment: Moment, change: (result: Uint8Array) => Uint8Array, shift = 0n): Wrap {
  const start = counting(moment);
  return (next, context) => {
    const count = start();
    const changeDue = (result: Uint8Array, req_msg_id: bigint) =>
      count() ? { result: change(result), req_msg_id: req_msg_id + shift } : { result };
    const changeMessage = (message: Message) => [{ ...message, body: withResults(message.body, changeDue) }];
    return { ...next, send: (payload) => sendChanged(payload, next, context, changeMessage) };
  };
}

type ResultChange = (result: Uint8Array, req_msg_id: bigint) => { result: Uint8Array; req_msg_id?: bigint };

/** Changes every rpc_result in the body of a message. */
function withResults(body: Uint8Array, change: ResultChange): Uint8Array {
  if (mtproto.find(idOf(body)) === undefined) return body;
  const value = mtproto.decodeAny(body);
  if (value._ === 'rpc_result') return mtproto.encode({ ...value, ...change(value.result, value.req_msg_id) });
  if (value._ !== 'msg_container') return body;
  const messages = value.messages.map((item) => {
    const changed = withResults(item.body, change);
    return { ...item, bytes: changed.length, body: changed };
  });
  return mtproto.encode({ ...value, messages });
}
