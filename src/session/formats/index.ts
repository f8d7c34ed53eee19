/**
 * Sessions as strings that other libraries use: recognised by themselves, read, and written.
 *
 * A text is of a format if it is one from end to end; none is guessed at, and a text that would be of two is of neither. A text that is of none is
 * refused with what it nearly is, and never with a piece of it.
 */
import { UsageError } from '../../errors.ts';
import type { Contents, Format, FormatName, SessionString } from './format.ts';
import { gramjs } from './gramjs.ts';
import { mtcute } from './mtcute.ts';
import { mtkruto } from './mtkruto.ts';
import { pyrogram } from './pyrogram.ts';
import { telethon } from './telethon.ts';
import { tgAuth } from './tg-auth.ts';

export type { Contents, FormatName, SessionString } from './format.ts';

/** Those with the most marks of their own come first: what a damaged text is told to be like. */
export const FORMATS: readonly Format[] = [tgAuth, gramjs, telethon, mtkruto, mtcute, pyrogram];

/** Reads a string of any of the formats. Blanks and line ends around it are no part of it. Throws `UsageError`. */
export function readSessionString(input: string): SessionString {
  const text = input.trim();
  if (text === '') throw new UsageError('The session string is empty.');
  if (/\s/.test(text))
    throw refusal('It has a blank or a line end in the middle: it is more than one word, or was broken on its way.');
  if (!/^[\w+/-]+={0,2}$/.test(text))
    throw refusal('It has a character that no session string has, a quotation mark perhaps.');
  const readings = FORMATS.map((format) => ({ format, reading: format.read(text) }));
  const found = readings.flatMap(({ format, reading }) =>
    reading !== undefined && 'found' in reading ? [{ format: format.name, ...reading.found }] : [],
  );
  const [first, second] = found;
  if (first === undefined) throw refusal(nearMiss(readings));
  if (second !== undefined) throw refusal(`It may be one of ${first.format} or one of ${second.format}.`);
  return first;
}

/** Writes one. Throws `UsageError` if the format has to hold something that is not there. */
export function writeSessionString(name: FormatName, contents: Contents): string {
  return formatOf(name).write(contents);
}

/** As its library is called: `Telethon`. */
export function titleOf(name: FormatName): string {
  return formatOf(name).title;
}

function formatOf(name: FormatName): Format {
  const format = FORMATS.find((each) => each.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}

function nearMiss(
  readings: readonly { readonly format: Format; readonly reading: ReturnType<Format['read']> }[],
): string {
  for (const { format, reading } of readings)
    if (reading !== undefined && 'but' in reading) return `It looks like one of ${format.title}, but ${reading.but}.`;
  return `It is not of ${FORMATS.map(({ title }) => title).join(', ')}.`;
}

function refusal(why: string): UsageError {
  return new UsageError(`This is no session string that can be read. ${why}`, { next: 'Copy it again, whole.' });
}
