/**
 * Records what a data centre sees while a fault is active: wrappers on both sides of the fault. The outer one sees what
 * the data centre means to send and all that the client sends; the inner one sees what the fault made of it.
 */
import { concat, equal, fromLe64, le64, toHex, utf8 } from '../../bytes.ts';
import { authKeyId } from '../../crypto/keys.ts';
import { SecurityError, TlError } from '../../errors.ts';
import { isPlain, type Message, open } from '../../mtproto/envelope.ts';
import { exactJson } from '../../printable.ts';
import { idOf } from '../../tl/gzip.ts';
import { mtproto } from '../../tl/layer.ts';
import type { Fault, FaultContext, Traffic } from '../faults/fault.ts';
import { answersIn, messagesIn, openedBy, resealed } from '../faults/sealed.ts';
import type { SandboxEvent } from '../log.ts';
import type { ServeOptions } from '../protocol/handshake-server.ts';

export type Fact =
  /** The client began a key exchange, or took its next step. */
  | { readonly fact: 'exchange' | 'step'; readonly connection: number; readonly name: string }
  /** A key follows from bad Diffie–Hellman values. */
  | { readonly fact: 'weak'; readonly auth_key_id: bigint }
  /** The fault happened. `ids` are the msg_ids in the payload; `auth_key_id` is the newest key. */
  | {
      readonly fact: 'forged';
      readonly connection: number;
      readonly auth_key_id: bigint | undefined;
      readonly ids: readonly bigint[];
    }
  /** The client sent an encrypted payload. `states`: the requests that it answered with msgs_state_info. */
  | {
      readonly fact: 'encrypted';
      readonly auth_key_id: bigint;
      readonly acks: readonly bigint[];
      readonly states: readonly bigint[];
    }
  | { readonly fact: 'request'; readonly method: string; readonly params: string }
  /** The data centre sent true answers. */
  | { readonly fact: 'sent'; readonly ids: readonly bigint[]; readonly methods: readonly string[] };

/** What the inner wrapper saw of one payload. */
interface Passed {
  readonly payloads: Uint8Array[];
  readonly frames: Uint8Array[];
  isClosed: boolean;
}

const FIRST_STEPS = ['req_pq', 'req_pq_multi'];

/** Replaces these values in an answer, which a client that believes it sends back. */
const PLANTED = ['phone_code_hash', 'srp_id'] as const;

export class Recorder {
  readonly facts: Fact[] = [];
  /** The value that was planted, as it appears in the parameters of a request. */
  planted: string | undefined;
  /** Plants a value in the first answer to this method. */
  readonly #plantIn: string | undefined;
  #values: Readonly<Record<string, unknown>> = {};
  #connections = 0;
  #current = 0;
  #passed: Passed = { payloads: [], frames: [], isClosed: false };

  constructor(plantIn?: string) {
    this.#plantIn = plantIn;
  }

  readonly onEvent = (event: SandboxEvent): void => {
    if (event.event !== 'request') return;
    const { method, params, answer } = event;
    this.facts.push({ fact: 'request', method, params: exactJson(params) });
    if (method === this.#plantIn && typeof answer === 'object') this.#values = { ...answer };
  };

  readonly watch = (faults: readonly Fault[]): readonly Fault[] => [
    { wrap: (next) => this.#inner(next) },
    ...faults,
    { wrap: (next, context) => this.#outer(next, context), serve: (options) => this.#serve(options) },
  ];

  #inner(next: Traffic): Traffic {
    const seen = (act: (passed: Passed) => void) => act(this.#passed);
    return {
      ...next,
      send(payload) {
        seen(({ payloads }) => payloads.push(payload));
        next.send(payload);
      },
      write(bytes) {
        seen(({ frames }) => frames.push(bytes));
        next.write(bytes);
      },
      close() {
        seen((passed) => {
          passed.isClosed = true;
        });
        next.close();
      },
    };
  }

  #outer(next: Traffic, context: FaultContext): Traffic {
    const connection = ++this.#connections;
    let frames: Uint8Array[] = [];
    return {
      ...next,
      receive: (payload) => {
        this.#current = connection;
        this.#read(payload, connection, context);
        next.receive(payload);
      },
      send: (payload) => {
        frames = [];
        const passed: Passed = { payloads: [], frames: [], isClosed: false };
        this.#passed = passed;
        const meant = this.#plant(payload, context);
        const ids = idsIn(meant, context);
        next.send(meant);
        const cameThrough =
          passed.payloads.some((each) => isSame(each, meant, context)) &&
          equal(concat(...frames), concat(...passed.frames));
        const isTrue = cameThrough && passed.payloads.length === 1 && !passed.isClosed;
        const newest = context.newestAuthKey();
        const auth_key_id = newest && authKeyId(newest);
        if (!isTrue) {
          const all = [...ids, ...passed.payloads.flatMap((each) => idsIn(each, context))];
          this.facts.push({ fact: 'forged', connection, auth_key_id, ids: all });
        }
        if (cameThrough) this.facts.push({ fact: 'sent', ids, methods: methodsIn(meant, context) });
      },
      write(bytes) {
        frames.push(bytes);
        next.write(bytes);
      },
    };
  }

  /** The key of an exchange with bad values is known when the server looks whether it has that key. */
  #serve(options: ServeOptions): ServeOptions {
    if (options.drawHalf === undefined) return options;
    this.facts.push({ fact: 'forged', connection: this.#current, auth_key_id: undefined, ids: [] });
    const isTaken = (auth_key_id: bigint) => {
      this.facts.push({ fact: 'weak', auth_key_id });
      return options.isTaken?.(auth_key_id) === true;
    };
    return { ...options, isTaken };
  }

  #read(payload: Uint8Array, connection: number, { authKey }: FaultContext): void {
    if (isPlain(payload)) {
      const name = mtproto.find(idOf(payload.subarray(20)))?.name ?? '';
      const fact = FIRST_STEPS.includes(name) ? 'exchange' : 'step';
      if (name !== 'msgs_ack') this.facts.push({ fact, connection, name });
      return;
    }
    const auth_key_id = payload.length < 8 ? 0n : le64(payload);
    const auth_key = authKey(auth_key_id);
    const values = auth_key === undefined ? [] : serviceValues(auth_key, payload);
    const acks = values.flatMap((value) => (value._ === 'msgs_ack' ? value.msg_ids : []));
    const states = values.flatMap((value) => (value._ === 'msgs_state_info' ? [value.req_msg_id] : []));
    this.facts.push({ fact: 'encrypted', auth_key_id, acks, states });
  }

  /** Returns the payload with another value in place of a hash or an id, unless there is none. */
  #plant(payload: Uint8Array, context: FaultContext): Uint8Array {
    if (this.#plantIn === undefined || this.planted !== undefined) return payload;
    if (!methodsIn(payload, context).includes(this.#plantIn)) return payload;
    const name = PLANTED.find((each) => typeof this.#values[each] === 'string');
    if (name === undefined) return payload;
    const value = String(this.#values[name]);
    const [before, after, shown] = name === 'srp_id' ? otherLong(value) : otherText(value);
    this.planted = shown;
    return resealed(payload, context, (text) => replaced(text, before, after));
  }
}

function otherText(value: string): [Uint8Array, Uint8Array, string] {
  const other = `${value.startsWith('0') ? 'f' : '0'}${value.slice(1)}`;
  return [utf8(value), utf8(other), other];
}

function otherLong(value: string): [Uint8Array, Uint8Array, string] {
  const other = BigInt(value) ^ 0x5a5a5an;
  return [fromLe64(BigInt(value)), fromLe64(other), String(other)];
}

function replaced(text: Uint8Array, before: Uint8Array, after: Uint8Array): Uint8Array {
  const at = toHex(text).indexOf(toHex(before));
  const out = text.slice();
  if (at >= 0) out.set(after, at / 2);
  return out;
}

/** Some faults seal every payload again, with other padding. */
function isSame(sent: Uint8Array, meant: Uint8Array, context: FaultContext): boolean {
  if (equal(sent, meant)) return true;
  const [one, other] = [openedBy(context, sent), openedBy(context, meant)];
  if (one === undefined || other === undefined) return false;
  const numbers = ({ salt, session_id, msg_id, seq_no }: Message) => [salt, session_id, msg_id, seq_no].join();
  return numbers(one) === numbers(other) && equal(one.body, other.body);
}

function methodsIn(payload: Uint8Array, context: FaultContext): string[] {
  return answersIn(payload, context).flatMap((req_msg_id) => context.methodOf(req_msg_id) ?? []);
}

/** The msg_id of a payload and those of the messages in it. */
function idsIn(payload: Uint8Array, context: FaultContext): bigint[] {
  const message = openedBy(context, payload);
  if (message === undefined) return [];
  return [...new Set([message, ...messagesIn(message)].map(({ msg_id }) => msg_id))];
}

/** The service messages in a client's payload; none in one that the server will refuse. */
function serviceValues(auth_key: Uint8Array, payload: Uint8Array) {
  try {
    return messagesIn(open(auth_key, 'client', payload)).flatMap(({ body }) =>
      mtproto.find(idOf(body))?.isMethod === false ? [mtproto.decodeAny(body)] : [],
    );
  } catch (error) {
    if (error instanceof SecurityError || error instanceof TlError) return [];
    throw error;
  }
}
