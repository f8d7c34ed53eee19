/** A message, plain or opened: its envelope and its body; and what a session concluded from it. */
import type { Event } from '../../mtproto/service-messages.ts';
import { isErrorName } from './allowed.ts';
import { type DescribeOptions, Describer, raw, titleOf } from './describe.ts';
import type { Field } from './format.ts';

/** `mtproto/envelope.ts` draws both. */
const PLAIN = [
  ['msg_id', 'long', 8],
  ['length', 'int', 4],
] as const;
const ENCRYPTED = [
  ['salt', 'long', 8],
  ['session_id', 'long', 8],
  ['msg_id', 'long', 8],
  ['seq_no', 'int', 4],
  ['length', 'int', 4],
] as const;

interface Described {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** `plaintext`: what follows auth_key_id in a plain payload, or the opened part of an encrypted one. */
export function describeMessage(plaintext: Uint8Array, sealed: boolean, options: DescribeOptions): Described {
  const describer = new Describer(options);
  const line = sealed ? 'encrypted' : 'plain';
  const fields: Field[] = [];
  let offset = 0;
  for (const [name, type, length] of sealed ? ENCRYPTED : PLAIN) {
    fields.push(describer.basic(line, { name, type }, plaintext.subarray(offset, offset + length), offset));
    offset += length;
  }
  const length = Math.max(0, Math.min(Number(fields.at(-1)?.value), plaintext.length - offset));
  const body = describer.boxed('body', plaintext.subarray(offset, offset + length), offset);
  fields.push(body);
  offset += length;
  if (offset < plaintext.length) fields.push(raw('padding', plaintext.subarray(offset), offset, options.secrets));
  return { title: titleOf(body), fields };
}

/** An encrypted value of a key exchange, opened: `head` bytes of a hash, a TL value, padding. */
export interface Inner {
  readonly plaintext: Uint8Array;
  readonly head: number;
}

export function describeInner({ plaintext, head }: Inner, secrets: boolean): Described {
  const value = new Describer({ secrets }).boxed('value', plaintext.subarray(head), head, 'padding');
  const fields = head === 0 ? [value] : [raw('hash', plaintext.subarray(0, head), 0, secrets), value];
  return { title: titleOf(value), fields };
}

/** The methods that a client's message calls, by msg_id. */
export function methodsIn(fields: readonly Field[]): (readonly [msg_id: bigint, method: string])[] {
  const body = fields.find(({ name }) => name === 'body');
  const contained = body?.value === 'msg_container' ? (body.fields?.at(-1)?.fields ?? []) : [];
  return [fields, ...contained.map((message) => message.fields ?? [])].flatMap((parts) => {
    const msg_id = parts.find(({ name }) => name === 'msg_id')?.value;
    const called = parts.find(({ name }) => name === 'body');
    return typeof msg_id === 'string' && called !== undefined ? [[BigInt(msg_id), titleOf(called)]] : [];
  });
}

/** What may be shown of a conclusion. */
export function conclusionOf(event: Event): {
  time_offset?: number;
  msg_ids?: readonly string[];
  error_code?: number;
  error_message?: string;
} {
  const ids = (...msg_ids: readonly bigint[]) => ({ msg_ids: msg_ids.map(String) });
  switch (event._) {
    case 'answer':
    case 'state':
      return ids(event.req_msg_id);
    case 'error': {
      const { error_code, error_message } = event;
      return { ...ids(event.req_msg_id), error_code, ...(isErrorName(error_message) ? { error_message } : {}) };
    }
    case 'renamed':
      return ids(event.from, event.to);
    case 'refused':
      return { ...ids(event.msg_id), error_code: event.error_code };
    case 'forgotten':
      return ids(...event.msg_ids);
    case 'clock':
      return { time_offset: event.time_offset };
    default:
      return {};
  }
}
