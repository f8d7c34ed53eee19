/**
 * The way from a command to a data centre: network, session, client, each opened when it is first asked for. Here, and only here, the
 * client meets the sandbox.
 */
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { Client } from '../net/client.ts';
import type { Progress } from '../net/connect.ts';
import type { Network } from '../net/datacentres.ts';
import { type ProxyServer, showAddress, showProxy } from '../net/dial/proxy.ts';
import { printable } from '../printable.ts';
import type { SessionString } from '../session/formats/index.ts';
import type { Session } from '../session/session.ts';
import type { OpenOptions, SessionStore } from '../session/store.ts';
import type { Context } from './context.ts';
import { stateFolder } from './settings/folders.ts';
import type { Options } from './settings/options.ts';
import { proxyFor } from './settings/proxy-choice.ts';
import { checkNetwork, givenString, networkOf, sessionIn } from './settings/session-string.ts';
import { isNotable, skewOf } from './tell/clock-skew.ts';
import { mayBeSecret } from './tell/secret-words.ts';

/** The open session: a value, and the way to change parts of it. */
export interface Memory {
  readonly value: Session;
  /** Resolves when the change would survive a crash. Throws `StoreError`. */
  change(part: Partial<Session>): Promise<void>;
  /** Puts another session in its place, on the same terms. */
  replace(session: Session): Promise<void>;
  /** Removes it. Throws `StoreError`. */
  remove(): Promise<void>;
  readonly sealed: boolean;
  /** Puts it behind a passphrase, or behind none. Throws `StoreError`. */
  setPassphrase(passphrase: string | undefined): Promise<void>;
}

/** Seconds that a temporary key lives, as in other clients. */
const TEMPORARY = 24 * 60 * 60;

export class Reach {
  readonly #ctx: Context;
  readonly #closers: (() => void | Promise<void>)[] = [];
  #given: Promise<SessionString | undefined> | undefined;
  #network: Promise<Network> | undefined;
  #session: Promise<Memory> | undefined;
  #client: Promise<Client> | undefined;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  session(): Promise<Memory> {
    this.#session ??= this.#openSession();
    return this.#session;
  }

  storedFor(found: SessionString): Promise<Memory> {
    this.#given = Promise.resolve(found);
    this.#session = this.#openIn(() => this.store());
    return this.#session;
  }

  client(dc?: number): Promise<Client> {
    this.#client ??= this.#openClient(dc);
    return this.#client;
  }

  /** Ends what could still change the session, then removes it. */
  async forget(): Promise<void> {
    (await this.#client)?.close();
    await (await this.session()).remove();
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  network(): Promise<Network> {
    this.#network ??= this.#openNetwork();
    return this.#network;
  }

  /** What --session-string holds. */
  #string(): Promise<SessionString | undefined> {
    this.#given ??= givenString(this.#ctx);
    return this.#given;
  }

  async #openNetwork(): Promise<Network> {
    const { options } = this.#ctx;
    const found = await this.#string();
    if (found === undefined) return this.#openThat(options.network);
    const network = await this.#openThat(await networkOf(this.#ctx, found));
    checkNetwork(network.id, found);
    return network;
  }

  async #openThat(network: Options['network']): Promise<Network> {
    const { dc } = this.#ctx.options;
    const { productionNetwork, serverNetwork, testNetwork } = await import('../net/datacentres.ts');
    if (network.kind === 'telegram') return network.test ? testNetwork(dc.value) : productionNetwork(dc.value);
    if (network.kind === 'server')
      return serverNetwork({ address: network.address, dc: dc.value, pem: readKey(network.keyFile) });
    const { startSandbox } = await import('../sandbox/index.ts');
    const sandbox = await startSandbox({ onEvent: (event) => event.event === 'say' && this.#ctx.out.say(event.text) });
    this.#closers.push(() => sandbox.close());
    const place = sandbox.dcs.find(({ id }) => id === dc.value);
    if (place === undefined) throw new UsageError(`${dc.name} ${dc.value}: the sandbox has DC 1 and DC 2.`);
    return serverNetwork({ address: { host: sandbox.host, port: place.port }, dc: dc.value, pem: sandbox.publicKey });
  }

  async #openSession(): Promise<Memory> {
    const found = await this.#string();
    if (found === undefined) return this.#openIn(() => this.store());
    const session = await this.#openIn(inMemory);
    await session.replace(await sessionIn(this.#ctx, found));
    return session;
  }

  async #openIn(where: () => Promise<SessionStore>, name = this.#ctx.options.session.value): Promise<Memory> {
    const { emptySession } = await import('../session/session.ts');
    const { id, dc } = await this.network();
    const store = await where();
    const open = await store.open(name, id, this.lockOptions());
    this.#closers.push(() => open.close());
    const empty = emptySession(id, dc);
    return {
      get value() {
        return open.session ?? empty;
      },
      get sealed() {
        return open.sealed;
      },
      setPassphrase: (passphrase) => open.setPassphrase(passphrase),
      change: (part) => open.save({ ...(open.session ?? empty), ...part }),
      replace: (session) => open.save(session),
      remove: () => open.remove(),
    };
  }

  /** Another stored session than the one that the options name. */
  open(name: string): Promise<Memory> {
    return this.#openIn(() => this.store(), name);
  }

  lockOptions(): OpenOptions {
    const { deadline, out, outside } = this.#ctx;
    return {
      signal: deadline.signal,
      wait: Number.POSITIVE_INFINITY, // until the deadline
      onWait: (owner) => out.say(`Waiting: another tg-auth (${owner}) is using this session.`),
      passphrase: async (tries, path) => {
        const { passphraseOf } = await import('./ask/passphrase.ts');
        return passphraseOf(this.#ctx, tries, path);
      },
      newPassphrase: outside.env.TG_AUTH_PASSPHRASE || undefined,
    };
  }

  async store(): Promise<SessionStore> {
    const { env, platform, uid, now, pid, kill, random } = this.#ctx.outside;
    if (this.#ctx.options.network.kind === 'sandbox') return inMemory();
    const { fileStore } = await import('../session/store.ts');
    const folder = await stateFolder(env, platform);
    return fileStore({ folder, owner: { pid, command: `tg-auth ${this.#ctx.command}` }, uid, now, kill, random });
  }

  /** Tells of a clock that is wrong by over a minute; not again while the session knows by how much. */
  #mentionClock(offset: number, known: number): void {
    if (!isNotable(offset) || !isNotable(offset - known)) return;
    this.#ctx.out.warn(
      `The clock of this machine is ${skewOf(offset)}, by the server's. tg-auth allows for that; other programs may not.`,
    );
  }

  async #openClient(dc: number | undefined): Promise<Client> {
    const { transport, waitFlood } = this.#ctx.options;
    const { random, now, env } = this.#ctx.outside;
    const { Client } = await import('../net/client.ts');
    const { hasKey, withConnections } = await import('../session/session.ts');
    const network = await this.network();
    const session = await this.session();
    const { dc: home, keys, addresses, routes, time_offset } = session.value;
    const proxy = proxyFor(this.#ctx.options, env);
    if (proxy !== undefined) this.#ctx.out.trace(`through the proxy ${showProxy(proxy)}`);
    const client = new Client({
      network,
      state: { dc: dc ?? home, keys, addresses, ...(routes && { routes }), time_offset },
      save: async (state) => {
        const next = withConnections(session.value, state);
        if (hasKey(next) || hasKey(session.value)) await session.replace(next);
      },
      transport: transport.value,
      proxy,
      pfs: this.#ctx.options.pfs.value ? TEMPORARY : undefined,
      application: this.#ctx.application(),
      random,
      now,
      signal: this.#ctx.deadline.signal,
      waitFlood: waitFlood.value,
      onWait: ({ seconds, reason }) => {
        if (!this.#ctx.deadline.allow(seconds)) {
          this.#ctx.causes.set(reason.type, `${this.#ctx.options.timeout.name} ends before this wait would.`);
          throw reason;
        }
        this.#ctx.out.countdown(`Waiting as the server asks (${printable(reason.text)})`, seconds);
      },
      onProgress: (progress) => this.#ctx.causes.set('TIMEOUT', standing(progress, proxy)),
      onClock: (offset) => this.#mentionClock(offset, time_offset),
      trace: (line) => this.#ctx.out.trace(line),
    });
    this.#closers.push(() => client.close());
    return client;
  }
}

/** How far the last connection has come, for whoever runs out of time. */
function standing({ stage, route, dc }: Progress, proxy: ProxyServer | undefined): string {
  if (stage === 'heard') return 'The connection stands, but this answer has not come.';
  const place = proxy === undefined ? showAddress(route.address) : `the proxy (${showProxy(proxy)})`;
  if (stage === 'connecting') return `The way to ${place} was still being opened.`;
  return proxy === undefined
    ? `${place} took the connection, and then said nothing.`
    : `The way to ${place} stands, but data centre ${dc} does not answer through it.`;
}

async function inMemory(): Promise<SessionStore> {
  const { memoryStore } = await import('../session/memory.ts');
  return memoryStore();
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/, \w+ '.*'$/s, '') : String(cause);
    const shown = mayBeSecret(file) ? '' : ` ${file}`;
    throw new UsageError(`The server key${shown} cannot be read: ${reason}.`, { cause });
  }
}
