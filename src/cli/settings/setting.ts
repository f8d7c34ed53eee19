/**
 * A setting: one value that a flag, an environment variable or the config file can give.
 *
 * Reading is strict. What is malformed is refused with the name of the place it came from, so that a mistyped variable in a CI file
 * is found at once. An empty environment variable counts as unset, because `TG_API_ID= tg-auth …` and an empty CI secret mean just that.
 */
import { UsageError } from '../../errors.ts';

export type Source = 'flag' | 'environment' | 'config' | 'default';

export interface Setting<T> {
  /** Its key in the config file, and the name of its flag without the dashes. */
  readonly name: string;
  /** How the flag is declared: `--session <name>`. */
  readonly flags: string;
  readonly help: string;
  /** The environment variable, where there is one. */
  readonly variable?: string;
  /** Variables of other people's making that mean the same, if that one is not set. */
  readonly others?: readonly string[];
  /** Reads the text; throws `Malformed` with what was expected. */
  readonly parse: (text: string) => T;
  readonly fallback: T;
  /** What it may be, where that is a list. */
  readonly values?: readonly string[];
}

/** A value and where it came from. */
export interface Given<T> {
  readonly value: T;
  readonly from: Source;
  /** The flag, variable or file that gave it, for messages. */
  readonly name: string;
}

/** A text that is no value of its setting. The message continues "… must be". */
export class Malformed extends Error {}

/** The global options as given, by name: the text of a flag, true or false for a switch, undefined for one not given. */
export type Globals = Readonly<Record<string, string | boolean | undefined>>;

export interface Sources {
  readonly flags: Globals;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: Readonly<Record<string, string>>;
}

/** Takes a setting from the first source that has it. Throws `UsageError`, naming that source, if the text is malformed. */
export function take<T>(
  { name, variable, others = [], parse, fallback }: Setting<T>,
  { flags, env, config }: Sources,
): Given<T> {
  const given = (text: string, from: Source, name: string) => ({ value: read(parse, text, name), from, name });
  const flag = flags[name];
  if (flag !== undefined) return given(String(flag), 'flag', `--${name}`);
  for (const each of variable === undefined ? [] : [variable, ...others]) {
    const text = env[each];
    if (text !== undefined && text !== '') return given(text, 'environment', each);
  }
  const entry = config[name];
  if (entry !== undefined) return given(entry, 'config', `"${name}" in config.json`);
  return { value: fallback, from: 'default', name: `--${name}` };
}

/** Reads a text. Throws `UsageError`, with the name of what gave it, if it is malformed. */
export function read<T>(parse: (text: string) => T, text: string, name: string): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new UsageError(`${name} must be ${error.message}.`);
  }
}

/**
 * `, not 'text'`: what was found in place of a value. It may be a secret in the wrong place, such as an api_hash where an api_id belongs,
 * and is repeated only if it is a short lower-case word or a number of up to four digits, with a unit or not.
 */
export function not(text: string): string {
  return /^([a-z-]{1,16}|[-+]?\d{1,4}(\.\d{1,3})?[a-z]{0,3})$/.test(text) ? `, not '${text}'` : '';
}

// -- the kinds of value

export function bool(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new Malformed(`1 or 0${not(text)}`);
}

export function int(what: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new Malformed(`${what}${not(text)}`);
  };
}

/** Seconds, with decimals; at most eleven days, since a timer cannot run longer than 2^31 ms. */
export function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 1_000_000) return value;
  throw new Malformed(`a number of seconds from 0 to 1000000${not(text)}`);
}

export function oneOf<const T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new Malformed(`one of ${words.join(', ')}${not(text)}`);
  };
}
