/** What can be completed: commands, options and values, as data from which each shell's script is made. */
import { FAULTS } from '../../sandbox/index.ts';
import type { CommandWords, Option } from '../command.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../settings/options.ts';

/** A word to choose, and what it means. */
export type Choice = readonly [word: string, about: string];

/** What a value can be: one of some words, a file, a stored session, or anything (no words). */
export type Value = { readonly words: readonly string[] } | 'files' | 'sessions';

export interface Flag {
  readonly long: string;
  readonly short: string | undefined;
  readonly about: string;
  /** `undefined` if it takes no value. */
  readonly value: Value | undefined;
}

export interface Completions {
  /** The words that can follow others: '' → login, …; 'session' → list, … */
  readonly next: ReadonlyMap<string, readonly Choice[]>;
  /** The commands whose first argument is a file or a stored session. */
  readonly named: readonly (readonly [command: string, kind: 'files' | 'sessions'])[];
  /** The options of each command. */
  readonly options: ReadonlyMap<string, readonly Flag[]>;
  /** The options of every command. */
  readonly globals: readonly Flag[];
}

/** `groups`: summaries of the commands with commands of their own. */
export function completionsOf(
  commands: readonly CommandWords[],
  groups: Readonly<Record<string, string>>,
): Completions {
  const next = new Map<string, Choice[]>([['', []]]);
  const add = (path: string, choice: Choice) => {
    const choices = next.get(path) ?? [];
    if (!choices.some(([word]) => word === choice[0])) next.set(path, [...choices, choice]);
  };
  for (const { name, summary } of commands) {
    const [first = '', second] = name.split(' ');
    add('', [first, groups[first] ?? summary]);
    if (second !== undefined) add(first, [second, summary]);
  }
  for (const [path, choices] of [...next]) next.set(`help ${path}`.trimEnd(), choices);
  for (const path of ['sandbox', 'sandbox audit']) add(path, ['--', 'Run a command that uses the sandbox']);
  for (const { name, args: [first] = [] } of commands)
    if (Array.isArray(first?.completes)) for (const word of first.completes) add(name, [word, first.help]);
  return {
    next,
    named: commands.flatMap(({ name, args: [first] = [] }) =>
      first?.completes === 'sessions' || first?.completes === 'files' ? [[name, first.completes] as const] : [],
    ),
    options: new Map(
      commands.flatMap(({ name, options = [] }) => (options.length === 0 ? [] : [[name, options.map(flagOf)]])),
    ),
    globals: [...[...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES].map(flagOf), HELP],
  };
}

const HELP: Flag = { long: '--help', short: 'h', about: 'print help', value: undefined };

function flagOf(option: Option): Flag {
  const { flags, help } = option;
  const long = /--[a-z-]+/.exec(flags)?.[0] ?? flags;
  return { long, short: /^-(\w),/.exec(flags)?.[1], about: help, value: flagValue(long, option) };
}

function flagValue(long: string, { flags, values }: Option): Value | undefined {
  if (!flags.includes('<')) return undefined;
  if (flags.includes('<file>')) return 'files';
  if (long === '--session') return 'sessions';
  if (flags.includes('<->')) return { words: ['-'] };
  if (long === '--fault') return { words: FAULTS.map(({ usage }) => usage.replace(/[:@].*/, '')) };
  return { words: values ?? [] };
}

/** The options that take a value, from all commands. */
export function valued({ globals, options }: Completions): string[] {
  const all = [...globals, ...[...options.values()].flat()];
  return [...new Set(all.flatMap(({ long, value }) => (value === undefined ? [] : [long])))];
}
