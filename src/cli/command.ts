/**
 * A command: its words as data, and `run`.
 *
 * Parsing and acting are separate: `program.ts` reads the words, `main.ts` calls `run`. A command imports what is expensive when it runs,
 * so that `--help` and `--version` load none of it.
 */
import type { Context } from './context.ts';
import type { Json } from './tell/output.ts';

export interface Word {
  /** As commander reads it: `[phone]`, `--hash <hash>`. */
  readonly name: string;
  readonly help: string;
  /** What an option may be, where that is a list. */
  readonly values?: readonly string[];
  /** May be given several times. */
  readonly many?: boolean;
}

/** How a command ends: with the answer that goes to stdout, or, for one that has written its own, with another process's exit code. */
export type Ending =
  | {
      readonly text: string;
      readonly json: { readonly [key: string]: Json } /** The answer is boolFalse. */;
      readonly no?: boolean;
      /** Its texts are data, such as a session string: JSON leaves them whole and escapes what is unsafe to show. */
      readonly exact?: boolean;
      /** It has an answer, and has failed all the same. */
      readonly error?: unknown;
    }
  | { readonly status: number };

export interface Command {
  /** One word, or two for a command in a group: `tl encode`. */
  readonly name: string;
  readonly summary: string;
  /** It is what its group means alone. */
  readonly byDefault?: boolean;
  readonly args?: readonly Word[];
  readonly options?: readonly Word[];
  /** Tables at the end of its help; they may load what they tell of. */
  readonly notes?: () => Promise<string>;
  /** Lines that can be pasted. */
  readonly examples: readonly string[];
  /** With such an input it runs until it is interrupted: no deadline unless --timeout is given. */
  readonly lasting?: (input: Input) => boolean;
  /** It needs no settings, so that a config file that is broken or not to be trusted is no obstacle. */
  readonly withoutConfig?: true;
  run(ctx: Context, input: Input): Promise<Ending>;
  /** What it has to say where the settings are such that it cannot run. */
  readonly hampered?: (error: unknown) => Promise<Ending>;
}

/** What was given to a command. */
export class Input {
  readonly args: readonly string[];
  readonly #flags: Readonly<Record<string, unknown>>;

  /** `flags`: by the name of the flag without its dashes. */
  constructor(args: readonly string[], flags: Readonly<Record<string, unknown>>) {
    this.args = args;
    this.#flags = flags;
  }

  has(flag: string): boolean {
    return this.#flags[flag] === true;
  }

  text(flag: string): string | undefined {
    const value = this.#flags[flag];
    return typeof value === 'string' ? value : undefined;
  }

  list(flag: string): readonly string[] {
    const value = this.#flags[flag];
    return Array.isArray(value) ? value.map(String) : [];
  }
}
