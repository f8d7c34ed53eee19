/**
 * The context of a command: the process, the options, the output, and what a command can open.
 *
 * What is expensive (a session, a connection, a sandbox) opens when a command first asks for it, once, and closes with
 * the context.
 */
import { duration, type NextStep } from '../catalogue.ts';
import { RpcError, WaitError } from '../errors.ts';
import type { ConnectOptions, SessionHandle } from '../library.ts';
import type { Client, ClientOptions } from '../net/client.ts';
import type { Network } from '../net/datacentres.ts';
import { showProxy } from '../net/dial/proxy.ts';
import { printable } from '../printable.ts';
import type { SessionString } from '../session/formats/index.ts';
import type { OpenOptions, SessionStore } from '../session/store.ts';
import { Asker } from './ask/asker.ts';
import { passphraseOf } from './ask/passphrase.ts';
import type { Outside } from './outside.ts';
import { type ApiCredentials, apiIdOf, credentialsOf } from './settings/credentials.ts';
import { Deadline } from './settings/deadline.ts';
import { configFile, readConfig, stateFolder } from './settings/folders.ts';
import { openNetwork } from './settings/network.ts';
import { type NetworkChoice, type Options, resolve } from './settings/options.ts';
import { proxyFor } from './settings/proxy-choice.ts';
import { checkNetwork, networkFor, readStringOption, sessionFromString } from './settings/session-string.ts';
import { type Globals, variableOf } from './settings/setting.ts';
import type { Output } from './tell/output.ts';
import { clockWarning, timeoutCause } from './tell/progress.ts';
import type { Tracing } from './trace/open.ts';
import { type Watched, watchedBy } from './trace/watched.ts';
import { storeWait, waitWarnings } from './waits.ts';

/** The command that runs. */
interface RunningCommand {
  readonly command: string;
  /** It has no deadline unless the user sets one. */
  readonly lasting: boolean;
  /** It needs no settings. */
  readonly withoutConfig?: boolean;
  /** It only reads the session. */
  readonly readOnly?: true | undefined;
  /** The command line without its secrets, for next steps. */
  readonly again?: string | undefined;
}

/** Seconds of FLOOD_WAITs that `login` counts down at a terminal, unless --wait-flood names others. */
const LOGIN_WAIT = 60;
/** Seconds that a temporary key lives, as in other clients. */
const TEMPORARY_KEY = 24 * 60 * 60;

export class Context extends Asker {
  readonly options: Options;
  /** The global flags, not parsed yet. */
  readonly flags: Globals;
  /** The command's name. */
  readonly command: string;
  readonly #readOnly: boolean;
  /** Values for messages: phone, hash, session. */
  readonly facts: Record<string, string | number>;
  /** Likely causes that only the command knows, by the type of the error that they explain. */
  readonly causes = new Map<string, string>();
  /** Next steps that only the command knows, by the type of the error that they follow. They replace the others. */
  readonly steps = new Map<string, readonly NextStep[]>();
  /** Commands that cannot help here, and that no next step names. */
  readonly useless = new Set<string>();
  readonly #closers: (() => void | Promise<void>)[] = [];
  #string: Promise<SessionString | undefined> | undefined;
  #network: Promise<Network> | undefined;
  #session: Promise<SessionHandle> | undefined;
  #client: Promise<Client> | undefined;
  #tracing: Tracing | undefined;
  /** The passphrase that opened a session. A new session gets it too. */
  #passphrase: string | undefined;

  constructor(outside: Outside, options: Options, flags: Globals, out: Output, run: RunningCommand) {
    const { timeout, session } = options;
    const isSet = timeout.from !== 'default';
    const deadline = new Deadline(run.lasting && !isSet ? 0 : timeout.value, outside.interrupted, { isSet });
    super(outside, out, deadline, flags.input === false);
    this.options = options;
    this.flags = flags;
    this.command = run.command;
    this.#readOnly = run.readOnly === true;
    this.facts = { session: session.value, ...(run.again !== undefined && { again: run.again }) };
  }

  /** --color or --no-color. */
  get color(): boolean | undefined {
    return typeof this.flags.color === 'boolean' ? this.flags.color : undefined;
  }

  /** Waits, with a countdown. Throws `WaitError` if a deadline that the user set comes first. */
  async sleep(seconds: number, label: string): Promise<void> {
    const { deadline, out } = this;
    if (!deadline.allow(seconds))
      throw new WaitError('WAIT_TOO_LONG', seconds, { duration: duration(seconds), limit: this.options.timeout.name });
    const { sleep } = await import('../net/routes/backoff.ts');
    out.idle();
    out.countdown(label, seconds);
    await sleep(1000 * seconds, deadline.signal);
    out.idle();
  }

  // -- credentials

  /** Throws `UsageError` if the api_id or the api_hash is missing. */
  credentials(): ApiCredentials {
    return credentialsOf(this.options);
  }

  /** Throws `UsageError` without an api_id, which every connection needs. */
  api_id(): number {
    return apiIdOf(this.options);
  }

  // -- network, session, client

  /** Returns the network that the options name, or that the session string belongs to. */
  network(): Promise<Network> {
    this.#network ??= this.#openNetwork();
    return this.#network;
  }

  /** Returns this run's session; in memory for the sandbox and for --session-string. */
  session(): Promise<SessionHandle> {
    this.#session ??= this.#openSession();
    return this.#session;
  }

  /** Returns the stored session that a session string replaces. Call it first: the string may choose the network. */
  storedFor(string: SessionString): Promise<SessionHandle> {
    this.#string = Promise.resolve(string);
    this.#session = this.openStored(this.options.session.value);
    return this.#session;
  }

  /** Opens the stored session of this name. */
  async openStored(name: string): Promise<SessionHandle> {
    return this.#openIn(await this.store(), name);
  }

  /** Opens a session that is not stored. */
  async openUnstored(): Promise<SessionHandle> {
    return this.#openIn(await inMemory(), this.options.session.value);
  }

  /** Returns the stored sessions; none in the sandbox. */
  async store(): Promise<SessionStore> {
    const { env, platform, uid, now, pid, kill, random } = this.outside;
    if (this.options.network.kind === 'sandbox') return inMemory();
    const folder = stateFolder(env, platform);
    const { fileStore } = await import('../session/store.ts');
    return fileStore({ folder, owner: { pid, command: `tg-auth ${this.command}` }, uid, now, kill, random });
  }

  /** Options for opening a stored session: wait for its lock until the deadline, ask for its passphrase. */
  lockOptions(): OpenOptions {
    return {
      signal: this.deadline.signal,
      waitMs: Number.POSITIVE_INFINITY,
      onWait: (owner) => this.out.say(`Waiting: another tg-auth (${owner}) is using this session.`),
      passphrase: async (tries, path) => {
        if (tries > 1 || this.#passphrase === undefined) this.#passphrase = await passphraseOf(this, tries, path);
        return this.#passphrase;
      },
      newPassphrase: this.#passphrase ?? variableOf(this.outside.env, 'TG_AUTH_PASSPHRASE'),
      readOnly: this.#readOnly,
    };
  }

  /** Returns a client for the session. It connects on its first call: to the session's DC, or to `dc`. */
  client(dc?: number): Promise<Client> {
    this.#client ??= this.session().then((session) => this.clientOf(session, { dc }));
    return this.#client;
  }

  /** Stores the wait that an error asks for, if it asks for one. */
  async rememberWait(error: unknown): Promise<void> {
    if (!(error instanceof RpcError) || error.retryAfter === undefined || this.options.network.kind === 'sandbox')
      return;
    await storeWait(await this.session(), error, this.facts.phone, this.outside.now);
  }

  /** Closes the connection, which could still change the session, then deletes the session. */
  async forget(): Promise<void> {
    (await this.#client)?.close();
    await (await this.session()).remove();
  }

  /** Opens the file of --trace, which closes last. Throws `UsageError` and `StoreError`. */
  async openTrace(): Promise<void> {
    if (this.flags.trace === undefined && this.flags['trace-secrets'] !== true) return;
    const { openTrace } = await import('./trace/open.ts');
    const tracing = openTrace(this);
    this.#closers.unshift(() => tracing.close());
    this.#tracing = tracing;
  }

  /** What a client needs of the outside, and who observes it. */
  get watched(): Watched {
    return watchedBy(this.outside, this.out, this.#tracing);
  }

  /** Closes what was opened, in reverse order. */
  async close(): Promise<void> {
    this.deadline.end();
    this.out.idle();
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  /** Reads --session-string once. */
  #sessionString(): Promise<SessionString | undefined> {
    this.#string ??= readStringOption(this.options, (what) => this.line(what));
    return this.#string;
  }

  async #openNetwork(): Promise<Network> {
    const open = (choice: NetworkChoice) =>
      openNetwork(choice, {
        dc: this.options.dc,
        uid: this.outside.uid,
        signal: this.deadline.signal,
        say: (text) => this.out.say(text),
        warn: (text) => this.out.warn(text),
        onOpen: (close) => this.#closers.push(close),
      });
    const string = await this.#sessionString();
    if (string === undefined) return open(this.options.network);
    const network = await open(await networkFor(this, string));
    checkNetwork(network.id, string);
    return network;
  }

  async #openSession(): Promise<SessionHandle> {
    const string = await this.#sessionString();
    if (string === undefined) return this.openStored(this.options.session.value);
    const session = await this.openUnstored();
    await session.replace(await sessionFromString(this, string));
    return session;
  }

  async #openIn(store: SessionStore, name: string): Promise<SessionHandle> {
    const { openSession } = await import('../library.ts');
    const session = await openSession({ store, name, network: await this.network(), ...this.lockOptions() });
    this.#closers.push(() => session.close());
    return session;
  }

  /** Makes another client, for a session that is open. `signal`: replaces the deadline of the command. */
  async clientOf(session: SessionHandle, { dc, signal }: { dc?: number | undefined; signal?: AbortSignal } = {}) {
    const { deadline, out, causes, facts, outside } = this;
    const { transport, pfs, waitFlood } = this.options;
    for (const warning of waitWarnings(session, facts.phone, outside.now())) out.warn(warning);
    const { time_offset: known } = session.value;
    const proxy = proxyFor(this.options, outside.env);
    if (proxy !== undefined) out.trace(`through the proxy ${showProxy(proxy)}`);
    const { connect } = await import('../library.ts');
    const options = {
      api_id: this.api_id(),
      network: await this.network(),
      session,
      dc,
      transport: transport.value,
      proxy,
      pfs: pfs.value ? TEMPORARY_KEY : undefined,
      ...this.watched,
      signal: signal ?? deadline.signal,
      waitFlood: waitFlood.from === 'default' && this.command === 'login' && this.canAsk ? LOGIN_WAIT : waitFlood.value,
      onWait: (wait) => this.#showWait(wait),
      onProgress: (progress) => causes.set('TIMEOUT', timeoutCause(progress, proxy)),
      onClock: (offset) => {
        const warning = clockWarning(offset, known);
        if (warning !== undefined) out.warn(warning);
      },
    } satisfies ConnectOptions;
    this.#tracing?.connects(options);
    const { client } = await connect(options);
    this.#closers.push(() => client.close());
    return client;
  }

  /** Shows a FLOOD_WAIT that --wait-flood allows. Throws its error if the deadline does not allow it. */
  #showWait({ seconds, reason }: Parameters<NonNullable<ClientOptions['onWait']>>[0]): void {
    if (!this.deadline.allow(seconds)) {
      this.causes.set(reason.type, `${this.options.timeout.name} ends before this wait.`);
      throw reason;
    }
    this.out.countdown(`Waiting as the server asks (${printable(reason.text)})`, seconds);
  }
}

/** Reads the config file, resolves the options, and makes the context. Throws `UsageError` and `StoreError`. */
export function createContext(outside: Outside, flags: Globals, out: Output, run: RunningCommand): Context {
  const { env, platform, uid } = outside;
  const config = run.withoutConfig === true ? {} : readConfig(configFile(env, platform), uid, out);
  return new Context(outside, resolve({ flags, env, config }), flags, out, run);
}

const inMemory = async (): Promise<SessionStore> => (await import('../session/memory.ts')).memoryStore();
