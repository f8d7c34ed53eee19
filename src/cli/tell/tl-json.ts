/**
 * TL values ↔ JSON, for `tl encode` and `tl decode`.
 *
 * | TL                          | JSON                                                               |
 * |-----------------------------|--------------------------------------------------------------------|
 * | int, string, Bool, true     | number, string, boolean                                            |
 * | double                      | number, or "NaN", "Infinity", "-Infinity", "-0"                    |
 * | long                        | decimal digits in a string, as JSON numbers are exact only to 2^53 |
 * | bytes, int128, int256       | lower-case hex                                                     |
 * | Vector<T>                   | array                                                              |
 * | !X, Object (encoded values) | the value inside if one of the schemas knows its id, else hex      |
 * | any other type              | object with its constructor's name in `_`                          |
 */
import { fromHex, toHex } from '../../bytes.ts';
import { TlError, UsageError } from '../../errors.ts';
import type { Json } from '../../printable.ts';
import type { Untyped } from '../../tl/codec.ts';
import { idOf } from '../../tl/gzip.ts';

/** The TL reader nests no deeper. */
const MAX_DEPTH = 64;

const ENCODED = ['!X', 'Object'];
const IN_HEX = ['bytes', 'int128', 'int256', ...ENCODED];

/**
 * Encodes the method or constructor `name` with the fields of a JSON object, by the first schema that knows it. Throws
 * `UsageError` for an unknown name or field, or a value of the wrong type.
 */
export function encodeJson(schemas: readonly Untyped[], name: string, fields: unknown): Uint8Array {
  return encode(schemas, 0, name, fields);
}

/**
 * Decodes a call or a value by the first schema that knows its id. With `answerTo`, decodes the answer to that method,
 * because the id of a vector does not name its type. Throws `UsageError` for other bytes.
 */
export function decodeJson(schemas: readonly Untyped[], bytes: Uint8Array, answerTo?: string): Json {
  return decode(schemas, 0, bytes, answerTo);
}

/** A position in the conversion: a value of `schema`, `depth` objects deep. */
interface Place {
  readonly schemas: readonly Untyped[];
  readonly schema: Untyped;
  readonly depth: number;
}

function placeOf(schemas: readonly Untyped[], depth: number, key: number | string): Place {
  const schema = schemas.find((each) => each.find(key) !== undefined);
  if (schema !== undefined) return { schemas, schema, depth };
  const what = typeof key === 'number' ? `with id ${key.toString(16).padStart(8, '0')}` : `named '${key}'`;
  throw new UsageError(`No method or constructor ${what}.`);
}

function encode(schemas: readonly Untyped[], depth: number, name: string, json: unknown): Uint8Array {
  const place = placeOf(schemas, depth, name);
  const fields = fieldsFromJson(place, name, json);
  try {
    return place.schema.encodeLine(name, fields);
  } catch (error) {
    if (!(error instanceof TlError)) throw error;
    throw new UsageError(`Expected ${error.expected}; found ${error.found}.`, { cause: error });
  }
}

/** Converts a value of this type. The codec checks what is not converted here. */
function fromJson(place: Place, type: string, json: unknown, path: string): unknown {
  if (type === 'long' && (typeof json === 'string' || Number.isSafeInteger(json))) {
    const digits = String(json);
    if (!/^-?\d{1,20}$/.test(digits)) throw new UsageError(`${path} must be a whole number in decimal digits.`);
    return BigInt(digits);
  }
  if (type === 'double' && typeof json === 'string' && /^(?:NaN|-?Infinity|-0)$/.test(json)) return Number(json);
  if (ENCODED.includes(type) && typeof json === 'boolean')
    return encode(place.schemas, place.depth, json ? 'boolTrue' : 'boolFalse', {});
  if (ENCODED.includes(type) && isObject(json) && typeof json._ === 'string')
    return encode(place.schemas, place.depth, json._, json);
  if (IN_HEX.includes(type) && typeof json === 'string') {
    if (!/^(?:[0-9a-f]{2})*$/i.test(json)) throw new UsageError(`${path} must be bytes in hex.`);
    if (ENCODED.includes(type) && json.length % 8 !== 0)
      throw new UsageError(`${path} must be whole 32-bit words in hex.`);
    return fromHex(json);
  }
  const item = /^[Vv]ector<(.+)>$/.exec(type)?.[1];
  if (item !== undefined && Array.isArray(json))
    return json.map((each, i) => fromJson(place, item, each, `${path}[${i}]`));
  return isObject(json) && typeof json._ === 'string' ? fieldsFromJson(place, json._, json) : json;
}

function fieldsFromJson({ schemas, schema, depth }: Place, name: string, json: unknown): unknown {
  if (depth >= MAX_DEPTH) throw new UsageError(`The value is nested more than ${MAX_DEPTH} levels deep.`);
  const line = schema.find(name);
  if (line === undefined || !isObject(json)) return json;
  const place = { schemas, schema, depth: depth + 1 };
  const known = line.fields.filter(({ type }) => type !== '#');
  const names = known.map((field) => field.name);
  const unknown = Object.keys(json).find((key) => key !== '_' && !names.includes(key));
  if (unknown !== undefined)
    throw new UsageError(`${name} has no field '${unknown}'. Its fields: ${names.join(', ') || 'none'}.`);
  const entries = known.map((field) => [
    field.name,
    fromJson(place, field.type, json[field.name], `${name}.${field.name}`),
  ]);
  return Object.fromEntries([['_', name], ...entries]);
}

function decode(schemas: readonly Untyped[], depth: number, bytes: Uint8Array, answerTo?: string): Json {
  const place = placeOf(schemas, depth, answerTo ?? idOf(bytes));
  const { schema } = place;
  try {
    return toJson(place, answerTo === undefined ? schema.decodeLine(bytes) : schema.decodeAnswer(answerTo, bytes));
  } catch (error) {
    if (!(error instanceof TlError)) throw error;
    const message = `Byte ${error.offset}, in word ${(error.offset >>> 2) + 1}: expected ${error.expected}, found ${error.found}.`;
    const hasExtraWord = error.expected === 'the end' && error.offset + 4 === bytes.length;
    throw new UsageError(message, { cause: error, ...(hasExtraWord ? { why: [EXTRA_WORD] } : {}) });
  }
}

const EXTRA_WORD = "Some examples on Telegram's pages end in an extra word: leave it out.";

function toJson(place: Place, value: unknown): Json {
  if (typeof value === 'bigint') return value.toString();
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map((each) => toJson(place, each));
  if (!isObject(value)) return null;
  const line = typeof value._ === 'string' ? place.schema.find(value._) : undefined;
  if (line?.result === 'Bool' && !line.isMethod) return line.name === 'boolTrue';
  const entries = Object.entries(value).map(([name, each]): [string, Json] => {
    const encoded = line?.fields.some((field) => field.name === name && ENCODED.includes(field.type));
    return [name, encoded && each instanceof Uint8Array ? inside(place, each) : toJson(place, each)];
  });
  return Object.fromEntries(entries);
}

/** Decodes an encoded value; returns hex if no schema knows it or it is too deep. */
function inside({ schemas, depth }: Place, bytes: Uint8Array): Json {
  if (depth >= MAX_DEPTH) return toHex(bytes);
  try {
    return decode(schemas, depth + 1, bytes);
  } catch (error) {
    if (error instanceof UsageError) return toHex(bytes);
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
