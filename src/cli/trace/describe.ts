/** Bytes → the fields of a trace, with offsets. What `allowed.ts` does not allow is hidden here. */
import { toHex } from '../../bytes.ts';
import { TlError } from '../../errors.ts';
import { timeOf } from '../../mtproto/message-id.ts';
import type { Untyped } from '../../tl/codec.ts';
import { idOf, unpacker } from '../../tl/gzip.ts';
import { current, legacy, mtproto } from '../../tl/layer.ts';
import { Reader } from '../../tl/reader.ts';
import type { Combinator, Field as TlField } from '../../tl/schema.ts';
import { isErrorName, isPhone, isShown, maskPhone } from './allowed.ts';
import type { Field } from './format.ts';

const SCHEMAS: readonly Untyped[] = [mtproto, current.codec, legacy.codec];
const VECTOR = 0x1cb5c415;
/** The most encoded values inside each other: a query in initConnection in invokeWithLayer, a packed answer. */
const MAX_DEPTH = 16;
/** `%Message`, and a constructor's name instead of a type's. */
const BARE = /^%|^(?:\w+\.)*[a-z]\w*$/;
/** Fields with the id of a message, which contains its time. */
const MSG_ID = /(?:^|_)msg_ids?$/;

export interface DescribeOptions {
  /** Hides nothing. */
  readonly secrets: boolean;
  /** The method of a call by its msg_id: the id of a vector does not name its type. */
  readonly methodOf?: (msg_id: bigint) => string | undefined;
}

/** A place in the bytes: what is read there belongs to the field `tl` of `line`. */
interface Place {
  readonly line: string;
  readonly tl: TlField;
}

/** Describes bytes that are not TL, or not to be read as TL. */
export function raw(name: string, bytes: Uint8Array, offset: number, isShown: boolean, type = 'bytes'): Field {
  const { length } = bytes;
  const hex = toHex(bytes);
  return isShown
    ? { name, type, offset, length, value: hex, bytes: hex }
    : { name, type, offset, length, hidden: true };
}

export class Describer {
  readonly #options: DescribeOptions;
  /** The first req_msg_id that was read. */
  #answered: bigint | undefined;
  #depth = 0;
  /** Limits what one message unpacks to. */
  readonly #unpack = unpacker({ nested: true });

  constructor(options: DescribeOptions) {
    this.#options = options;
  }

  /** Describes a boxed value or call that fills the bytes. What cannot be read is hidden. */
  boxed(name: string, bytes: Uint8Array, offset = 0, restName = 'rest'): Field {
    return this.#whole(bytes, offset, { line: '', tl: { name, type: 'Object' } }, restName);
  }

  /** Describes a field of an envelope, which has basic types. */
  basic(line: string, tl: TlField, bytes: Uint8Array, offset: number): Field {
    return this.#whole(bytes, offset, { line, tl });
  }

  #whole(bytes: Uint8Array, base: number, place: Place, restName = 'rest'): Field {
    const reader = new Reader(bytes);
    this.#depth++;
    try {
      if (this.#depth > MAX_DEPTH) reader.fail('fewer values inside each other', 'more');
      const field = this.#read(reader, bytes, base, place);
      if (reader.remaining === 0) return field;
      const rest = raw(restName, reader.rest(), base + field.length, this.#options.secrets);
      return { ...field, length: bytes.length, fields: [...(field.fields ?? []), rest] };
    } catch (error) {
      if (!(error instanceof TlError)) throw error;
      return raw(place.tl.name, bytes, base, this.#options.secrets);
    } finally {
      this.#depth--;
    }
  }

  #read(reader: Reader, bytes: Uint8Array, base: number, place: Place): Field {
    const { tl } = place;
    const [, vector, item] = /^([Vv]ector)<(.+)>$/.exec(tl.type) ?? [];
    if (item !== undefined) return this.#vector(reader, bytes, base, place, item, vector === 'Vector');
    const start = reader.offset;
    const value = basicValue(reader, tl.type);
    if (value !== undefined) return this.#leaf(value, bytes.subarray(start, reader.offset), base + start, place);
    if (BARE.test(tl.type)) {
      const line = find(tl.type.replace('%Message', 'message'));
      if (line === undefined) return reader.fail('a type of the schema', tl.type);
      return { ...this.#fields(reader, bytes, base, tl, line), offset: base + start };
    }
    const id = idOf(bytes.subarray(start));
    if (id === VECTOR && isObject(tl.type)) {
      const item = this.#itemOfAnswer();
      if (item !== undefined) return this.#vector(reader, bytes, base, place, item, true);
    }
    const line = find(id);
    if (line === undefined) return reader.fail('a constructor', 'an unknown one');
    return reader.nested(() => this.#constructed(reader, bytes, base, tl, line));
  }

  /** The type of the items in the answer to a method that returns a vector. */
  #itemOfAnswer(): string | undefined {
    const method = this.#answered === undefined ? undefined : this.#options.methodOf?.(this.#answered);
    return /^Vector<(.+)>$/.exec(find(method ?? '')?.result ?? '')?.[1];
  }

  #constructed(reader: Reader, bytes: Uint8Array, base: number, tl: TlField, line: Combinator): Field {
    const offset = base + reader.offset;
    const id = toHex(bytes.subarray(reader.offset, reader.offset + 4));
    reader.word(line.name);
    const head: Field = { name: 'constructor', type: '#', offset, length: 4, value: line.name, bytes: id };
    const field = this.#fields(reader, bytes, base, { ...tl, type: line.isMethod ? 'method' : line.result }, line);
    return { ...field, offset, length: 4 + field.length, value: line.name, fields: [head, ...(field.fields ?? [])] };
  }

  /** The fields of a constructor or method, after its id. */
  #fields(reader: Reader, bytes: Uint8Array, base: number, tl: TlField, line: Combinator): Field {
    const start = reader.offset;
    const fields: Field[] = [];
    const flags: Record<string, number> = {};
    for (const field of line.fields) {
      if (field.flag !== undefined && !(((flags[field.flag.field] ?? 0) >>> field.flag.bit) & 1)) continue;
      const place = { line: line.name, tl: field };
      const at = reader.offset;
      if (field.type === 'true') {
        fields.push({ name: field.name, type: 'true', offset: base + at, length: 0, value: true });
      } else if (isObject(field.type)) {
        // `message` says how long its body is; every other encoded value goes to the end
        const sized = line.name === 'message' ? Number(fields.at(-1)?.value) : reader.remaining;
        const part = reader.raw(sized >>> 0, field.name);
        fields.push(this.#whole(part, base + at, place));
      } else fields.push(this.#read(reader, bytes, base, place));
      if (field.type === '#') flags[field.name] = idOf(bytes.subarray(at));
      if (field.name === 'req_msg_id' && line.name === 'rpc_result')
        this.#answered = new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(at, true);
    }
    return {
      name: tl.name,
      type: tl.type,
      offset: base + start,
      length: reader.offset - start,
      value: line.name,
      fields,
      ...(line.name === 'gzip_packed' ? this.#unpacked(bytes) : {}),
    };
  }

  #unpacked(bytes: Uint8Array): { unpacked?: Field } {
    return { unpacked: this.boxed('unpacked', this.#unpack(bytes)) };
  }

  #vector(reader: Reader, bytes: Uint8Array, base: number, place: Place, item: string, withId: boolean): Field {
    const start = reader.offset;
    const { name, type } = place.tl;
    const fields: Field[] = [];
    if (withId) {
      const id = toHex(bytes.subarray(start, start + 4));
      if (reader.word('Vector') !== VECTOR) reader.fail('a Vector', 'another constructor');
      fields.push({ name: 'constructor', type: '#', offset: base + start, length: 4, value: 'vector', bytes: id });
    }
    const at = reader.offset;
    const count = reader.count();
    const counted = { offset: base + at, length: 4, value: count, bytes: toHex(bytes.subarray(at, at + 4)) };
    fields.push({ name: 'count', type: 'int', ...counted });
    for (let i = 0; i < count; i++)
      fields.push(reader.nested(() => this.#read(reader, bytes, base, { line: place.line, tl: { name, type: item } })));
    const shown = isObject(type) ? `Vector<${item}>` : type;
    return { name, type: shown, offset: base + start, length: reader.offset - start, value: count, fields };
  }

  #leaf(value: string | number | boolean, bytes: Uint8Array, offset: number, { line, tl }: Place): Field {
    const { name, type } = tl;
    const shape = { name, type, offset, length: bytes.length };
    const isName = name !== 'error_message' || isErrorName(String(value));
    if (this.#options.secrets || (isShown(line, tl) && isName)) {
      const time = MSG_ID.test(name) && typeof value === 'string' ? { time: timeOf(BigInt(value)) } : {};
      return { ...shape, value, bytes: toHex(bytes), ...time };
    }
    return { ...shape, hidden: true, ...(isPhone(tl) ? { value: maskPhone(String(value)) } : {}) };
  }
}

function find(key: number | string): Combinator | undefined {
  for (const schema of SCHEMAS) {
    const line = schema.find(key);
    if (line !== undefined) return line;
  }
  return undefined;
}

function isObject(type: string): boolean {
  return type === 'Object' || type === '!X';
}

/** Reads a value of a basic type; `undefined` for any other type. */
function basicValue(reader: Reader, type: string): string | number | boolean | undefined {
  switch (type) {
    case 'int':
      return reader.int();
    case '#':
      return reader.word('flags');
    case 'long':
      return reader.long().toString();
    case 'double':
      return String(reader.double());
    case 'int128':
      return toHex(reader.raw(16, type));
    case 'int256':
      return toHex(reader.raw(32, type));
    case 'string':
      return reader.string();
    case 'bytes':
      return toHex(reader.bytes());
    case 'Bool': {
      const name = find(reader.word('Bool'))?.name;
      if (name !== 'boolTrue' && name !== 'boolFalse') reader.fail('a Bool', 'another value');
      return name === 'boolTrue';
    }
    default:
      return undefined;
  }
}

/** What a value says: the names of its constructors, through wrappers. */
export function titleOf(field: Field): string {
  const { value, fields = [], unpacked, type } = field;
  if (unpacked !== undefined) return titleOf(unpacked);
  if (fields.length === 0) return field.hidden === true ? 'unreadable bytes' : `${value}`;
  if (type.startsWith('Vector<')) return type;
  const last = fields.at(-1);
  if (last === undefined) return `${value}`;
  if (value === 'msg_container')
    return (last.fields ?? [])
      .filter(({ value: name }) => name === 'message')
      .map((each) => titleOf(each.fields?.at(-1) ?? each))
      .join(' + ');
  if (value === 'rpc_result') return `rpc_result ${titleOf(last)}`;
  return last.name === 'query' ? titleOf(last) : `${value}`;
}
