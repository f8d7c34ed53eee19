/**
 * The error catalogue: what each error means, its exit code, its causes and the next step.
 *
 * The command line, its JSON, the library and the sandbox all read it. Templates may contain `{X}` (the number in the
 * name of a TL error), `{duration}` (that number as a time span), `{until}` (as a clock time), the values of a local
 * error and, in a next step, `{phone}`. `fill` writes a placeholder without a value as `<name>`.
 */
import { ANY_WAIT, classOf } from './catalogue/classes.ts';
import { type CatalogueEntry, EXIT, EXIT_MEANINGS, type ExitCode, type NextStep } from './catalogue/entry.ts';
import { LOCAL } from './catalogue/local.ts';
import { loginErrors } from './catalogue/login.ts';
import { passwordErrors } from './catalogue/password.ts';
import { serverErrors } from './catalogue/server.ts';
import { sessionErrors } from './catalogue/session.ts';

export { type CatalogueEntry, EXIT, EXIT_MEANINGS, type ExitCode, type NextStep };

/** The values of a template's placeholders, by name. */
export type Values = Readonly<Record<string, string | number>>;

/** Name of an error that arises on this machine. */
export type LocalType = keyof typeof LOCAL;

export function local(type: LocalType): CatalogueEntry {
  return LOCAL[type];
}

interface Entries {
  readonly tl: ReadonlyMap<string, CatalogueEntry>;
  readonly ours: ReadonlyMap<string, CatalogueEntry>;
}

let entries: Entries | undefined;

/** Built when first needed: most runs end without an error. Maps, since a name from the server may be any text. */
function all(): Entries {
  if (entries !== undefined) return entries;
  const tl: Readonly<Record<string, CatalogueEntry>> = {
    ...loginErrors(),
    ...passwordErrors(),
    ...sessionErrors(),
    ...serverErrors(),
  };
  entries = { tl: new Map(Object.entries(tl)), ours: new Map(Object.entries(LOCAL)) };
  return entries;
}

/** Prefixes of names that end in several numbers: `INPUT_METHOD_INVALID_63247716_2`, `AUTH_TOKEN_INVALID1`. */
const FAMILIES = [
  'INPUT_METHOD_INVALID',
  'INPUT_CONSTRUCTOR_INVALID',
  'RECAPTCHA_CHECK',
  'APNS_VERIFY_CHECK',
  'INTEGRITY_CHECK_CLASSIC',
  'AUTH_TOKEN_INVALID',
];

/** Every name with an entry of its own, TL errors first. */
export function names(): readonly string[] {
  return [...new Set([...all().tl.keys(), ...all().ours.keys()])];
}

/** The entry of a TL or local error by its name or family; `undefined` if it has none. */
export function named(type: string): CatalogueEntry | undefined {
  return entriesOf(type)[0];
}

/** The entries of a name: one of Telegram's errors, one of ours, or both. */
export function entriesOf(type: string): CatalogueEntry[] {
  return [namedTl(type), all().ours.get(type)].filter((entry) => entry !== undefined);
}

function namedTl(type: string): CatalogueEntry | undefined {
  const family = FAMILIES.find((name) => type.startsWith(name));
  return all().tl.get(type) ?? all().tl.get(family ?? '');
}

/** The entry of a TL error by its type (`FLOOD_WAIT_X`), its family, or its error_code. */
export function lookup(type: string, code: number): CatalogueEntry {
  return namedTl(type) ?? (isWait(type, code) ? ANY_WAIT : classOf(code));
}

function isWait(type: string, code: number): boolean {
  return type.endsWith('_WAIT_X') || (code === 420 && type.endsWith('_X'));
}

/** Fills the placeholders of a template; one without a value becomes `<name>`. */
export function fill(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `<${name}>`));
}

export function fillStep({ say, run }: NextStep, values: Values): NextStep {
  return { say: fill(say, values), run: fill(run, values) };
}

/** A next step as one line for a person. */
export function lineOfStep({ say, run }: NextStep): string {
  return `${say}:  ${run}`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * A time span in its two largest units: `90` → `1 min 30 s`, `76500` → `21 h 15 min`. Rounded up, because a wait
 * must not end too early.
 */
export function duration(seconds: number): string {
  let left = Math.ceil(seconds);
  const first = UNITS.findIndex(([, size]) => left >= size);
  if (first === -1) return '0 s';
  const shown = UNITS.slice(first, first + 2);
  const smallest = shown.at(-1)?.[1] ?? 1;
  left = Math.ceil(left / smallest) * smallest;
  const words = shown.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count} ${unit}`;
  });
  return words.filter((word) => word !== '').join(' ');
}
