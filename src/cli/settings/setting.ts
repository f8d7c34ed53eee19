/**
 * A setting: one value that a flag, an environment variable or the config file can set.
 *
 * Reading is strict: a malformed value is refused, and the message names the flag, variable or file that it came from.
 * An empty variable counts as not set, so that an empty CI secret does no harm.
 */
import { UsageError } from '../../errors.ts';

export type Source = 'flag' | 'environment' | 'config' | 'default';

export interface Setting<T> {
  /** Its key in the config file, and its flag without the dashes. */
  readonly name: string;
  /** How the flag is declared: `--session <name>`. */
  readonly flags: string;
  readonly help: string;
  /** The environment variable, if there is one. */
  readonly variable?: string;
  /** Variables of other programs with the same meaning, read when ours is unset. */
  readonly others?: readonly string[];
  /** Reads the text. Throws `InvalidValue` with what was expected. */
  readonly parse: (text: string) => T;
  readonly fallback: T;
  /** The allowed values, if they are a list. */
  readonly values?: readonly string[];
}

/** The value of a setting, and where it came from. */
export interface Resolved<T> {
  /** The name of the setting. */
  readonly setting: string;
  readonly value: T;
  readonly from: Source;
  /** The flag, variable or config key that set it, for messages. */
  readonly name: string;
  /** The text that was read; none for a default. */
  readonly text?: string;
}

/** A malformed value. The message continues "… must be". */
export class InvalidValue extends Error {}

/** The global flags by name: a flag's text, true or false for a switch, undefined if absent. */
export type Globals = Readonly<Record<string, string | boolean | undefined>>;

export interface Sources {
  readonly flags: Globals;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: Readonly<Record<string, string>>;
}

/** Returns a variable without one line end, which CI secrets often have; `undefined` if it is empty then. */
export function variableOf(env: Sources['env'], name: string): string | undefined {
  return env[name]?.replace(/\r?\n$/, '') || undefined;
}

export function isQuoted(text = ''): boolean {
  return /^(["']).*\1$/s.test(text) && text.length > 1;
}

/** Says that a variable is quoted. It does not repeat the value, which may be a secret. */
export function quotesIn(variable: string): string {
  return `The value of ${variable} has quotes around it, which are part of the value.`;
}

export const UNQUOTE = 'Remove them: "docker run --env-file" and similar files need no quotes.';

/** Returns a setting's value from the first source that has it. Throws a `UsageError` that names the source. */
export function resolveSetting<T>(
  { name: setting, variable, others = [], parse, fallback }: Setting<T>,
  { flags, env, config }: Sources,
): Resolved<T> {
  const found = (text: string, from: Source, name: string) => {
    return { setting, value: parseValue(parse, text, name), from, name, text };
  };
  const flag = flags[setting];
  if (flag !== undefined) return found(String(flag), 'flag', `--${setting}`);
  for (const each of variable === undefined ? [] : [variable, ...others]) {
    const text = variableOf(env, each);
    if (isQuoted(text)) throw new UsageError(quotesIn(each), { why: [UNQUOTE] });
    if (text !== undefined) return found(text, 'environment', each);
  }
  const entry = config[setting];
  if (entry !== undefined) return found(entry, 'config', `"${setting}" in config.json`);
  return { setting, value: fallback, from: 'default', name: `--${setting}` };
}

/** Parses a text. Throws `UsageError` with the name of its source if it is malformed. */
export function parseValue<T>(parse: (text: string) => T, text: string, name: string): T {
  // Only a config file can hold one. No name of a host, file or session does, and Node.js throws for it.
  if (text.includes('\0')) throw new UsageError(`${name} must not contain a NUL character.`);
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new UsageError(`${name} must be ${error.message}.`);
  }
}

/**
 * Returns `, not 'text'`. Empty if the text may be a secret in the wrong place, such as an api_hash passed as the
 * api_id: only a short lower-case word, or a number of up to four digits, is repeated.
 */
export function butNot(text: string): string {
  return /^([a-z-]{1,16}|[-+]?\d{1,4}(\.\d{1,3})?[a-z]{0,3})$/.test(text) ? `, not '${text}'` : '';
}

// -- kinds of value

export function bool(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new InvalidValue(`1 or 0${butNot(text)}`);
}

export function int(what: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidValue(`${what}${butNot(text)}`);
  };
}

/** Seconds, with decimals. At most eleven days: a timer cannot run longer than 2^31 ms. */
export function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 1_000_000) return value;
  throw new InvalidValue(`a number of seconds from 0 to 1000000${butNot(text)}`);
}

export function oneOf<const T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidValue(`one of ${words.join(', ')}${butNot(text)}`);
  };
}

/** Any text but an empty one. */
export function filled(what: string): (text: string) => string {
  return (text) => {
    if (text !== '') return text;
    throw new InvalidValue(`${what}, not empty`);
  };
}
