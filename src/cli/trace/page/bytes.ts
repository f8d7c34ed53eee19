/** The tables of bytes: a row for each field, with its bytes, its name and what it is. */
import { counted } from '../../../printable.ts';
import { type Field, leavesOf, partsOf } from '../format.ts';
import { utc } from '../show.ts';
import { termOf } from '../terms/fields.ts';
import { KINDS } from '../terms/term.ts';
import { html, type Markup } from './markup.ts';

/** Bytes of one field that are shown. */
const MAX_BYTES = 4096;
/** A vector with more items shows some, and the rest in one row. */
const MAX_ITEMS = 8;
const SOME_ITEMS = 3;
/** Parts inside parts are indented up to here. */
const MAX_INDENT = 6;
const COLUMNS = ['at', 'bytes', 'field'] as const;

/** `parent`: the envelope that the fields belong to. */
export function tableOf(caption: string, fields: readonly Field[], parent: string): Markup {
  const place = { parent, method: false, depth: 0, isRepeated: false };
  return html`<table><caption>${caption}</caption>
<thead><tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${fields.map((field) => rowsOf(field, place))}</tbody></table>
`;
}

interface Place {
  /** The constructor, method or envelope that the field belongs to. */
  readonly parent: string;
  readonly method: boolean;
  readonly depth: number;
  /** It is in an item of a vector that is not the first, so that the fields have been explained. */
  readonly isRepeated: boolean;
}

function rowsOf(field: Field, place: Place): Markup {
  const { fields, name, type, value } = field;
  const { kind, says, link } = termOf(field, place.parent, place.method);
  const isLine = typeof value === 'string' && fields !== undefined;
  const inside = { ...place, depth: place.depth + 1, ...(isLine && { parent: value, method: type === 'method' }) };
  const parts = partsOf(field);
  // The items of a vector follow its count.
  const first = typeof value === 'number' ? parts.findIndex((part) => part.name === 'count') + 1 : parts.length;
  const isLong = typeof value === 'number' && parts.length - first > MAX_ITEMS;
  const shown = isLong ? parts.slice(0, first + SOME_ITEMS) : parts;
  const rows = shown.map((part, i) => rowsOf(part, i > first ? { ...inside, isRepeated: true } : inside));
  const rest = restOf(parts.slice(shown.length), `i${Math.min(inside.depth, MAX_INDENT)}`, kind);
  const indent = `i${Math.min(place.depth, MAX_INDENT)}`;
  const term = link === undefined ? name : html`<a href="${link}">${name}</a>`;
  const more = place.isRepeated
    ? undefined
    : html`<span class="kind">${KINDS[kind]}</span><span class="says">${says}</span>`;
  return html`<tr class="k-${kind}${fields === undefined ? '' : ' group'}">
<td class="offset">${field.offset}</td>${bytesOf(field)}<td class="${indent}"><b>${term}</b> ${shownValue(field)}${more}</td></tr>
${rows}${rest}`;
}

/** The rest of a long vector in one row. */
function restOf(items: readonly Field[], indent: string, kind: string): Markup | undefined {
  const [first] = items;
  if (first === undefined) return undefined;
  const leaves = items.flatMap(leavesOf);
  const bytes = leaves.map((leaf) => leaf.bytes ?? '').join('');
  const length = items.reduce((sum, item) => sum + item.length, 0);
  const hidden = leaves.some((leaf) => leaf.hidden === true);
  const field: Field = { name: '', type: '', offset: first.offset, length, ...(hidden ? { hidden } : { bytes }) };
  return html`<tr class="k-${kind}"><td class="offset">${first.offset}</td>${bytesOf(field)}<td class="${indent}">${counted(items.length, 'more item')} like these</td></tr>
`;
}

function bytesOf({ bytes = '', hidden, length, fields, type }: Field): Markup {
  const size = counted(length, 'byte');
  if (hidden === true) return html`<td class="bytes hidden">hidden, ${size}</td>`;
  if (fields !== undefined || type === 'plain') return html`<td class="bytes">${size}:</td>`;
  if (length === 0 && bytes === '') return html`<td class="bytes">a flag, no bytes</td>`;
  const shown = bytes.slice(0, 2 * MAX_BYTES).match(/../gsu) ?? [];
  const left = Math.trunc(bytes.length / 2) - shown.length;
  return html`<td class="bytes"><code>${shown.join(' ')}</code>${left > 0 ? ` and ${counted(left, 'more byte')}` : ''}</td>`;
}

/** The value in words, unless it is the bytes again. */
function shownValue({ value, time, type, fields, bytes, name }: Field): Markup | undefined {
  if (value === undefined || value === bytes || /^(?:bytes|int128|int256)$/.test(type)) return undefined;
  if (type === '#' && name !== 'constructor') return undefined;
  const date = time === undefined ? '' : utc(1000 * time);
  const text = typeof value === 'number' && fields !== undefined ? counted(value, 'item') : String(value);
  return html`= <code class="value">${text}</code>${date === '' ? '' : ` (${date})`} `;
}
