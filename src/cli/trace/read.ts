/** Reads a trace. A file may be damaged or hostile: every key that `format.ts` names is checked. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isHex } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { reasonOf } from '../../session/system.ts';
import { type Field, FORMAT, type Header, type TraceEvent, VERSION } from './format.ts';

export interface ReadTrace {
  readonly header: Header;
  readonly events: readonly TraceEvent[];
}

/** In bytes. A login has 0.1 MiB. */
const MAX_LENGTH = 1 << 26;
const MAX_DEPTH = 100;

type Kind = 'text' | 'hex' | 'number' | 'flag' | 'fields' | 'texts' | 'object' | 'value';
/** The type of each key. A key whose name ends in "?" may be absent. */
type Keys = Readonly<Record<string, Kind>>;

const HEADER: Keys = { secrets: 'flag', program: 'text', command: 'text', started: 'number' };

const EVENTS: Readonly<Record<TraceEvent['event'], Keys>> = {
  open: { connection: 'number', dc: 'number', transport: 'text', 'address?': 'text', 'proxy?': 'text' },
  connected: { connection: 'number' },
  close: { connection: 'number', by: 'text' },
  frame: { frame: 'number', connection: 'number', from: 'text', length: 'number', fields: 'fields', 'wire?': 'hex' },
  message: {
    frame: 'number',
    connection: 'number',
    from: 'text',
    sealed: 'flag',
    title: 'text',
    fields: 'fields',
  },
  inner: { frame: 'number', from: 'text', field: 'text', title: 'text', fields: 'fields' },
  check: { 'frame?': 'number', what: 'text', holds: 'flag' },
  concluded: {
    'frame?': 'number',
    what: 'text',
    'auth_key_id?': 'text',
    'time_offset?': 'number',
    'msg_ids?': 'texts',
    'error_code?': 'number',
    'error_message?': 'text',
  },
  call: { call: 'number', method: 'text', layer: 'number', 'bytes?': 'hex', 'options?': 'object' },
  note: { text: 'text' },
  client: {
    dc: 'number',
    host: 'text',
    port: 'number',
    n: 'hex',
    e: 'hex',
    session: 'text',
    home: 'number',
    api_id: 'number',
    device_model: 'text',
    system_version: 'text',
    app_version: 'text',
    lang_code: 'text',
    'transport?': 'text',
    'pfs?': 'number',
    waitFlood: 'number',
  },
  random: { bytes: 'hex' },
  time: { now: 'number' },
  received: { connection: 'number', bytes: 'hex' },
};

const FIELD: Keys = {
  name: 'text',
  type: 'text',
  offset: 'number',
  length: 'number',
  'value?': 'value',
  'bytes?': 'text',
  'hidden?': 'flag',
  'time?': 'number',
  'fields?': 'fields',
};

/** Throws `StoreError` for a file that cannot be read, `UsageError` for one that is not a trace. */
export function readTrace(file: string): ReadTrace {
  return parseTrace(textOf(file), file);
}

export function parseTrace(text: string, file: string): ReadTrace {
  const [first = '', ...rest] = text.split('\n');
  const header = parse(first);
  if (!isObject(header) || header.format !== FORMAT) throw new UsageError(`${file} is not a trace of tg-auth.`);
  if (header.version !== VERSION)
    throw new UsageError(`${file} is a trace of another version (${JSON.stringify(header.version)}).`, {
      why: [`This tg-auth reads version ${VERSION}. A newer one may read it.`],
    });
  if (!isHeader(header)) throw damaged(file, 1);
  const lines = rest.at(-1) === '' ? rest.slice(0, -1) : rest;
  const events = lines.flatMap((line, i) => {
    const event = parse(line);
    if (!isObject(event) || typeof event.event !== 'string' || typeof event.at !== 'number') throw damaged(file, i + 2);
    if (!Object.hasOwn(EVENTS, event.event)) return []; // of a later release
    if (!isEvent(event)) throw damaged(file, i + 2);
    return [event];
  });
  return { header, events };
}

function damaged(file: string, line: number): UsageError {
  return new UsageError(`${file} is damaged: line ${line} is not an event of a trace.`);
}

function textOf(file: string): string {
  try {
    const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(opened);
      if (stats.isFile() && stats.size <= MAX_LENGTH) return readFileSync(opened, 'utf8');
      throw new Error(stats.isFile() ? 'it is larger than 64 MiB' : 'it is not a file');
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    throw new StoreError('FILE_UNREADABLE', { file, reason: reasonOf(cause) }, { cause });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHeader(value: unknown): value is Header {
  return isObject(value) && fits(value, HEADER, 0);
}

function isEvent(value: unknown): value is TraceEvent {
  return isObject(value) && Object.entries(EVENTS).some(([name, keys]) => value.event === name && fits(value, keys, 0));
}

function isField(value: unknown, depth = 0): value is Field {
  if (!isObject(value) || depth > MAX_DEPTH || !fits(value, FIELD, depth)) return false;
  return value.unpacked === undefined || isField(value.unpacked, depth + 1);
}

function fits(value: Readonly<Record<string, unknown>>, keys: Keys, depth: number): boolean {
  return Object.entries(keys).every(([key, kind]) => {
    const each = value[key.replace('?', '')];
    return each === undefined ? key.endsWith('?') : isKind(each, kind, depth);
  });
}

function isKind(value: unknown, kind: Kind, depth: number): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'hex':
      return typeof value === 'string' && isHex(value);
    case 'number':
      return Number.isFinite(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'value':
      return ['string', 'number', 'boolean'].includes(typeof value);
    case 'object':
      return isObject(value);
    case 'texts':
      return Array.isArray(value) && value.every((each) => typeof each === 'string');
    case 'fields':
      return Array.isArray(value) && value.every((each) => isField(each, depth + 1));
  }
}
