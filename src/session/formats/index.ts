/**
 * Session strings of this and other libraries: detects, reads and writes them.
 *
 * A format recognises a text by its first bytes; the formats that are easiest to recognise come first. The text must
 * then have that format to its end. An error says what is wrong with a text and never quotes it.
 */
import { UsageError } from '../../errors.ts';
import { type Foreign, foreignSession } from './foreign.ts';
import type { Contents, Format, SessionString } from './format.ts';
import { gramjs } from './gramjs.ts';
import { mtcute } from './mtcute.ts';
import { mtkruto } from './mtkruto.ts';
import { FORMAT_TITLES, type FormatName } from './names.ts';
import { pyrogram } from './pyrogram.ts';
import { telethon } from './telethon.ts';
import { tgAuth } from './tg-auth.ts';

export type { Contents, SessionString } from './format.ts';
export type { FormatName } from './names.ts';

/** In the order of detection. Pyrogram's is the hardest: its first byte is a small number, its second often 0. */
const FORMATS: readonly Format[] = [tgAuth, gramjs, telethon, mtkruto, mtcute, pyrogram];

export const FORMAT_NAMES: readonly FormatName[] = FORMATS.map(({ name }) => name);

/** Reads a string of any format. Ignores white space around it. Throws `UsageError`. */
export function readSessionString(input: string): SessionString {
  const text = input.trim();
  if (text === '') throw new UsageError('The session string is empty.');
  const foreign = foreignSession(input);
  if (foreign !== undefined) throw notString(foreign);
  if (/\s/.test(text)) throw refusal('It contains a space or a line break.');
  if (!/^[\w+/-]+={0,2}$/.test(text)) throw refusal('It contains an invalid character, such as a quotation mark.');
  for (const { name, read } of FORMATS) {
    const reading = read(text);
    if (reading === undefined) continue;
    if ('found' in reading) return { format: name, ...reading.found };
    throw refusal(`It looks like one from ${FORMAT_TITLES[name]}, but ${reading.but}.`);
  }
  throw refusal(`It has none of the formats ${FORMAT_NAMES.map(titleOf).join(', ')}.`);
}

/** Writes a string. Throws `UsageError` if a value that the format needs is missing or does not fit. */
export function writeSessionString(name: FormatName, contents: Contents): string {
  const format = FORMATS.find((each) => each.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format.write(contents);
}

/** The name of its library: `Telethon`. */
export function titleOf(name: FormatName): string {
  return FORMAT_TITLES[name];
}

/** The error for a file or text that is something else. */
export function notString({ what, ...advice }: Foreign): UsageError {
  return new UsageError(`This is ${what}, not a session string.`, advice);
}

function refusal(why: string): UsageError {
  return new UsageError(`Cannot read this session string. ${why}`, { why: ['Copy the whole string again.'] });
}
