/** A trace as text: a line for each message and, if wanted, its bytes. Every text in it may come from a server. */
import { counted, printable } from '../../printable.ts';
import { padTo, widthOf } from '../tell/wrap.ts';
import {
  type ConcludedEvent,
  type Field,
  type FrameEvent,
  type InnerEvent,
  type MessageEvent,
  partsOf,
  type TraceEvent,
} from './format.ts';
import type { ReadTrace } from './read.ts';
import { termOf } from './terms/fields.ts';

/** What belongs to one frame. */
interface Contents {
  message?: MessageEvent;
  inner?: InnerEvent;
  passed: number;
}

/** The cells of one line, and the lines that follow it. */
interface Row {
  readonly cells: readonly string[];
  readonly below: readonly string[];
}

export function showTrace({ header, events }: ReadTrace, { bytes }: { readonly bytes: boolean }): string {
  const { command, program, started, secrets } = header;
  const at = utc(started);
  const date = at === '' ? '' : `, ${at}`;
  const head = `${printable(command)}${date}, ${printable(program)}, ${secrets ? 'with secrets' : 'secrets hidden'}`;
  const contents = contentsOf(events);
  const rows = events.flatMap((event): Row[] => {
    const cells = cellsOf(event, contents);
    if (cells === undefined) return [];
    const below = bytes && event.event === 'frame' ? dump(event, contents.get(event.frame)) : [];
    return [{ cells: [`${event.at.toFixed(1)} ms`.padStart(11), ...cells], below }];
  });
  const wide = (width: number, [, , , text = '', more]: readonly string[]) =>
    more === undefined ? width : Math.max(width, widthOf(text));
  const width = rows.reduce((widest, { cells }) => wide(widest, cells), 0);
  const lines = rows.flatMap(({ cells: [time, connection = '', arrow = '', text = '', more = ''], below }) => [
    `${time}  ${connection.padEnd(1)}  ${arrow.padEnd(1)}  ${padTo(text, width)}  ${more}`.trimEnd(),
    ...below,
  ]);
  return [head, ...lines, ...(bytes ? glossary(events) : [])].join('\n');
}

function contentsOf(events: readonly TraceEvent[]): ReadonlyMap<number, Contents> {
  const contents = new Map<number, Contents>();
  for (const event of events) {
    if (event.event === 'frame') contents.set(event.frame, { passed: 0 });
    const found = 'frame' in event && event.frame !== undefined ? contents.get(event.frame) : undefined;
    if (found === undefined) continue;
    if (event.event === 'message') found.message ??= event;
    if (event.event === 'inner') found.inner ??= event;
    if (event.event === 'check' && event.holds) found.passed++;
  }
  return contents;
}

/** The cells after the time; `undefined` for an event without a line of its own. */
function cellsOf(event: TraceEvent, contents: ReadonlyMap<number, Contents>): string[] | undefined {
  switch (event.event) {
    case 'open': {
      const place = event.address ?? `through a proxy (${event.proxy ?? 'of an unknown kind'})`;
      return [`${event.connection}`, '', printable(`connecting to DC ${event.dc}, ${place}, ${event.transport}`)];
    }
    case 'close':
      return [`${event.connection}`, '', `closed by the ${printable(event.by)}`];
    case 'call':
      return ['', '', printable(`call of ${event.method}, layer ${event.layer}`)];
    case 'note':
      return ['', '', printable(event.text)];
    case 'frame':
      return frameCells(event, contents.get(event.frame));
    case 'check':
      return event.holds ? undefined : ['', '✖', `check failed: ${printable(event.what)}`];
    case 'concluded':
      return lineOf(conclusionText(event));
    default:
      return undefined;
  }
}

function frameCells(frame: FrameEvent, { message, passed }: Contents = { passed: 0 }): string[] {
  const error = frame.fields.find(({ name }) => name === 'transport_error')?.value;
  const title = message?.title ?? (error === undefined ? 'not opened' : `transport error ${error}`);
  const kind = error !== undefined ? [] : [message?.sealed === false ? 'plain' : 'encrypted'];
  const checks = passed === 0 ? [] : [counted(passed, 'check')];
  const arrow = frame.from === 'client' ? '→' : '←';
  const size = counted(frame.length, 'byte');
  return [`${frame.connection}`, arrow, printable(title), [size, ...kind, ...checks].join(', ')];
}

/** What each field is, in the order in which they come. */
function glossary(events: readonly TraceEvent[]): string[] {
  const terms = new Map<string, string>();
  const add = (field: Field, parent: string, method: boolean) => {
    const { name, type, value, fields } = field;
    const { says, link } = termOf(field, parent, method);
    if (link !== undefined && !says.startsWith('A field of ')) terms.set(says, name);
    const inside = typeof value === 'string' && fields !== undefined ? value : parent;
    for (const part of partsOf(field)) add(part, inside, type === 'method');
  };
  for (const event of events) {
    const envelope = event.event === 'message' ? (event.sealed ? 'encrypted' : 'plain') : event.event;
    if ('fields' in event) for (const field of event.fields) add(field, envelope, false);
  }
  if (terms.size === 0) return [];
  const width = Math.max(...[...terms.values()].map((name) => name.length));
  return ['', 'Fields', '', ...[...terms].map(([says, name]) => `  ${name.padEnd(width)}  ${says}`)];
}

function lineOf(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : ['', '', printable(text)];
}

/** What the client concluded, in words; `undefined` for what needs no line of its own. */
export function conclusionText(event: ConcludedEvent): string | undefined {
  const { what, auth_key_id = '', time_offset = 0, error_code = 0, error_message = '' } = event;
  const clock = `the server's clock is ${time_offset} s ahead`;
  const texts: Readonly<Record<string, string>> = {
    key: `auth_key ${auth_key_id} made; ${clock}`,
    clock,
    salt: 'the server named another salt',
    error: `error ${error_code} ${error_message}`,
    renamed: 'the message was refused unread and is sent again',
    refused: `the message was refused (${error_code})`,
    forgotten: 'the server does not know whether it processed the message',
  };
  return Object.hasOwn(texts, what) ? texts[what] : undefined;
}

function dump(frame: FrameEvent, { message, inner }: Contents = { passed: 0 }): string[] {
  const part = (title: string, fields: readonly Field[]) => [
    '',
    `  ${title}`,
    ...fields.flatMap((each) => leaves(each, 0)),
  ];
  return [
    ...part('frame', frame.fields),
    ...(message === undefined ? [] : part(message.sealed ? 'encrypted_data, opened' : 'message', message.fields)),
    ...(inner === undefined ? [] : part(`${printable(inner.field)}, opened`, inner.fields)),
    '',
  ];
}

/** Bytes on a line. */
const WIDTH = 16;
/** Hidden bytes of one field that are drawn: a hostile trace may name any number. */
const MAX_HIDDEN = 1 << 12;

/** The lines of a field: offset, bytes, name and value. Hidden bytes are dots. */
function leaves(field: Field, depth: number): string[] {
  const { name, type, offset, length, value, bytes = '', fields, hidden, time } = field;
  const shown = value === undefined || type === '#' ? '' : ` = ${value}`;
  const at = time === undefined ? '' : utc(1000 * time);
  const date = at === '' ? '' : ` (${at})`;
  const id = name === 'constructor' ? ` ${value}` : '';
  const label = '  '.repeat(depth) + printable(`${name}${id || (fields === undefined ? shown : '')}${date}`, 120);
  const inside = partsOf(field).flatMap((each) => leaves(each, depth + 1));
  if (fields !== undefined)
    return [`${' '.repeat(8)}${' '.repeat(3 * WIDTH)} ${label} ${printable(typeOf(field))}`, ...inside];
  const count = hidden === true ? Math.max(0, Math.min(length, MAX_HIDDEN)) : bytes.length / 2;
  const lines: string[] = [];
  for (let start = 0; start === 0 || start < count; start += WIDTH) {
    const size = Math.min(WIDTH, count - start);
    const digits = hidden === true ? '··'.repeat(size) : printable(bytes.slice(2 * start, 2 * (start + size)));
    const row = (digits.match(/../gsu) ?? []).join(' ').padEnd(3 * WIDTH);
    lines.push(`${String(offset + start).padStart(6)}  ${row} ${start === 0 ? label : ''}`.trimEnd());
  }
  if (hidden === true && length > count) lines.push('        …');
  return lines;
}

function typeOf({ type, value }: Field): string {
  return typeof value === 'number' ? `${type}, ${counted(value, 'item')}` : `${value ?? type}`;
}

/** A time in words; nothing for one that no clock shows. */
export function utc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
