/**
 * Schema text → encode and decode (https://core.telegram.org/mtproto/serialize).
 *
 * There is one codec for each schema, because two layers may use one name with different ids. The text is parsed at the
 * codec's first use, and a type is compiled when it is first needed.
 *
 * Decoding is strict: a value must fill its bytes, or `TlError` is thrown. As the protocol says, padding may hold any
 * bytes, and unknown bits of a flags field are ignored: adding a `flags.N?true` does not change a constructor's id.
 */
import { TlError } from '../errors.ts';
import { BASIC, ENCODED, refuse, type Shape } from './basic.ts';
import { Reader } from './reader.ts';
import { type Combinator, type Field, parseSchema } from './schema.ts';
import type { Answers, AnyCall, AnyValue, Constructors, Methods, Types } from './types.ts';
import { Writer } from './writer.ts';

const VECTOR = 0x1cb5c415;

/** A codec for names and values that come as text. Throws `TlError` for what does not fit the schema. */
export interface Untyped {
  /** The method or constructor with this id or name. */
  find(key: number | string): Combinator | undefined;
  /** The bytes of a call or of a boxed value. */
  encodeLine(name: string, fields: unknown): Uint8Array;
  /** Reads a call or a boxed value. */
  decodeLine(bytes: Uint8Array): unknown;
  decodeAnswer(method: string, bytes: Uint8Array): unknown;
  /** The bytes of a value of this type: boxed, or a vector. */
  encodeAs(type: string, value: unknown): Uint8Array;
}

export interface Codec<S extends string> extends Untyped {
  readonly text: S;
  /** The bytes of a call. Throws `TlError` if a parameter does not fit its field. */
  encodeCall<M extends keyof Methods<S> & string>(method: M, params: Methods<S>[M]): Uint8Array;
  /** The bytes of a boxed value. Throws `TlError` if a field does not fit. */
  encode<N extends keyof Constructors<S>>(value: Constructors<S>[N]): Uint8Array;
  /** The bytes of a method's answer, as a server sends it. */
  encodeAnswer<M extends keyof Answers<S> & string>(method: M, answer: Answers<S>[M]): Uint8Array;
  /** Reads a boxed value of this type. It must fill the bytes. */
  decode<T extends keyof Types<S> & string>(type: T, bytes: Uint8Array): Types<S>[T];
  /** Reads a boxed value of this type from the start of the bytes, and returns its length. */
  decodePrefix<T extends keyof Types<S> & string>(type: T, bytes: Uint8Array): { value: Types<S>[T]; length: number };
  /** Reads the answer to this method. With `trailing` other bytes may follow, as in the key exchange. */
  decodeAnswer<M extends keyof Answers<S> & string>(
    method: M,
    bytes: Uint8Array,
    options?: { readonly trailing?: boolean },
  ): Answers<S>[M];
  /** Reads a value of any constructor of the schema. */
  decodeAny(bytes: Uint8Array): AnyValue<S>;
  /** Reads a call of any method. The `query` of a wrapper stays encoded. */
  decodeCall(bytes: Uint8Array): AnyCall<S>;
  /** Reads a call from the start of the bytes, and returns its length. */
  decodeCallPrefix(bytes: Uint8Array): { value: AnyCall<S>; length: number };
}

type Plain = Record<string, unknown>;
type Flags = Record<string, number>;

/** `lines`: the text to use at run time, for a layer whose values fit the types of `text` but have other lines. */
export function codec<const S extends string>(text: S, lines: string = text): Codec<S> {
  let index: Index | undefined;
  const shapes = new Map<string, Shape>();
  const fieldsOf = new Map<Combinator, Shape>();

  function schema(): Index {
    index ??= indexOf(lines);
    return index;
  }

  function shape(type: string): Shape {
    const known = shapes.get(type) ?? BASIC[type];
    if (known !== undefined) return known;
    const made = compile(type);
    shapes.set(type, made);
    return made;
  }

  function compile(type: string): Shape {
    if (type === 'Object' || type === '!X' || type === 'X') return ENCODED;
    const [, vector, item] = /^([Vv]ector)<(.+)>$/.exec(type) ?? [];
    if (item !== undefined) return vectorOf(item, vector === 'Vector');
    const { byName, boxed } = schema();
    const name = type.startsWith('%') ? (boxed.get(type.slice(1))?.[0]?.name ?? type) : type;
    const bare = byName.get(name);
    return bare === undefined ? boxedOf(type) : bareOf(bare);
  }

  function vectorOf(item: string, withId: boolean): Shape {
    return {
      write(w, value, what) {
        if (!Array.isArray(value)) return refuse(w, `${what}: an array`, value);
        if (withId) w.word(VECTOR);
        w.int(value.length);
        for (const [i, each] of value.entries()) shape(item).write(w, each, `${what}[${i}]`);
      },
      read(r) {
        if (withId && r.word('Vector') !== VECTOR) r.fail('a Vector', 'another constructor', r.offset - 4);
        const items: unknown[] = [];
        for (let left = r.count(); left > 0; left--) items.push(r.nested(() => shape(item).read(r)));
        return items;
      },
    };
  }

  function boxedOf(type: string): Shape {
    return {
      write(w, value, what) {
        const line = isObject(value) && typeof value._ === 'string' ? schema().byName.get(value._) : undefined;
        if (line?.result !== type || line.isMethod) return refuse(w, `${what}: ${type}`, value);
        w.word(line.id);
        bareOf(line).write(w, value, what);
      },
      read(r) {
        const id = r.word(type);
        const line = schema().byId.get(id);
        if (line === undefined || line.result !== type || line.isMethod)
          return r.fail(`a constructor of ${type}`, unknown(id), r.offset - 4);
        return r.nested(() => bareOf(line).read(r));
      },
    };
  }

  function unknown(id: number): string {
    return schema().byId.get(id)?.name ?? `the unknown constructor #${id.toString(16).padStart(8, '0')}`;
  }

  function bareOf(line: Combinator): Shape {
    const known = fieldsOf.get(line);
    if (known !== undefined) return known;
    const made = compileFields(line);
    fieldsOf.set(line, made);
    return made;
  }

  function compileFields({ name, fields }: Combinator): Shape {
    return {
      write(w, value, what) {
        if (!isObject(value)) return refuse(w, `${what}: ${name}`, value);
        const flags: Flags = {};
        for (const [i, field] of fields.entries()) {
          const item = value[field.name];
          const path = `${name}.${field.name}`;
          if (field.type === '#') {
            const word = flagsOf(field.name, fields, value);
            flags[field.name] = word;
            w.word(word);
          } else if (!isSet(flags, field)) continue;
          else if (field.type === 'true') {
            if (item !== true) refuse(w, `${path}: true, as another field of its flag is present`, item);
          } else if (isSized(fields, i) && item instanceof Uint8Array && item.length !== value.bytes)
            refuse(w, `${path}: as many bytes as \`bytes\` says`, item);
          else shape(field.type).write(w, item, path);
        }
      },
      read(r) {
        const out: Plain = { _: name };
        const flags: Flags = {};
        for (const [i, field] of fields.entries()) {
          if (field.type === '#') flags[field.name] = r.word('flags');
          else if (!isSet(flags, field)) continue;
          else if (field.type === 'true') out[field.name] = true;
          else if (isSized(fields, i)) out[field.name] = r.raw(Number(out.bytes) >>> 0, field.name);
          else out[field.name] = shape(field.type).read(r);
        }
        return out;
      },
    };
  }

  function readWhole(type: string, bytes: Uint8Array, trailing = false): unknown {
    const reader = new Reader(bytes);
    const value = shape(type).read(reader);
    if (!trailing) reader.end();
    return value;
  }

  function readLine(reader: Reader, wanted: readonly Combinator[], what: string): unknown {
    const id = reader.word(what);
    const line = schema().byId.get(id);
    if (line === undefined || !wanted.includes(line)) return reader.fail(what, unknown(id), 0);
    return bareOf(line).read(reader);
  }

  function readWholeLine(bytes: Uint8Array, wanted: readonly Combinator[], what: string): unknown {
    const reader = new Reader(bytes);
    const value = readLine(reader, wanted, what);
    reader.end();
    return value;
  }

  function line(name: string): Combinator {
    const found = schema().byName.get(name);
    if (found === undefined) throw new TlError(0, 'a name of the schema', `'${name}'`);
    return found;
  }

  function encodeLine(name: string, fields: unknown): Uint8Array {
    const found = line(name);
    const writer = new Writer();
    writer.word(found.id);
    bareOf(found).write(writer, fields, name);
    return writer.done();
  }

  function encodeAs(type: string, value: unknown): Uint8Array {
    const writer = new Writer();
    shape(type).write(writer, value, type);
    return writer.done();
  }

  // The only cast from run-time values to types: both come from the same text.
  const untyped = {
    text,
    encodeCall: (method: string, params: unknown) => encodeLine(method, params),
    encode: (value: { _: string }) => encodeLine(value._, value),
    encodeAnswer: (method: string, answer: unknown) => encodeAs(line(method).result, answer),
    decode: (type: string, bytes: Uint8Array) => readWhole(type, bytes),
    decodePrefix(type: string, bytes: Uint8Array) {
      const reader = new Reader(bytes);
      return { value: shape(type).read(reader), length: reader.offset };
    },
    decodeAnswer: (method: string, bytes: Uint8Array, options?: { trailing?: boolean }) =>
      readWhole(line(method).result, bytes, options?.trailing),
    decodeAny: (bytes: Uint8Array) => readWholeLine(bytes, schema().types, 'a constructor'),
    decodeCall: (bytes: Uint8Array) => readWholeLine(bytes, schema().functions, 'a method'),
    decodeCallPrefix(bytes: Uint8Array) {
      const reader = new Reader(bytes);
      return { value: readLine(reader, schema().functions, 'a method'), length: reader.offset };
    },
    decodeLine: (bytes: Uint8Array) => readWholeLine(bytes, schema().all, 'a method or a constructor'),
    find: (key: number | string) => (typeof key === 'number' ? schema().byId.get(key) : schema().byName.get(key)),
    encodeLine,
    encodeAs,
  };
  return untyped as unknown as Codec<S>;
}

/** The lines of a schema, by name, id and type. */
interface Index {
  readonly types: readonly Combinator[];
  readonly functions: readonly Combinator[];
  readonly all: readonly Combinator[];
  readonly byId: ReadonlyMap<number, Combinator>;
  readonly byName: ReadonlyMap<string, Combinator>;
  /** The constructors of each boxed type. */
  readonly boxed: ReadonlyMap<string, readonly Combinator[]>;
}

function indexOf(text: string): Index {
  const { types, functions } = parseSchema(text);
  const all = [...types, ...functions];
  return {
    types,
    functions,
    all,
    byId: new Map(all.map((line) => [line.id, line])),
    byName: new Map(all.map((line) => [line.name, line])),
    boxed: groupByResult(types),
  };
}

function groupByResult(lines: readonly Combinator[]): Map<string, Combinator[]> {
  const groups = new Map<string, Combinator[]>();
  for (const line of lines) groups.set(line.result, [...(groups.get(line.result) ?? []), line]);
  return groups;
}

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

/** Whether the field before, `bytes:int`, is this encoded field's length. Only `message` of a container has one. */
function isSized(fields: readonly Field[], i: number): boolean {
  return fields[i]?.type === 'Object' && fields[i - 1]?.name === 'bytes';
}

/** Whether a field is present: it has no flag, or its flag is set. */
function isSet(flags: Flags, { flag }: Field): boolean {
  return flag === undefined || (((flags[flag.field] ?? 0) >>> flag.bit) & 1) === 1;
}

/** The flags word: a bit is set if any of its fields is present. For `flags.N?true`, false means absent. */
function flagsOf(flags: string, fields: readonly Field[], value: Plain): number {
  let word = 0;
  for (const { name, type, flag } of fields) {
    const absent = value[name] === undefined || (type === 'true' && value[name] === false);
    if (flag?.field === flags && !absent) word |= 1 << flag.bit;
  }
  return word >>> 0;
}
