/**
 * Sessions as strings that other libraries use: recognised by themselves, read, and written.
 *
 * Each format knows a text by its first bytes, and the formats with the plainest marks are asked first; which one it is is then settled. A text is read if it is
 * of that format from end to end. Else it is refused with what is wrong with it, and never with a piece of it.
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

/** In the order in which they are asked. Pyrogram's has the fewest marks: its first byte is a small number, its second one often 0. */
const FORMATS: readonly Format[] = [tgAuth, gramjs, telethon, mtkruto, mtcute, pyrogram];

export const FORMAT_NAMES: readonly FormatName[] = FORMATS.map(({ name }) => name);

/** Reads a string of any of the formats. Blanks and line ends around it are no part of it. Throws `UsageError`. */
export function readSessionString(input: string): SessionString {
  const text = input.trim();
  if (text === '') throw new UsageError('The session string is empty.');
  if (/\s/.test(text))
    throw refusal('It has a blank or a line end in the middle: it is more than one word, or was broken on its way.');
  if (!/^[\w+/-]+={0,2}$/.test(text))
    throw refusal('It has a character that no session string has, a quotation mark perhaps.');
  for (const { name, title, read } of FORMATS) {
    const reading = read(text);
    if (reading === undefined) continue;
    if ('found' in reading) return { format: name, ...reading.found };
    throw refusal(`It looks like one of ${title}, but ${reading.but}.`);
  }
  throw refusal(`It is not of ${FORMATS.map(({ title }) => title).join(', ')}.`);
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

function refusal(why: string): UsageError {
  return new UsageError(`This is no session string that can be read. ${why}`, { next: 'Copy it again, whole.' });
}
