/**
 * Context: everything outside, as a command sees it.
 *
 * What is expensive (a session, a connection, a sandbox) is a function that a command pays for only when it calls it; each is made once and
 * closed with the context.
 */
import { release, type } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Now, Random } from '../bytes.ts';
import { duration } from '../catalogue.ts';
import { RpcError, UsageError, WaitError } from '../errors.ts';
import type { Client } from '../net/client.ts';
import type { Network } from '../net/datacentres.ts';
import type { Application } from '../net/init-connection.ts';
import type { SessionString } from '../session/formats/index.ts';
import { version } from '../version.ts';
import type { CodeAnswer, CodeQuestion } from './ask/code-prompt.ts';
import { canAsk, missing, type Question } from './ask/question.ts';
import { readAll } from './ask/stdin.ts';
import type { Command, Input } from './command.ts';
import { type Memory, Reach } from './resources.ts';
import { Deadline } from './settings/deadline.ts';
import { configFile, readConfig } from './settings/folders.ts';
import { type Options, resolve } from './settings/options.ts';
import type { Globals, Sources } from './settings/setting.ts';
import type { Output, Sink } from './tell/output.ts';

/** The process and its machine. */
export interface Outside {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Sink;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined; // the effective user; none on Windows
  /** How this program was started: Node.js and the script. */
  readonly script: readonly [string, string];
  readonly now: Now;
  readonly random: Random;
  /** Ctrl-C and its kin. */
  readonly interrupted: AbortSignal;
  /** Hands signals to somebody else, who is then alone in hearing of them; returns what takes them back. */
  readonly takeSignals: (listener: (signal: NodeJS.Signals) => void) => () => void;
  readonly pid: number;
  readonly kill: (pid: number, signal: 0) => unknown;
}

export interface Credentials {
  readonly api_id: number;
  readonly api_hash: string;
}

/** What the sandbox takes any of. */
const ANY: Credentials = { api_id: 1, api_hash: 'sandbox' };

export interface Manner {
  readonly sources: Sources;
  /** The command's name. */
  readonly command: string;
  /** There is no deadline unless one is given. */
  readonly lasting: boolean;
  readonly noInput: boolean;
  /** --color or --no-color. */
  readonly color: boolean | undefined;
}

export class Context {
  readonly outside: Outside;
  readonly options: Options;
  /** Where they come from. */
  readonly sources: Sources;
  readonly out: Output;
  readonly deadline: Deadline;
  /** --color or --no-color. */
  readonly color: boolean | undefined;
  /** The command's name. */
  readonly command: string;
  /** What messages may name: phone, hash, session. */
  readonly facts: Record<string, string | number>;
  /** Likely causes that only the command knows, by the type of the error that they explain. */
  readonly causes = new Map<string, string>();
  readonly #noInput: boolean;
  readonly #reach: Reach;
  #lines: string[] | undefined;
  #warned = false;

  constructor(outside: Outside, options: Options, out: Output, how: Manner) {
    const { timeout, session } = options;
    this.outside = outside;
    this.options = options;
    this.sources = how.sources;
    this.out = out;
    const isSet = timeout.from !== 'default';
    this.deadline = new Deadline(how.lasting && !isSet ? 0 : timeout.value, outside.interrupted, { isSet });
    this.command = how.command;
    this.color = how.color;
    this.#noInput = how.noInput;
    this.#reach = new Reach(this);
    this.facts = { session: session.value };
  }

  /** Whether there is somebody to ask. */
  get canAsk(): boolean {
    return canAsk(this.outside, this.#noInput);
  }

  /** Asks a person. Throws `UsageError` if there is nobody to ask, `InterruptedError` on Ctrl-C. */
  async ask(question: Question): Promise<string> {
    if (!this.canAsk) throw missing(question);
    if (question.note !== undefined) this.out.say(question.note);
    const { prompt } = await import('./ask/prompts.ts');
    return this.#unhurried(() => prompt(this.outside, question, this.deadline.signal));
  }

  /** Asks for a code, or what to do in its place. There must be somebody to ask. */
  async askCode(question: CodeQuestion): Promise<CodeAnswer> {
    const { promptCode } = await import('./ask/prompts.ts');
    return this.#unhurried(() => promptCode(this.outside, question, this.deadline.signal));
  }

  /** Asks whether to do something that cannot be undone. `flag` says yes beforehand. Throws as `ask` does. */
  async confirm(message: string, flag: string): Promise<boolean> {
    if (!this.canAsk)
      throw new UsageError(`${message} There is nobody to ask.`, { next: `Say so beforehand with ${flag}.` });
    const { confirm } = await import('./ask/prompts.ts');
    return this.#unhurried(() => confirm(this.outside, message, this.deadline.signal));
  }

  /** All of stdin without the newline at its end: for a flag given as `-`. Throws `UsageError` if it is more than 1 MiB. */
  read(): Promise<string> {
    return readAll(this.outside.stdin, this.deadline.signal);
  }

  /** The next line of stdin: for each flag that was given as `-`, in the order in which a command needs them. */
  async line(what: string): Promise<string> {
    this.#lines ??= (await this.read()).split(/\r?\n/);
    const line = this.#lines.shift();
    if (line === undefined) throw new UsageError(`stdin ended before the ${what}: each takes a line of its own.`);
    return line;
  }

  /** Waits that long, with a countdown. Throws `WaitError` if a deadline that somebody set comes first. */
  async sleep(seconds: number, label: string): Promise<void> {
    const { signal } = this.deadline;
    if (!this.deadline.allow(seconds))
      throw new WaitError('WAIT_TOO_LONG', seconds, { duration: duration(seconds), limit: this.options.timeout.name });
    const { sleep } = await import('../net/routes/backoff.ts');
    this.out.idle();
    this.out.countdown(label, seconds);
    await sleep(1000 * seconds, signal);
    this.out.idle();
  }

  /** The application's credentials. Throws `UsageError`, saying where they come from, if one is missing. */
  credentials(): Credentials {
    const { apiId, apiHash, network } = this.options;
    if (network.kind === 'sandbox')
      return { api_id: apiId.value ?? ANY.api_id, api_hash: apiHash.value ?? ANY.api_hash };
    if (apiId.value !== undefined && apiHash.value !== undefined)
      return { api_id: apiId.value, api_hash: apiHash.value };
    throw noCredentials([
      ...(apiId.value === undefined ? [API_ID] : []),
      ...(apiHash.value === undefined ? [API_HASH] : []),
    ]);
  }

  /** The half of the credentials that every connection needs. */
  api_id(): number {
    const { apiId, network } = this.options;
    if (apiId.value !== undefined) return apiId.value;
    if (network.kind === 'sandbox') return ANY.api_id;
    throw noCredentials([API_ID]);
  }

  /** What is said of this program to a server. Throws `UsageError` without an api_id. */
  application(): Application {
    const system_version = `${type()} ${release()}`;
    return { api_id: this.api_id(), device_model: 'tg-auth', system_version, app_version: version, lang_code: 'en' };
  }

  /** The network that the options name, or that a session string belongs to. */
  network(): Promise<Network> {
    return this.#reach.network();
  }

  /** The session of this network and name; in the sandbox, and where it was given as a string, one in memory. */
  session(): Promise<Memory> {
    return this.#reach.session();
  }

  /** The stored session that this name has on the network of one from a string, which is to take its place. Comes before all else that opens something. */
  storedFor(found: SessionString): Promise<Memory> {
    return this.#reach.storedFor(found);
  }

  /** A client with that session, which connects with its first call: to the session's DC, or to `dc`, where a pending code lives. */
  async client(dc?: number): Promise<Client> {
    if (!this.#warned) await this.#warnOfWaits();
    return this.#reach.client(dc);
  }

  /** Keeps in the session until when the server asked to wait, if that is what an error says. */
  async rememberWait(error: unknown): Promise<void> {
    if (!(error instanceof RpcError) || error.retryAfter === undefined || this.options.network.kind === 'sandbox')
      return;
    const session = await this.session();
    const until = Math.ceil(this.outside.now() / 1000) + error.retryAfter;
    const { waits } = session.value;
    await session.change({ waits: { ...waits, [`${error.method} ${this.facts.phone ?? ''}`.trim()]: until } });
  }

  /** Says what was remembered of the number that this is about. It is asked all the same: the server may have thought better of it. */
  async #warnOfWaits(): Promise<void> {
    this.#warned = true;
    const { phone } = this.facts;
    const { waits = {} } = (await this.session()).value;
    const now = this.outside.now();
    for (const [what, until] of Object.entries(waits)) {
      const left = until - now / 1000;
      if (phone === undefined || left <= 0 || !what.endsWith(` ${phone}`)) continue;
      const { clock } = await import('./tell/failure.ts');
      this.out.warn(
        `Telegram asked to wait with ${what} until ${clock(now, left)} (${duration(left)}); asking before may lengthen that.`,
      );
    }
  }

  /** The stored sessions, and how they are opened. */
  get stored(): Pick<Reach, 'store' | 'open' | 'lockOptions'> {
    return this.#reach;
  }

  /** Removes the session from this machine. */
  forget(): Promise<void> {
    return this.#reach.forget();
  }

  /** Closes what was opened, last things first. */
  async close(): Promise<void> {
    this.deadline.end();
    this.out.idle();
    await this.#reach.close();
  }

  /** Runs while the deadline's time stands still. */
  async #unhurried<T>(wait: () => Promise<T>): Promise<T> {
    this.deadline.pause();
    this.out.idle();
    try {
      return await wait();
    } finally {
      this.deadline.resume();
    }
  }
}

/** Reads the config file and the options. */
export function createContext(
  outside: Outside,
  globals: Globals,
  out: Output,
  { name, lasting }: Command,
  input: Input,
): Context {
  const { env, platform, uid } = outside;
  const sources = { flags: globals, env, config: readConfig(configFile(env, platform), uid, out) };
  return new Context(outside, resolve(sources), out, {
    sources,
    command: name,
    lasting: lasting?.(input) === true,
    color: typeof globals.color === 'boolean' ? globals.color : undefined,
    noInput: globals.input === false,
  });
}

const API_ID = { what: 'api_id', flag: '--api-id N', variable: 'TG_API_ID' };
const API_HASH = { what: 'api_hash', flag: '--api-hash HASH', variable: 'TG_API_HASH' };

function noCredentials(lacking: readonly (typeof API_ID)[]): UsageError {
  const list = (key: keyof typeof API_ID) => lacking.map((each) => each[key]).join(' and ');
  return new UsageError(`The application's ${list('what')} ${lacking.length > 1 ? 'are' : 'is'} missing.`, {
    next: `Give ${list('flag')}, or set ${list('variable')}; you get them at https://my.telegram.org. To try without:  --sandbox`,
  });
}
