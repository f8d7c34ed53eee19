/** Asks a person, and reads stdin. Base of the command's context. */
import { UsageError } from '../../errors.ts';
import type { Outside } from '../outside.ts';
import type { Deadline } from '../settings/deadline.ts';
import { isQuoted, quotesIn, UNQUOTE, variableOf } from '../settings/setting.ts';
import type { Output } from '../tell/output.ts';
import type { CodeAnswer, CodeQuestion } from './code-prompt.ts';
import { accepts, isPlain, missing, promptObstacle, type Question } from './question.ts';
import { readAll } from './stdin.ts';

export class Asker {
  readonly outside: Outside;
  readonly out: Output;
  readonly deadline: Deadline;
  readonly #noInput: boolean;
  #lines: string[] | undefined;

  constructor(outside: Outside, out: Output, deadline: Deadline, noInput: boolean) {
    this.outside = outside;
    this.out = out;
    this.deadline = deadline;
    this.#noInput = noInput;
  }

  /** Why prompts are unavailable; `undefined` if they are available. */
  get promptObstacle(): string | undefined {
    return promptObstacle(this.outside, this.#noInput);
  }

  /** Whether prompts are available. */
  get canAsk(): boolean {
    return this.promptObstacle === undefined;
  }

  /** Returns the variable that answers a question. A password may have quotes around it, a token may not. */
  variable(name: string, question: Question): string | undefined {
    const text = variableOf(this.outside.env, name);
    if (text === undefined || !isQuoted(text)) return text;
    if (question.secret !== true || !accepts(question, text)) throw new UsageError(quotesIn(name), { why: [UNQUOTE] });
    this.out.warn(quotesIn(name));
    return text;
  }

  /** Asks a person. Throws `UsageError` if prompts are unavailable, `InterruptedError` on Ctrl-C. */
  async ask(question: Question): Promise<string> {
    const { promptObstacle: reason } = this;
    if (reason !== undefined) throw missing(question, reason);
    if (question.note !== undefined) this.out.say(question.note);
    const { prompt } = await this.#prompts();
    return this.#paused(() => prompt(this.outside, question, this.deadline.signal));
  }

  /** Asks for a code; a key may choose another action. Call it only if prompts are available. */
  async askCode(question: CodeQuestion): Promise<CodeAnswer> {
    const { promptCode } = await this.#prompts();
    return this.#paused(() => promptCode(this.outside, question, this.deadline.signal));
  }

  /** Asks before something that cannot be undone. `flag` answers yes in advance. Throws as `ask` does. */
  async confirm(message: string, flag: string): Promise<boolean> {
    const { promptObstacle: reason } = this;
    if (reason !== undefined)
      throw new UsageError(`Confirmation required: ${reason}.`, {
        why: [`To confirm, pass ${flag}.`],
        ...(flag.startsWith('--') && { next: { say: 'Confirm it', run: `{again} ${flag}` } }),
      });
    const { confirm } = await this.#prompts();
    return this.#paused(() => confirm(this.outside, message, this.deadline.signal));
  }

  /** Reads all of stdin, without the newline at its end. Throws `UsageError` if it is more than 1 MiB. */
  read(): Promise<string> {
    return readAll(this.outside.stdin, this.deadline.signal);
  }

  /** Reads the next line of stdin: one for each flag with the value `-`, in the order in which a command needs them. */
  async line(what: string): Promise<string> {
    this.#lines ??= (await this.read()).split(/\r?\n/);
    const line = this.#lines.shift();
    if (line === undefined) throw new UsageError(`stdin ended before the ${what}. Put each value on its own line.`);
    return line;
  }

  #prompts() {
    return isPlain(this.outside.env) ? import('./plain.ts') : import('./prompts.ts');
  }

  /** Pauses the deadline while `wait` runs. */
  async #paused<T>(wait: () => Promise<T>): Promise<T> {
    this.deadline.pause();
    this.out.idle();
    try {
      return await wait();
    } finally {
      this.deadline.resume();
    }
  }
}
