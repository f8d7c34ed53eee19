/**
 * Compares our lines of TL with schemas of others: `npm run schema -- FILE…`. A file is a schema as a .tl, a schema in
 * the JSON of https://core.telegram.org/schema/json, or the errors of https://core.telegram.org/api/errors.json.
 *
 *     layer     - the layer of our lines
 *               + the layer that the file names
 *     changed   - a line of ours
 *               + this line in the file
 *     missing   - a line of ours that the file does not have
 *     new       + a line of the file in `auth`, or of a type that our answers contain
 *     error     an error of a method of ours in `auth` or `account`, which the catalogue does not have
 *
 * The exit code is 1 if there is a difference. Lines that we leave out on purpose are in LEFT_OUT.
 */
import { readFileSync } from 'node:fs';
import { named } from '../src/catalogue.ts';
import { serverText } from '../src/sandbox/layers/schema.ts';
import { current } from '../src/tl/layer.ts';
import { currentText } from '../src/tl/schema/current.ts';
import { parseSchema } from '../src/tl/schema.ts';

/** Why we need none of these lines and errors, by how their names begin. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  input: 'servers send no such value',
  'auth.importWebToken': 'for browsers that another app has signed in',
  'auth.cancelWebToken': 'the same',
  'auth.requestFirebaseSms': 'only official apps can ask Google or Apple for the token',
  'auth.initFirebasePnv': 'the same',
  'auth.finishFirebasePnv': 'the same',
  'auth.firebasePnv': 'the same',
  'auth.checkPaidAuth': 'only official apps can take the payment',
  'auth.reportMissingCode': 'needs the network code of a SIM card',
  'auth.initPasskey': 'a passkey belongs to the domain of an official app',
  'auth.finishPasskey': 'the same',
  'auth.passkey': 'the same',
  BUSINESS_CONNECTION: 'an error of bots that act for a person',
};

interface Line {
  readonly name: string;
  readonly result: string;
  readonly isMethod: boolean;
  /** In one spelling: without what only TDLib or the JSON leaves out. */
  readonly text: string;
}

interface TlSchema {
  readonly layer: number | undefined;
  readonly lines: ReadonlyMap<string, Line>;
}

interface JsonLine {
  readonly id: string | number;
  readonly predicate?: string;
  readonly method?: string;
  readonly params: readonly { readonly name: string; readonly type: string }[];
  readonly type: string;
}

interface JsonSchema {
  readonly constructors: readonly JsonLine[];
  readonly methods: readonly JsonLine[];
  readonly layer?: number;
}

/** By code and name: the methods that fail with it. No methods: any. */
type JsonErrors = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

function lineOf(name: string, id: number, args: string, result: string, isMethod: boolean): Line {
  const words = `${args} = ${result}`.replace(/ ?\{\w+:Type\}/g, '').replaceAll('vector<', 'Vector<');
  return { name, result, isMethod, text: `${name}#${id.toString(16)}${words}` };
}

function fromTl(text: string): TlSchema {
  let isMethod = false;
  const lines = text.split('\n').flatMap((line) => {
    isMethod = line.startsWith('---') ? line.startsWith('---functions') : isMethod;
    const [, name, id = '', args = '', result = ''] =
      /^([\w.]+)#([0-9a-f]{1,8})((?: [^ =;]+)*) = ([\w.<>]+);/.exec(line) ?? [];
    return name === undefined ? [] : [lineOf(name, Number.parseInt(id, 16), args, result, isMethod)];
  });
  const [, layer] = /^\/\/ layer:? +(\d+)/im.exec(text) ?? [];
  return { layer: layer === undefined ? undefined : Number(layer), lines: byName(lines) };
}

function fromJson({ constructors, methods, layer }: JsonSchema): TlSchema {
  const lines = [...constructors, ...methods].map(({ id, predicate, method, params, type }) => {
    const args = params.map((each) => ` ${each.name}:${each.type}`).join('');
    return lineOf(predicate ?? method ?? '', Number(id) >>> 0, args, type, method !== undefined);
  });
  return { layer, lines: byName(lines) };
}

function byName(lines: readonly Line[]): ReadonlyMap<string, Line> {
  return new Map(lines.map((line) => [line.name, line]));
}

/** The types in the answers to the client's methods, and in the values of these types. */
function answerTypes(): ReadonlySet<string> {
  const { types, functions } = parseSchema(currentText);
  const plain = (type: string) => type.replace(/^Vector<(.+)>$/, '$1');
  const found = new Set(functions.map(({ result }) => plain(result)));
  for (const type of found)
    for (const { fields } of types.filter(({ result }) => result === type))
      for (const field of fields) found.add(plain(field.type));
  return found;
}

function changesOfSchema({ layer, lines }: TlSchema): string[] {
  if (lines.size === 0) throw new Error('This file has no line of TL.');
  const ours = fromTl(serverText);
  const changes = layer === undefined || layer === current.number ? [] : [differ('layer', current.number, layer)];
  for (const { name, text } of ours.lines.values()) {
    const theirs = lines.get(name)?.text;
    if (theirs === undefined) changes.push(`missing   - ${text}`);
    else if (theirs !== text) changes.push(differ('changed', text, theirs));
  }
  const answers = answerTypes();
  const isWanted = ({ name, result, isMethod }: Line) => name.startsWith('auth.') || (!isMethod && answers.has(result));
  const news = [...lines.values()].filter(
    (line) => !ours.lines.has(line.name) && isWanted(line) && !isLeftOut(line.name),
  );
  return [...changes, ...news.map(({ text }) => `new       + ${text}`)];
}

function differ(what: string, ours: unknown, theirs: unknown): string {
  return `${what.padEnd(10)}- ${ours}\n${' '.repeat(10)}+ ${theirs}`;
}

function isLeftOut(name: string): boolean {
  return Object.keys(LEFT_OUT).some((start) => name.startsWith(start));
}

function unknownErrors(errors: JsonErrors): string[] {
  const methods = parseSchema(currentText).functions.map(({ name }) => name);
  const ours = new Set(methods.filter((name) => /^(auth|account)\./.test(name)));
  const all = Object.entries(errors).flatMap(([code, names]) =>
    Object.entries(names).map(([name, methods]) => ({ code, type: name.replace(/%[ds]/g, 'X'), methods })),
  );
  return all
    .map(({ methods, ...error }) => ({ ...error, called: methods.filter((method) => ours.has(method)) }))
    .filter(({ type, called }) => called.length > 0 && named(type) === undefined && !isLeftOut(type))
    .map(({ code, type, called }) => `error     ${code} ${type}: ${called.join(', ')}`);
}

/** What differs between our lines and a file of others, one line each. */
export function differences(file: string): string[] {
  if (!file.trimStart().startsWith('{')) return changesOfSchema(fromTl(file));
  const json: JsonSchema | { readonly errors: JsonErrors } = JSON.parse(file);
  return 'errors' in json ? unknownErrors(json.errors) : changesOfSchema(fromJson(json));
}

if (/[\\/]\.ci[\\/]schema\.ts$/.test(process.argv[1] ?? '')) {
  const files = process.argv.slice(2);
  if (files.length === 0) throw new Error('Name a schema: npm run schema -- FILE');
  const found = files.flatMap((file) => differences(readFileSync(file, 'utf8')));
  process.stdout.write(found.map((line) => `${line}\n`).join(''));
  process.exitCode = found.length === 0 ? 0 : 1;
}
