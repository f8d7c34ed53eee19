/** A hostile server: a sandbox whose answers are made from the schema, with a hostile text in one of the strings. */
import assert from 'node:assert/strict';
import { concat } from '../src/bytes.ts';
import { Datacentre } from '../src/sandbox/datacentre.ts';
import { idOf } from '../src/tl/gzip.ts';
import { current, legacy, mtproto } from '../src/tl/layer.ts';
import { currentText } from '../src/tl/schema/current.ts';
import { type Combinator, parseSchema } from '../src/tl/schema.ts';

/** Characters that must never reach a terminal. Tabs and newlines are our own. */
export const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Sets a terminal's title, forges a line, reverses text, and is very long. */
export const HOSTILE = [
  'x\x1b]0;EVIL\x07\x9b31m\x7f\b\r\nFORGED\tLINE\0',
  '\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
  'A'.repeat(2000),
].join('');

/** Checks what was shown: no unsafe character, no forged line, no text of the server over 500 characters. */
export function checkShown(shown: string, where: string): void {
  const found = UNSAFE.exec(shown);
  assert.equal(found, null, `${where}: U+${found?.[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(shown)}`);
  assert.doesNotMatch(shown, /^FORGED|FORGED\t/m, where);
  assert.doesNotMatch(shown, /A{501}/, where);
}

/** Does the same for each text in JSON. */
export function checkJson(json: unknown, where: string): void {
  if (typeof json === 'string') checkShown(json, where);
  else if (typeof json === 'object' && json !== null)
    for (const [key, each] of Object.entries(json)) checkJson(each, `${where} ${key}`);
}

const { types, functions } = parseSchema(currentText);

/** Returns the type of a method's answer. */
export function answerOf(method: string): string {
  return functions.find(({ name }) => name === method)?.result ?? '';
}

function constructorsOf(type: string): Combinator[] {
  return types.filter(({ result }) => result === type);
}

const BASIC: Readonly<Record<string, unknown>> = {
  int: 5,
  long: 1n,
  double: 0.5,
  string: 'plain',
  bytes: new Uint8Array(4),
  Bool: true,
  true: true,
  '!X': new Uint8Array(4),
};

/** Values of fields that are used before anything is shown. */
const PLAIN: Readonly<Record<string, unknown>> = { ip_address: '127.0.0.1', port: 1 };

/** Makes a harmless value, with all its optional fields. */
function plain(type: string): unknown {
  if (type in BASIC) return BASIC[type];
  const item = /^Vector<(.+)>$/.exec(type)?.[1];
  if (item !== undefined) return constructorsOf(item).length === 0 && !(item in BASIC) ? [] : [plain(item)];
  const all = constructorsOf(type);
  const chosen = all.find(({ name }) => !/Empty$|Unknown$/.test(name)) ?? all[0];
  return chosen === undefined ? undefined : filled(chosen);
}

function filled({ name, fields }: Combinator): Record<string, unknown> {
  const known = fields.filter(({ type }) => type !== '#');
  return Object.fromEntries([
    ['_', name],
    ...known.map((field) => [field.name, PLAIN[field.name] ?? plain(field.type)]),
  ]);
}

export interface Variant {
  /** The path to the hostile text, for example `auth.sentCode.phone_code_hash`. */
  readonly where: string;
  readonly value: unknown;
}

/** Makes a value of the type for each path to a string field, with the hostile text in that field only. */
export function variants(type: string, above: readonly string[] = []): Variant[] {
  if (type === 'string') return [{ where: '', value: HOSTILE }];
  const item = /^Vector<(.+)>$/.exec(type)?.[1];
  if (item !== undefined) return variants(item, above).map(({ where, value }) => ({ where, value: [value] }));
  if (above.includes(type)) return [];
  return constructorsOf(type).flatMap((each) =>
    each.fields.flatMap((field) =>
      variants(field.type, [...above, type]).map(({ where, value }) => ({
        where: `${each.name}.${field.name}${where === '' ? '' : ` ${where}`}`,
        value: { ...filled(each), [field.name]: value },
      })),
    ),
  );
}

/** Encodes an answer: a boxed value, or a vector of them. */
export function encode(value: unknown): Uint8Array {
  if (Array.isArray(value)) {
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, 0x1cb5c415, true);
    head.setUint32(4, value.length, true);
    return concat(new Uint8Array(head.buffer), ...value.map(encode));
  }
  assert.ok(typeof value === 'object' && value !== null && '_' in value && typeof value._ === 'string');
  return current.codec.encodeLine(value._, value);
}

export function encodePlain(method: string): Uint8Array {
  const type = answerOf(method);
  return type === 'Bool' ? new Uint8Array([0xb5, 0x75, 0x72, 0x99]) : encode(plain(type));
}

export function encodeError(error_code: number, error_message: string): Uint8Array {
  return mtproto.encode({ _: 'rpc_error', error_code, error_message });
}

/** Answers to send instead of the sandbox's own, by method. Each is sent once, the last one always. */
export const planned = new Map<string, Uint8Array[]>();

const original = Datacentre.prototype.answer;

/** Makes all sandboxes of this process send the planned answers. Other methods get their usual answers. */
export function answerAsPlanned(): void {
  Datacentre.prototype.answer = function (client, call, where) {
    const own = original.call(this, client, call, where); // remembers the client's initConnection
    const answers = planned.get(methodIn(call.body)) ?? [];
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? own;
  };
}

function methodIn(call: Uint8Array): string {
  const codec = [current.codec, legacy.codec].find((each) => each.find(idOf(call)) !== undefined);
  const definition = codec?.find(idOf(call));
  if (codec === undefined || definition === undefined) return '';
  if (definition.fields.at(-1)?.type !== '!X') return definition.name;
  const wrapper = codec.decodeCall(call);
  return 'query' in wrapper ? methodIn(wrapper.query) : definition.name;
}
