/**
 * The catalogue: what every error means, which exit code it gets, why it happens and what to do next.
 *
 * The command line, its JSON, the library and the sandbox all read this one table; its parts are in the folder `catalogue/`. Templates may
 * name `{X}` (the number in a TL error's name), `{duration}` (that number as a time span), `{until}` (as a clock time), the values of a local
 * error, and in a next step `{phone}`; `fill` leaves what it is not given as `<name>`.
 */
import { ANY_WAIT, classOf } from './catalogue/classes.ts';
import { type CatalogueEntry, EXIT, EXIT_MEANINGS, type ExitCode } from './catalogue/entry.ts';
import { LOCAL } from './catalogue/local.ts';
import { LOGIN } from './catalogue/login.ts';
import { SERVER } from './catalogue/server.ts';
import { SESSIONS } from './catalogue/session.ts';

export { type CatalogueEntry, EXIT, EXIT_MEANINGS, type ExitCode };

/** What the placeholders of a template stand for. */
export type Values = Readonly<Record<string, string | number>>;

/** Names of the errors that arise on this machine. */
export type LocalType = keyof typeof LOCAL;

export function local(type: LocalType): CatalogueEntry {
  return LOCAL[type];
}

/** A Map, since a name comes from the server and might be that of a property which every object has. */
const KNOWN: ReadonlyMap<string, CatalogueEntry> = new Map(Object.entries({ ...LOGIN, ...SESSIONS, ...SERVER }));

/** Every name that has an entry of its own, TL errors first. */
export function names(): readonly string[] {
  return [...KNOWN.keys(), ...Object.keys(LOCAL)];
}

/** The entry of a name, of either kind; `undefined` if it has none of its own. */
export function named(type: string): CatalogueEntry | undefined {
  const family = FAMILIES.find((name) => type.startsWith(name));
  return KNOWN.get(type) ?? KNOWN.get(family ?? '') ?? new Map<string, CatalogueEntry>(Object.entries(LOCAL)).get(type);
}

/** Names that servers lengthen by more than one plain number: `INPUT_METHOD_INVALID_63247716_2`, `AUTH_TOKEN_INVALID1`. */
const FAMILIES = [
  'INPUT_METHOD_INVALID',
  'INPUT_CONSTRUCTOR_INVALID',
  'RECAPTCHA_CHECK',
  'APNS_VERIFY_CHECK',
  'INTEGRITY_CHECK_CLASSIC',
  'AUTH_TOKEN_INVALID',
];

/** The entry for a TL error by its type (`FLOOD_WAIT_X`), else by its family, else by its class (the code). */
export function lookup(type: string, code: number): CatalogueEntry {
  const family = FAMILIES.find((name) => type.startsWith(name));
  return KNOWN.get(type) ?? KNOWN.get(family ?? '') ?? (isWait(type, code) ? ANY_WAIT : classOf(code));
}

function isWait(type: string, code: number): boolean {
  return type.endsWith('_WAIT_X') || (code === 420 && type.endsWith('_X'));
}

/** The template with its placeholders filled; one that is not given becomes `<name>`. */
export function fill(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `<${name}>`));
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * A time span in its two largest units: `90` → `1 min 30 s`, `76500` → `21 h 15 min`. What is smaller is rounded up, so that a wait is
 * never told too short.
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
