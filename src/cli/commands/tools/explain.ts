/** `explain`: prints what an error means, its causes and what to do. Works offline: the catalogue holds the texts. */
import { classOf } from '../../../catalogue/classes.ts';
import {
  type CatalogueEntry,
  duration,
  EXIT,
  EXIT_MEANINGS,
  type ExitCode,
  entriesOf,
  fill,
  fillStep,
  lineOfStep,
  local,
  lookup,
  named,
  names,
  type Values,
} from '../../../catalogue.ts';
import { parseRpcMessage, UsageError } from '../../../errors.ts';
import { printable } from '../../../printable.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { findName, nearest } from '../../tell/error-name.ts';
import { clock } from '../../tell/failure.ts';
import { mayBeSecret } from '../../tell/secret-words.ts';
import { adviceFor } from '../../tell/windows-advice.ts';

export async function run(ctx: Context, { args }: Input): Promise<Result> {
  const { outside } = ctx;
  const text = args.join(' ').trim();
  if (text === '') return list(Object.values(EXIT));
  const exit = /^\d{1,3}$/.test(text) ? Object.values(EXIT).find((code) => code === Number(text)) : undefined;
  if (exit !== undefined) return list([exit]);
  if (/^-?\d+$/.test(text)) return explainCode(outside, Number(text));
  const found = findName(text, (name) => named(parseRpcMessage(name).type) !== undefined);
  if (found === undefined) throw unknown(text);
  const { type, parameter } = parseRpcMessage(found.name);
  const [entry = found.code === undefined ? waitEntry(type) : lookup(type, found.code), ...others] = entriesOf(type);
  if (entry === undefined) throw unknown(found.name);
  const now = outside.now();
  const values =
    parameter === undefined ? {} : { X: parameter, duration: duration(parameter), until: clock(now, parameter) };
  return explainEntry(
    outside,
    found.name,
    entry,
    values,
    parameter !== undefined && entry.wait === true ? parameter : null,
    others,
  );
}

/** `others`: entries of other errors with this name. */
function explainEntry(
  { platform }: Context['outside'],
  name: string,
  entry: CatalogueEntry,
  values: Values,
  retryAfter: number | null,
  others: readonly CatalogueEntry[] = [],
): Result {
  const first = describe(entry, values, platform);
  const also = others.map((each) => describe(each, values, platform));
  const all = [first, ...also];
  const text = `${name}\n${all.map((each) => each.text).join('\n\n')}`;
  const json = { result: name, ...first.json, retryAfter, also: also.map((each) => each.json) };
  return { text, wraps: true, json, next: all.flatMap((each) => each.next) };
}

function describe(entry: CatalogueEntry, values: Values, platform: NodeJS.Platform) {
  const steps = entry.next === undefined ? [] : [fillStep(entry.next, values)];
  const next = steps.map(({ say, run }) => ({ say, run: adviceFor(run, platform) }));
  const message = fill(entry.sentence, values);
  const why = (entry.why ?? []).map((line) => fill(line, values));
  const meanings = Object.entries(entry.meanings ?? {}).map(([code, meaning]) => `${code}: ${meaning}`);
  const lines = [...why.filter((line) => line !== '<meaning>'), ...meanings, ...next.map(lineOfStep)];
  const text = [message, ...lines.map((line) => `  ${line}`), `  Exit code: ${entry.exit}`];
  return { text: text.join('\n'), json: { message, why, exitCode: entry.exit }, next };
}

/** The numbers of error_codes, apart from their sign. */
const MIN_CODE = 300;
const MAX_CODE = 599;

/** Explains a number that is not an exit code: a transport error, or the error_code of a TL error. */
function explainCode(outside: Context['outside'], code: number): Result {
  if (Math.abs(code) < MIN_CODE || Math.abs(code) > MAX_CODE)
    throw new UsageError(Math.abs(code) > 9999 ? 'There is no such exit code.' : `There is no exit code ${code}.`, {
      next: { say: 'See all exit codes', run: 'tg-auth help exit-codes' },
    });
  const transport = local('TRANSPORT_ERROR');
  const meaning = transport.meanings?.[String(code)];
  if (meaning === undefined) return explainEntry(outside, String(code), classOf(code), {}, null);
  const { exit, sentence } = transport;
  return explainEntry(outside, String(code), { exit, sentence, why: [meaning] }, { code }, null);
}

/** The entry of an unknown name that is still recognised as a wait. */
function waitEntry(type: string): CatalogueEntry | undefined {
  const entry = lookup(type, 0);
  return entry.wait === true ? entry : undefined;
}

function unknown(name: string): UsageError {
  const near = nearest(parseRpcMessage(name.toUpperCase()).type, names());
  const advice =
    near.length === 0
      ? { next: { say: 'See all names', run: 'tg-auth explain' } }
      : { why: [`Did you mean ${near.join(', or ')}?`] };
  const shown = near.length === 0 && mayBeSecret(name) ? '…' : printable(name, 60);
  return new UsageError(`Unknown error name "${shown}".`, advice);
}

/** The error names that have these exit codes. */
function list(exits: readonly ExitCode[]): Result {
  const groups = exits.map((exit) => ({
    exitCode: exit,
    meaning: EXIT_MEANINGS[exit],
    types: names().filter((type) => entriesOf(type).some((entry) => entry.exit === exit)),
  }));
  const shown = groups.filter(({ types }) => types.length > 0 || exits.length === 1);
  const text = shown.map(({ exitCode, meaning, types }) =>
    [`${exitCode}  ${meaning}`, ...types.map((type) => `    ${type}`)].join('\n'),
  );
  return { text: text.join('\n'), wraps: true, json: { result: shown } };
}
