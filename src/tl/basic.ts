/** TL's built-in types: how each is written, with checks, and read, with limits. */
import { TlError } from '../errors.ts';
import { counted } from '../printable.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

const BOOL_TRUE = 0x997275b5;
const BOOL_FALSE = 0xbc799737;
const MAX_BYTES = 0xffffff;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** How one type is written and read. `what` names the field in an error. */
export interface Shape {
  write(writer: Writer, value: unknown, what: string): void;
  read(reader: Reader): unknown;
}

/** Describes a wrong value by its type. The value itself may be secret. */
function kind(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return counted(value.length, 'byte');
  return Array.isArray(value) ? 'an array' : `${typeof value}`;
}

/** Throws `TlError`. */
export function refuse(writer: Writer, what: string, value: unknown): never {
  throw new TlError(writer.offset, what, kind(value));
}

function raw(length: number, name: string): Shape {
  return {
    write(w, value, what) {
      if (!(value instanceof Uint8Array && value.length === length))
        refuse(w, `${what}: ${name}, ${length} bytes`, value);
      else w.raw(value);
    },
    read: (r) => r.raw(length, name),
  };
}

export const BASIC: Readonly<Record<string, Shape>> = {
  int: {
    write(w, value, what) {
      if (typeof value !== 'number' || (value | 0) !== value) refuse(w, `${what}: int of 32 bits`, value);
      else w.int(value);
    },
    read: (r) => r.int(),
  },
  long: {
    write(w, value, what) {
      if (typeof value !== 'bigint' || value < INT64.min || value > INT64.max)
        refuse(w, `${what}: long of 64 bits`, value);
      else w.long(value);
    },
    read: (r) => r.long(),
  },
  double: {
    write(w, value, what) {
      if (typeof value !== 'number') refuse(w, `${what}: double`, value);
      else w.double(value);
    },
    read: (r) => r.double(),
  },
  int128: raw(16, 'int128'),
  int256: raw(32, 'int256'),
  string: {
    write(w, value, what) {
      if (typeof value !== 'string' || value.length > MAX_BYTES / 3 || !value.isWellFormed())
        refuse(w, `${what}: string`, value);
      else w.string(value);
    },
    read: (r) => r.string(),
  },
  bytes: {
    write(w, value, what) {
      if (!(value instanceof Uint8Array) || value.length > MAX_BYTES) refuse(w, `${what}: bytes`, value);
      else w.bytes(value);
    },
    read: (r) => r.bytes(),
  },
  Bool: {
    write(w, value, what) {
      if (typeof value !== 'boolean') refuse(w, `${what}: Bool`, value);
      else w.word(value ? BOOL_TRUE : BOOL_FALSE);
    },
    read(r) {
      const id = r.word('Bool');
      if (id !== BOOL_TRUE && id !== BOOL_FALSE) r.fail('a Bool', `#${id.toString(16)}`, r.offset - 4);
      return id === BOOL_TRUE;
    },
  },
};

/** A boxed value that stays encoded. Reads all remaining bytes. */
export const ENCODED: Shape = {
  write(w, value, what) {
    if (!(value instanceof Uint8Array)) refuse(w, `${what}: encoded bytes`, value);
    else w.raw(value);
  },
  read: (r) => r.rest(),
};
