/**
 * Faults of encrypted messages. A payload is opened with the auth_key, changed, and sealed again as if nothing had happened, or changed
 * outside of its seal (https://core.telegram.org/mtproto/description#encrypted-message-encrypted-data).
 */
import { concat, le64 } from '../../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../../crypto/aes.ts';
import { messageCipher, messageKey } from '../../crypto/keys.ts';
import { isPlain, type Message, open, seal } from '../../mtproto/envelope.ts';
import { idOf, pack } from '../../tl/gzip.ts';
import { mtproto } from '../../tl/layer.ts';
import { edited, type FaultKind, flipped, type Insight, type Line, type Moment, type Wrap } from './fault.ts';

const BYTE = { name: 'BYTE', default: '32', pattern: /^\d{1,7}$/ };

/** Where the fields of the plaintext are. */
const AT = { session_id: 8, msg_id: 16, seconds: 20, length: 28 } as const;

export const MESSAGE_FAULTS: Readonly<Record<string, FaultKind>> = {
  'wrong-salt': {
    moment: 'a1',
    does: "takes the client's first message for one with a wrong salt: bad_server_salt",
    make: ({ moment }) => ({ wrap: wrongSalt(moment) }),
  },
  gzip: {
    does: 'packs every answer in gzip_packed',
    make: () => ({ wrap: everyResult((result) => pack(result)) }),
  },
  containers: {
    does: 'puts every message in a container, even a lone one',
    make: () => ({ wrap: everyMessage((message) => [contained(message)]) }),
  },
  reorder: {
    does: 'takes containers apart and sends what was in them last to first',
    make: () => ({ wrap: everyMessage(reversed) }),
  },
  'unknown-constructor': {
    moment: 'a1',
    does: 'answers with a constructor of no schema (a1 is the first answer)',
    make: ({ moment }) => ({ wrap: oneResult(moment, () => Uint8Array.of(0xef, 0xbe, 0xad, 0xde, 0, 0, 0, 0)) }),
  },
  'rpc-error': {
    argument: { name: 'CODE TEXT', default: '500 INTERNAL_SERVER_ERROR', pattern: /^-?\d{1,4} \S.*$/ },
    moment: 'a1',
    does: 'answers with this rpc_error (a1 is the first answer)',
    make: ({ argument, moment }) => {
      const [code = '', ...words] = argument.split(' ');
      const error = mtproto.encode({ _: 'rpc_error', error_code: Number(code), error_message: words.join(' ') });
      return { wrap: oneResult(moment, () => error) };
    },
  },
  'answer-id': {
    moment: 'a1',
    does: 'answers a request that nobody made (a1 is the first answer)',
    make: ({ moment }) => ({ wrap: oneResult(moment, (result) => result, 4n) }),
  },
  'auth-key-id': tampered('names another auth_key', (payload) => flipped(payload, 0)),
  'msg-key': tampered('sends a wrong msg_key', (payload) => flipped(payload, 8)),
  'flip-inside': {
    argument: BYTE,
    moment: 'a1',
    does: 'flips a bit of this byte of the plaintext, and seals it as it should be',
    make: ({ argument, moment }) => ({
      wrap: edited(moment, (payload, insight) => resealed(payload, insight, (text) => flipped(text, Number(argument)))),
    }),
  },
  'session-id': inside('names another session', (text) => flipped(text, AT.session_id)),
  'even-msg-id': inside("sends a msg_id that is a client's", (text) =>
    withByte(text, AT.msg_id, (byte) => byte & 0xfc),
  ),
  'old-msg-id': inside('sends a msg_id of 400 seconds ago', (text) => withInt(text, AT.seconds, (time) => time - 400)),
  'future-msg-id': inside('sends a msg_id of the next hour', (text) =>
    withInt(text, AT.seconds, (time) => time + 3600),
  ),
  length: {
    argument: { name: 'BYTES', default: '1000000', pattern: /^-?\d{1,9}$/ },
    moment: 'a1',
    does: 'says that the message has this length',
    make: ({ argument, moment }) => ({
      wrap: edited(moment, (payload, insight) =>
        resealed(payload, insight, (text) => withInt(text, AT.length, () => Number(argument))),
      ),
    }),
  },
  'short-padding': inside('leaves 8 bytes of padding', (text) => withInt(text, AT.length, () => text.length - 40)),
  'long-padding': inside('adds 1024 bytes of padding', (text, { random }) => concat(text, random(1024))),
};

function tampered(does: string, edit: (payload: Uint8Array) => Uint8Array): FaultKind {
  return { moment: 'a1', does, make: ({ moment }) => ({ wrap: edited(moment, edit) }) };
}

function inside(does: string, edit: (plaintext: Uint8Array, insight: Insight) => Uint8Array): FaultKind {
  const change = (payload: Uint8Array, insight: Insight) =>
    resealed(payload, insight, (plaintext) => edit(plaintext, insight));
  return { moment: 'a1', does, make: ({ moment }) => ({ wrap: edited(moment, change) }) };
}

/** Changes the plaintext of a payload; msg_key and encryption are right for what it has become. */
function resealed(
  payload: Uint8Array,
  { authKey }: Insight,
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

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? change(byte) : byte));
}

function withInt(bytes: Uint8Array, at: number, change: (value: number) => number): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  view.setInt32(at, change(view.getInt32(at, true)), true);
  return out;
}

function wrongSalt(moment: Moment): Wrap {
  let spent = false;
  return (line, insight) => {
    let received = 0;
    return {
      ...line,
      receive(payload) {
        const due = !isPlain(payload) && ++received === moment.number && !spent;
        if (!due) return line.receive(payload);
        spent = !moment.every;
        line.receive(resealed(payload, insight, (plaintext) => flipped(plaintext, 0), 0));
      },
    };
  };
}

/** Puts other messages in the place of each one sent. */
function everyMessage(change: (message: Message) => readonly Message[]): Wrap {
  return (line, insight) => ({ ...line, send: (payload) => sendChanged(payload, line, insight, change) });
}

function sendChanged(
  payload: Uint8Array,
  line: Line,
  insight: Insight,
  change: (message: Message) => readonly Message[],
): void {
  const auth_key = insight.authKey(le64(payload));
  if (auth_key === undefined) line.send(payload);
  else
    for (const message of change(open(auth_key, 'server', payload)))
      line.send(seal(auth_key, 'server', message, insight.random));
}

/** A container for one: made after it, so with a greater msg_id and an even seq_no that is not less. */
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

/** Changes the answer of that number, counted on each connection, and adds `shift` to the id of the request it answers. */
function oneResult(moment: Moment, change: (result: Uint8Array) => Uint8Array, shift = 0n): Wrap {
  let spent = false;
  return (line, insight) => {
    let seen = 0;
    const changeDue = (result: Uint8Array, req_msg_id: bigint) => {
      if (++seen !== moment.number || spent) return { result };
      spent = !moment.every;
      return { result: change(result), req_msg_id: req_msg_id + shift };
    };
    const changeMessage = (message: Message) => [{ ...message, body: withResults(message.body, changeDue) }];
    return { ...line, send: (payload) => sendChanged(payload, line, insight, changeMessage) };
  };
}

type ResultChange = (result: Uint8Array, req_msg_id: bigint) => { result: Uint8Array; req_msg_id?: bigint };

/** The body of a message with every rpc_result in it changed. */
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
