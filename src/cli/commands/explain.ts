/** `explain`: what an error means, why it happens and what to do; offline, from the catalogue that every message comes from. */

import { classOf } from '../../catalogue/classes.ts';
import {
  type CatalogueEntry,
  duration,
  EXIT,
  fill,
  local,
  lookup,
  named,
  names,
  type Values,
} from '../../catalogue.ts';
import { parseRpcMessage, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Command, Ending } from '../command.ts';
import { findName, nearest } from '../tell/error-name.ts';
import { clock } from '../tell/failure.ts';
import { mayBeSecret } from '../tell/secret-words.ts';

export const explain: Command = {
  name: 'explain',
  withoutConfig: true,
  summary: 'Say what an error means, why it happens and what to do',
  args: [{ name: '[error...]', help: 'a name, an exit code, or a line as some library printed it; none: a list' }],
  examples: [
    'tg-auth explain PHONE_CODE_EXPIRED',
    'tg-auth explain FLOOD_WAIT_76543',
    "tg-auth explain 'RPCError 401: SESSION_PASSWORD_NEEDED (caused by auth.SignIn)'",
    'tg-auth explain 12',
  ],
  async run(ctx, { args }) {
    const text = args.join(' ').trim();
    if (text === '') return list(Object.values(EXIT));
    if (/^\d{1,3}$/.test(text) && isExit(Number(text))) return list([Number(text)]);
    if (/^-?\d+$/.test(text)) return ofCode(Number(text));
    const found = findName(text, (name) => named(parseRpcMessage(name).type) !== undefined);
    if (found === undefined) throw unknown(text);
    const { type, parameter } = parseRpcMessage(found.name);
    const entry = named(type) ?? (found.code === undefined ? waiting(type) : lookup(type, found.code));
    if (entry === undefined) throw unknown(found.name);
    const now = ctx.outside.now();
    const values =
      parameter === undefined ? {} : { X: parameter, duration: duration(parameter), until: clock(now, parameter) };
    return tell(found.name, entry, values, parameter !== undefined && entry.wait === true ? parameter : null);
  },
};

function tell(name: string, entry: CatalogueEntry, values: Values, retryAfter: number | null): Ending {
  const message = fill(entry.sentence, values);
  const why = (entry.why ?? []).map((line) => fill(line, values));
  const meanings = Object.entries(entry.meanings ?? {}).map(([code, meaning]) => `${code}: ${meaning}`);
  const next = entry.next === undefined ? null : fill(entry.next, values);
  const lines = [...why.filter((line) => line !== '<meaning>'), ...meanings, ...(next === null ? [] : [next])];
  const text = [name, message, ...lines.map((line) => `  ${line}`), `  Exit code: ${entry.exit}`];
  const json = { method: null, result: name, message, why, next, exitCode: entry.exit, retryAfter };
  return { text: text.join('\n'), json };
}

/** A number that is no exit code: a transport error, or the error_code of a TL error. */
function ofCode(code: number): Ending {
  const transport = local('TRANSPORT_ERROR');
  const meaning = transport.meanings?.[String(code)];
  if (meaning !== undefined)
    return tell(String(code), { exit: transport.exit, sentence: transport.sentence, why: [meaning] }, { code }, null);
  return tell(String(code), classOf(code), {}, null);
}

/** An unknown name can still say that it is a wait. */
function waiting(type: string): CatalogueEntry | undefined {
  const entry = lookup(type, 0);
  return entry.wait === true ? entry : undefined;
}

function isExit(code: number): boolean {
  return Object.values<number>(EXIT).includes(code);
}

function unknown(name: string): UsageError {
  const near = nearest(parseRpcMessage(name.toUpperCase()).type, names());
  const next = near.length === 0 ? 'See all names:  tg-auth explain' : `Did you mean ${near.join(', or ')}?`;
  const shown = near.length === 0 && mayBeSecret(name) ? '…' : printable(name, 60);
  return new UsageError(`No error of the name "${shown}" is known.`, { next });
}

/** The names that end with these exit codes. */
function list(exits: readonly number[]): Ending {
  const groups = exits.map((exit) => ({ exit, types: names().filter((type) => named(type)?.exit === exit) }));
  const told = groups.filter(({ types }) => types.length > 0 || exits.length === 1);
  const text = told.map(({ exit, types }) =>
    [`${exit}  ${MEANS.get(exit) ?? ''}`, ...types.map((type) => `    ${type}`)].join('\n'),
  );
  return { text: text.join('\n'), json: { method: null, result: told.map((each) => ({ ...each })) } };
}

/** What the exit codes stand for, as the README's table has it. */
const MEANS: ReadonlyMap<number, string> = new Map<number, string>([
  [EXIT.done, 'done; for a Bool: boolTrue'],
  [EXIT.no, 'the server answered boolFalse'],
  [EXIT.usage, 'usage: an unknown flag, a value that is missing with nobody to ask, malformed input'],
  [EXIT.phone, 'the phone number: invalid, banned, without an account, flooded'],
  [EXIT.hashEmpty, 'the phone_code_hash is empty'],
  [EXIT.codeExpired, 'the code has expired'],
  [EXIT.codeInvalid, 'the code is wrong or empty'],
  [EXIT.password, 'a password is needed, or was wrong'],
  [EXIT.signedOut, 'not signed in, or the session was ended or used elsewhere'],
  [EXIT.delivery, 'the code cannot go that way'],
  [EXIT.api, 'the api_id or api_hash is wrong or burnt'],
  [EXIT.outdated, 'the server wants a newer client, or the method is gone'],
  [EXIT.wait, 'wait: the seconds are in the message, and in JSON'],
  [EXIT.rpc, 'any other error that the server answered'],
  [EXIT.network, 'no connection, or no answer in time'],
  [EXIT.security, 'the peer failed a security check: nothing was trusted, nothing was stored'],
  [EXIT.store, 'the session store or the config file cannot be read or written'],
  [EXIT.bug, 'a bug of ours'],
  [EXIT.interrupted, 'interrupted'],
]);
