/**
 * A command: its words as data, and a function that loads its code.
 *
 * The parser, the help and the completion read only the words. `main.ts` loads the code of the command that runs.
 */

import type { NextStep } from '../catalogue.ts';
import type { Json } from '../printable.ts';
import type { Context } from './context.ts';

export interface Argument {
  /** As commander reads it: `[phone]`, `<words...>`. */
  readonly name: string;
  readonly help: string;
  /** What a shell completes: some words, or the names of stored sessions. */
  readonly completes?: readonly string[] | 'sessions';
}

export interface Option {
  /** As commander reads it: `--hash <hash>`, `-v, --verbose`. */
  readonly flags: string;
  readonly help: string;
  /** The allowed values, if they are a list. */
  readonly values?: readonly string[];
  /** The option can be repeated. */
  readonly many?: boolean;
  /** Names of options that cannot be combined with this one, without dashes. */
  readonly conflicts?: readonly string[];
}

export interface Command {
  /** One word, or two for a command in a group: `tl encode`. */
  readonly name: string;
  /** An older name, which works but is shown nowhere. */
  readonly alias?: string;
  readonly summary: string;
  /** The group's name alone runs this command. */
  readonly byDefault?: boolean;
  readonly args?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Returns tables for the end of the help. */
  readonly notes?: () => Promise<string>;
  /** Lines that can be pasted. */
  readonly examples: readonly string[];
  /** Whether the command runs until it is interrupted: it then has no deadline unless --timeout is set. */
  readonly lasting?: (input: Input) => boolean;
  /** Whether the command needs no settings, and so no config file. */
  readonly withoutConfig?: (input: Input) => boolean;
  /** Whether the command only reads the session, and so works without a lock on a read-only or full disk. */
  readonly readOnly?: true;
  readonly load: () => Promise<CommandCode>;
}

export type CommandWords = Omit<Command, 'load'>;

export interface CommandCode {
  run(ctx: Context, input: Input): Promise<Result>;
  /** Runs instead if the settings cannot be read. */
  readonly runWithoutSettings?: (error: unknown) => Result;
}

/** The answer for stdout; or the exit code of another process, for a command that has written its own output. */
export type Result =
  | {
      readonly text: string;
      /** What --json adds to `ok`, `command`, `method: null` and `next`. src/cli/schema.ts describes it. */
      readonly json: { readonly [key: string]: Json };
      /** Next steps that the text contains. Those of `Output.hint` come before them. */
      readonly next?: readonly NextStep[];
      /** The answer is boolFalse. */
      readonly no?: boolean;
      /** The texts are data, such as a session string: JSON escapes what is unsafe to show and cuts nothing. */
      readonly exact?: boolean;
      /** People read the text, not scripts: on a terminal it wraps at words. */
      readonly wraps?: boolean;
      /** The failure of a command that also has an answer. */
      readonly error?: unknown;
    }
  | { readonly status: number };

/** The result of a command that the user did not confirm. */
export const DECLINED: Result = { text: 'false', no: true, json: { result: false } };

/** The arguments and options of one run. */
export class Input {
  readonly args: readonly string[];
  readonly #options: Readonly<Record<string, unknown>>;

  /** `options`: values by name, without dashes. */
  constructor(args: readonly string[], options: Readonly<Record<string, unknown>>) {
    this.args = args;
    this.#options = options;
  }

  has(option: string): boolean {
    return this.#options[option] === true;
  }

  text(option: string): string | undefined {
    const value = this.#options[option];
    return typeof value === 'string' ? value : undefined;
  }

  list(option: string): readonly string[] {
    const value = this.#options[option];
    return Array.isArray(value) ? value.map(String) : [];
  }
}
