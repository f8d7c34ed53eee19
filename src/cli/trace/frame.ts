/** A frame: what the transport puts around a payload, and the payload as anyone on the network sees it. */
import { fromLe32, le32, le64, toHex } from '../../bytes.ts';
import { isPlain } from '../../mtproto/envelope.ts';
import type { TransportName } from '../../transport/names.ts';
import { framingOf, isObfuscated } from '../../transport/transport.ts';
import { raw } from './describe.ts';
import type { Field } from './format.ts';

interface Frame {
  readonly transport: TransportName;
  readonly payload: Uint8Array;
  /** The bytes on the wire, of a sent frame. */
  readonly wire: Uint8Array | undefined;
  /** It is the first that is sent on its connection. */
  readonly isFirst: boolean;
  readonly secrets: boolean;
}

/**
 * Describes a frame. The tag and the length are shown as they are before obfuscation. The header of the obfuscation
 * contains its keys, and is hidden. The padding of a received frame is not known.
 */
export function fieldsOfFrame({ transport, payload, wire, isFirst, secrets }: Frame): Field[] {
  const { tag } = framingOf(transport, (length) => new Uint8Array(length));
  const fields: Field[] = [];
  const end = () => {
    const last = fields.at(-1);
    return last === undefined ? 0 : last.offset + last.length;
  };
  const add = (name: string, length: number) => {
    const offset = end();
    const bytes = wire?.subarray(offset, offset + length);
    if (length > 0)
      fields.push(
        secrets && bytes !== undefined
          ? raw(name, bytes, offset, true)
          : { name, type: 'bytes', offset, length, hidden: true },
      );
  };
  if (isFirst && wire !== undefined && isObfuscated(transport)) add('obfuscation_header', 64);
  else if (isFirst && wire !== undefined && tag.length > 0) fields.push(raw('transport_tag', tag, 0, true));
  const isFull = tag.length === 0;
  const isAbridged = tag[0] === 0xef;
  const around = end() + (isFull ? 12 : isAbridged ? 1 : 4);
  const padding = isAbridged || isFull || wire === undefined ? 0 : wire.length - around - payload.length;
  const length = isFull ? payload.length + 12 : payload.length + padding;
  const isUnknown = wire === undefined && tag[0] === 0xdd; // it includes the padding
  if (isUnknown) add('length', 4);
  else fields.push(isAbridged ? words(payload.length / 4, end()) : number('length', length, fromLe32(length), end()));
  if (isFull) add('sequence', 4);
  fields.push(...fieldsOfPayload(payload, end(), secrets));
  add(isFull ? 'crc32' : 'padding', isFull ? 4 : padding);
  return fields;
}

function number(name: string, value: number, bytes: Uint8Array, offset: number): Field {
  return { name, type: 'int', offset, length: bytes.length, value, bytes: toHex(bytes) };
}

/** The length of an abridged frame, in words: one byte, or 7f and three. */
function words(count: number, offset: number): Field {
  const bytes = count < 0x7f ? Uint8Array.of(count) : fromLe32(0x7f + count * 256);
  return number('length', count, bytes, offset);
}

function fieldsOfPayload(payload: Uint8Array, offset: number, secrets: boolean): Field[] {
  if (payload.length < 8) return [number('transport_error', le32(payload), payload, offset)];
  const id = payload.subarray(0, 8);
  const auth_key_id = { ...raw('auth_key_id', id, offset, true), type: 'long', value: le64(id).toString() };
  const rest = payload.subarray(8);
  if (isPlain(payload))
    return [auth_key_id, { name: 'message', type: 'plain', offset: offset + 8, length: rest.length }];
  const msg_key = raw('msg_key', rest.subarray(0, 16), offset + 8, true, 'int128');
  return [auth_key_id, msg_key, raw('encrypted_data', rest.subarray(16), offset + 24, secrets)];
}
