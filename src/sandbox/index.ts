/**
 * The sandbox: data centres on the loopback interface that speak MTProto to anyone who knows their address and key. The login flow can be
 * tried in it, and tested, without a phone, an account or the internet.
 *
 *     await using sandbox = await startSandbox();
 *     // … point a client at sandbox.host, sandbox.dcs and sandbox.publicKey
 */
import { createServer, isIP, type Server } from 'node:net';
import type { Now, Random } from '../bytes.ts';
import type { RsaPrivateKey } from '../crypto/rsa.ts';
import { UsageError } from '../errors.ts';
import { fingerprintHex, type ServerKey, serverKeyToPem, withFingerprint } from '../mtproto/server-key.ts';
import { current } from '../tl/layer.ts';
import { loginLink, loginToken } from '../tl/login-link.ts';
import { enter } from './accept.ts';
import { Connections } from './connection-limits.ts';
import { Datacentre } from './datacentre.ts';
import type { LayerMode } from './dispatch.ts';
import { parseFault } from './faults/index.ts';
import type { SandboxEvent } from './log.ts';
import type { Address } from './methods/index.ts';
import { proxyLink, proxyServer, readSecret } from './protocol/mtproxy.ts';
import { generateRsaKey } from './protocol/rsa-key.ts';
import { randomSource } from './random.ts';
import type { Spoken } from './rules/delivery-text.ts';
import { scanToken } from './rules/qr.ts';
import { Refusal } from './rules/refusal.ts';
import { createWorld } from './world.ts';

export type { LayerMode } from './dispatch.ts';
export { FAULTS } from './faults/index.ts';
export type { Json, SandboxEvent } from './log.ts';
export type { Spoken } from './rules/delivery-text.ts';
export { TEST_NUMBERS, type TestNumber } from './rules/numbers.ts';

export interface SandboxOptions {
  /** DC 1 listens here, DC 2 on the next port, and so on; 0, the default, takes any that are free. */
  readonly port?: number | undefined;
  /** How many data centres, 1 … 9; default 2, so that a migration can be tried. */
  readonly dcs?: number | undefined;
  /** Which layers are served; default `both`. */
  readonly layer?: LayerMode | undefined;
  /** Makes keys, nonces, hashes and codes the same in every run. Nobody must rely on such a sandbox for secrecy. */
  readonly seed?: string | undefined;
  /** An address of this machine; default 127.0.0.1. Others than loopback ones need `public`. */
  readonly host?: string | undefined;
  /** Consent to be reached from other machines. */
  readonly public?: boolean | undefined;
  /** The RSA key, in place of a new one. */
  readonly key?: RsaPrivateKey | undefined;
  /** What goes wrong: `NAME[:ARGUMENT][@[every-]MOMENT]`, see `FAULTS`. */
  readonly faults?: readonly string[] | undefined;
  /** Secrets, in hex or base64: in front of the data centres there is an MTProxy for each, on a port of its own that is free. */
  readonly mtproxy?: readonly string[] | undefined;
  /** Hears of each request, each code that leaves, each client that is shown the door. */
  readonly onEvent?: ((event: SandboxEvent) => void) | undefined;
  /** The clock, in ms since 1970. */
  readonly now?: Now | undefined;
}

export interface SandboxProxy {
  /** As it was given. */
  readonly secret: string;
  readonly port: number;
  /** What Telegram's apps open: tg://proxy?server=…&port=…&secret=… */
  readonly link: string;
}

export interface Sandbox extends AsyncDisposable {
  readonly host: string;
  readonly dcs: readonly { readonly id: number; readonly port: number }[];
  /** The MTProxies that were asked for. */
  readonly proxies: readonly SandboxProxy[];
  /** PEM, PKCS#1. */
  readonly publicKey: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** What phones, inboxes and apps were told so far, the latest 1000: where a test reads its code. */
  readonly said: readonly Spoken[];
  /**
   * What a phone does that is signed in with a number: it reads the QR code that says this link, and lets the client in that shows it. Throws
   * `UsageError` if that cannot be: no such link, an old one, a number without an account.
   */
  scan(link: string, phone: string): void;
  /** Replaces the faults, for connections from now on. Throws `UsageError` for one that does not exist. */
  misbehave(...faults: readonly string[]): void;
  /** Ends every connection and frees the ports. */
  close(): Promise<void>;
}

const MOST_DCS = 9;
const MOST_SAID = 1000;

/** Starts listening. Throws `UsageError` for options that cannot be, and for a port that is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, dcs: count = 2, layer = 'both', host = '127.0.0.1', onEvent, now = Date.now } = options;
  checkHost(host, options.public === true);
  if (!Number.isInteger(count) || count < 1 || count > MOST_DCS)
    throw new UsageError(`A sandbox has 1 to ${MOST_DCS} DCs, not ${count}.`);
  const secrets = (options.mtproxy ?? []).map((text) => ({ text, secret: readSecret(text) }));
  let faults = (options.faults ?? []).map(parseFault);

  const source = randomSource(options.seed);
  const key = options.key === undefined ? drawKey(source('key')) : named(options.key);
  const said: Spoken[] = [];
  const tell = (event: SandboxEvent) => onEvent?.(event);
  const say = (words: Spoken) => {
    said.push(words);
    if (said.length > MOST_SAID) said.shift();
    tell({ event: 'say', ...words });
  };
  const datacentres = new Map<number, Datacentre>();
  const update = () =>
    current.codec.encode({ _: 'updateShort', update: { _: 'updateLoginToken' }, date: seconds(now) });
  const world = createWorld({
    dcs: count,
    now,
    random: source('world'),
    say,
    show: (token, { dc }) => tell({ event: 'qr', dc, link: loginLink(token) }),
    wake: ({ dc, auth_key_id }) => datacentres.get(dc)?.push(auth_key_id, update()),
  });
  const addresses: Address[] = [];
  const servers: Server[] = [];
  const connections = new Connections();
  const dcTime: Now = () => faults.reduce((clock, fault) => fault.now?.(clock) ?? clock, now)();

  const serve = (id: number) => {
    const random = source(`dc${id}`);
    const dc = new Datacentre({ id, dcs: addresses, key, world, mode: layer, random, now: dcTime, tell });
    datacentres.set(id, dc);
    return createServer((socket) => {
      const closed = (reason: string) => tell({ event: 'closed', dc: id, reason });
      enter(socket, dc, faults, connections.add(socket, closed));
    });
  };
  const close = async () => {
    connections.closeAll();
    await Promise.all(servers.map(closed));
  };

  const proxies: SandboxProxy[] = [];
  try {
    for (let id = 1; id <= count; id++) {
      const server = serve(id);
      addresses.push({ id, host, port: await listen(server, host, port === 0 ? 0 : port + id - 1) });
      servers.push(server);
    }
    for (const { text, secret } of secrets) {
      const random = source(`proxy${proxies.length + 1}`);
      const server = proxyServer({ secret, dcs: addresses, random, now, tell }, connections);
      const proxyPort = await listen(server, host, 0);
      proxies.push({ secret: text, port: proxyPort, link: proxyLink(host, proxyPort, text) });
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    host,
    dcs: addresses.map((address) => ({ id: address.id, port: address.port })),
    proxies,
    publicKey: serverKeyToPem(key),
    fingerprint: fingerprintHex(key.fingerprint),
    said,
    scan(link, phone) {
      const token = loginToken(link);
      if (token === undefined) throw new UsageError('That is no login link: it reads tg://login?token=…');
      try {
        scanToken(world, phone, token);
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        throw new UsageError(`The phone cannot scan this: ${cause.text}.`, { cause });
      }
    },
    misbehave(...specs) {
      faults = specs.map(parseFault);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function seconds(now: Now): number {
  return Math.floor(now() / 1000);
}

function named(key: RsaPrivateKey): ServerKey & RsaPrivateKey {
  return { ...key, ...withFingerprint(key) };
}

/** A key whose fingerprint has no leading zero: written without it, as some clients do, it would be another text. */
function drawKey(random: Random): ServerKey & RsaPrivateKey {
  for (;;) {
    const key = named(generateRsaKey(random));
    if (!fingerprintHex(key.fingerprint).startsWith('0')) return key;
  }
}

function checkHost(host: string, consent: boolean): void {
  if (isIP(host) === 0) throw new UsageError(`The sandbox listens on an IP address; '${host}' is none.`);
  if (!/^127\.|^::1$/.test(host) && !consent)
    throw new UsageError(
      `${host} can be reached from other machines, and the sandbox is no place to be reached: it takes everyone for anyone.`,
    );
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => resolve(server.off('error', reject)));
    });
  } catch (cause) {
    throw new UsageError(
      `The sandbox cannot listen on ${host}:${port}: ${cause instanceof Error ? cause.message : cause}.`,
      { cause },
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}
