/** What people pass as a session string and is none, with the command that gives a string. */
import type { NextStep } from '../../catalogue.ts';

export interface Foreign {
  /** Continues "This is …". */
  readonly what: string;
  readonly why?: readonly string[];
  readonly next?: NextStep;
}

const TELETHON: Foreign = {
  what: 'an SQLite session file of Telethon',
  next: {
    say: 'Print its string',
    run: `python3 -c "from telethon.sessions import *; print(StringSession.save(SQLiteSession('NAME')))"`,
  },
};
const PYROGRAM: Foreign = {
  what: 'an SQLite session file of Pyrogram',
  next: {
    say: 'Print its string',
    run: `python3 -c "from pyrogram import Client; print(Client('NAME').start().export_session_string())"`,
  },
};
const MTCUTE: Foreign = {
  what: 'an SQLite session file of mtcute',
  why: ['Print its string in a program:  console.log(await client.exportSession())'],
};
const SQLITE: Foreign = {
  what: 'an SQLite database',
  why: ['Print a session string with the program that made it, such as StringSession.save in Telethon.'],
};
/** A copy of its key would end the session of Telegram Desktop. */
export const TDATA: Foreign = {
  what: 'tdata of Telegram Desktop',
  next: {
    say: 'Sign in with a key of its own, then export that',
    run: 'tg-auth login --qr',
  },
};
function exported(session: string): Foreign {
  const run = `tg-auth session export --session ${/^[\w.+-]+$/.test(session) ? session : 'NAME'}`;
  return { what: 'the JSON of "session export --json"', next: { say: 'Export the string alone', run } };
}
const STORED: Foreign = {
  what: 'a stored session of tg-auth',
  next: { say: 'Print it as a string', run: 'tg-auth session export --session NAME' },
};
const JSON_TEXT: Foreign = { what: 'JSON', why: ['Pass the session string alone.'] };
const PEM: Foreign = { what: 'a key in PEM', why: ['A server key goes with:  --server-key FILE'] };
const TOKEN: Foreign = { what: "a bot's token", next: { say: 'Sign in as the bot', run: 'tg-auth login --bot' } };

/** A column or table of each library's database, found in the first page of the file. */
const TABLES: readonly (readonly [RegExp, Foreign])[] = [
  [/\bserver_address\b/i, TELETHON],
  [/\btest_mode\b/i, PYROGRAM],
  [/\bauth_keys\b/i, MTCUTE],
];

/** Recognises a text, or the start of a file, that is no session string. */
export function foreignSession(text: string): Foreign | undefined {
  const start = text.trimStart();
  if (start.startsWith('SQLite format 3\0')) return TABLES.find(([table]) => table.test(text))?.[1] ?? SQLITE;
  if (/^TDF[$#]/.test(start)) return TDATA;
  if (start.startsWith('-----BEGIN ')) return PEM;
  if (/^\d{5,}:[\w-]{30,}$/.test(text.trim())) return TOKEN;
  return start.startsWith('{') ? foreignJson(start) : undefined;
}

function foreignJson(text: string): Foreign | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null) return undefined;
    if ('command' in json && json.command === 'session export')
      return exported('session' in json && typeof json.session === 'string' ? json.session : 'NAME');
    return 'version' in json && ('keys' in json || 'sealed' in json) ? STORED : JSON_TEXT;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // it begins with a brace by chance
    throw error;
  }
}
