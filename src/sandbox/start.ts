/** Starts a sandbox: its options, its servers and their data centres. */
import { createServer } from 'node:net';
import type { Now, Random } from '../bytes.ts';
import type { RsaPrivateKey } from '../crypto/rsa.ts';
import { UsageError } from '../errors.ts';
import { fingerprintHex, type ServerKey, withFingerprint } from '../mtproto/server-key.ts';
import { current } from '../tl/layer.ts';
import { loginLink } from '../tl/login-link.ts';
import { acceptConnection } from './accept.ts';
import { type Controls, controlsOf } from './control/controls.ts';
import { Journal } from './control/journal.ts';
import { Datacentre } from './datacentre.ts';
import { LAYER_MODES, type LayerMode } from './dispatch.ts';
import type { Fault } from './faults/fault.ts';
import { parseFault } from './faults/index.ts';
import { type SandboxEvent, withoutChanging } from './log.ts';
import type { DcAddress } from './methods/handler.ts';
import { developmentKey } from './protocol/development-key.ts';
import { proxyLink, proxyServer, readSecret } from './protocol/mtproxy.ts';
import { generateRsaKey, serverKeyToPem } from './protocol/rsa-key.ts';
import { randomSource } from './random.ts';
import { Servers } from './servers.ts';
import { createWorld } from './world.ts';

export interface SandboxOptions {
  /** The port of DC 1; DC 2 uses the next one, and so on. 0, the default, takes free ports below 32768. */
  readonly port?: number | undefined;
  /** How many data centres, 1 to 9. The default is 2, enough to try a migration. */
  readonly dcs?: number | undefined;
  /** The layers to serve; default `both`. */
  readonly layer?: LayerMode | undefined;
  /** Refuses old and wrong forms that Telegram's servers accept, see `DEVIATIONS`. By default they are reported. */
  readonly strict?: boolean | undefined;
  /**
   * Makes the key, nonces, hashes, codes and, if they are free, ports the same in every run. Events then leave out
   * times, ports and what clients draw at random, so that two runs report the same. Such a sandbox keeps no secrets.
   */
  readonly seed?: string | undefined;
  /** An IP address of this machine; default 127.0.0.1. Any but a loopback address requires `public`. */
  readonly host?: string | undefined;
  /** The IP address that clients get, if not `host`. It too may require `public`. */
  readonly advertise?: string | undefined;
  /** Allows connections from other machines. */
  readonly public?: boolean | undefined;
  /** The RSA key. Default: one of the seed, else the development key, which is the same everywhere and public. */
  readonly key?: RsaPrivateKey | undefined;
  /** Generates another key than the development key. */
  readonly newKey?: boolean | undefined;
  /** Faults to inject: `NAME[:ARGUMENT][@[every-]MOMENT]`, see `FAULTS`. */
  readonly faults?: readonly string[] | undefined;
  /** Secrets, in hex or base64. Each gets an MTProxy on a free port. */
  readonly mtproxy?: readonly string[] | undefined;
  /** Called for each request, each delivered code and each connection that is closed for a reason. */
  readonly onEvent?: ((event: SandboxEvent) => void) | undefined;
  /** Serves the functions of `Controls` over HTTP on this port; 0 takes a free one. */
  readonly control?: number | undefined;
  /** How much faster codes expire and waits end, 1 to 3600. Clients get waits divided by it. */
  readonly speed?: number | undefined;
  /** The real clock, in ms since 1970. */
  readonly now?: Now | undefined;
}

export interface SandboxProxy {
  /** As in the options. */
  readonly secret: string;
  readonly port: number;
  /** The link that Telegram's apps open: tg://proxy?server=…&port=…&secret=… */
  readonly link: string;
}

export interface Sandbox extends Controls, AsyncDisposable {
  /** The IP address that clients connect to. */
  readonly host: string;
  readonly dcs: readonly { readonly id: number; readonly port: number }[];
  readonly proxies: readonly SandboxProxy[];
  /** PEM, PKCS#1. */
  readonly publicKey: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** The control API, if `control` was given. A request needs the header `Authorization: Bearer TOKEN`. */
  readonly control: { readonly url: string; readonly token: string } | undefined;
  /** Closes every connection and frees the ports. */
  close(): Promise<void>;
}

const MAX_DCS = 9;
const MAX_PORT = 65_535;

/** `watch` puts wrappers of its own around the faults. */
export async function start(
  options: SandboxOptions,
  watch: (faults: readonly Fault[]) => readonly Fault[] = (faults) => faults,
): Promise<Sandbox> {
  const { port = 0, dcs: count = 2, layer: mode = 'both', host = '127.0.0.1', now = Date.now } = options;
  const { strict = false } = options;
  if (!LAYER_MODES.includes(mode)) throw new UsageError(`The layer must be legacy, current or both, not ${mode}.`);
  checkInteger('number of data centres', count, 1, MAX_DCS);
  checkInteger('port', port, 0, MAX_PORT);
  checkInteger('port of the control API', options.control ?? 0, 0, MAX_PORT);
  if (port + count - 1 > MAX_PORT)
    throw new UsageError(`The ports of ${count} data centres from ${port} on would exceed ${MAX_PORT}.`);
  const secrets = (options.mtproxy ?? []).map((text) => ({ text, secret: readSecret(text) }));
  const readFaults = (specs: readonly string[]) => watch(specs.map(parseFault));
  let faults = readFaults(options.faults ?? []);
  const setFaults = (specs: readonly string[]) => {
    faults = readFaults(specs);
  };
  const source = randomSource(options.seed);
  const isPublic = options.public === true;
  const servers = new Servers({ host, advertise: options.advertise, isPublic, random: source('ports') });
  const key = keyOf(options, source('key'));
  const journal = new Journal();
  const report = (event: SandboxEvent) => {
    const shown = options.seed === undefined ? event : withoutChanging(event);
    journal.record(shown);
    options.onEvent?.(shown);
  };
  const datacentres = new Map<number, Datacentre>();
  const world = createWorld({
    dcs: count,
    now,
    speed: options.speed,
    random: source('world'),
    deliver: (delivery) => report({ event: 'say', ...delivery }),
    showToken: (token, { dc }) => report({ event: 'qr', dc, link: loginLink(token) }),
    tokenAccepted: ({ dc, auth_key_id }) => datacentres.get(dc)?.push(auth_key_id, tokenUpdate(now)),
  });
  const dcTime: Now = () => faults.reduce((clock, fault) => fault.now?.(clock) ?? clock, now)();

  const addresses: DcAddress[] = [];
  for (let id = 1; id <= count; id++) {
    const random = source(`dc${id}`);
    const dc = new Datacentre({ id, dcs: addresses, key, world, mode, strict, random, now: dcTime, report });
    datacentres.set(id, dc);
    const server = createServer((socket) => {
      const onFrame = servers.connections.add(socket, (reason) => dc.reportClosed(reason));
      acceptConnection(socket, dc, faults, onFrame);
    });
    addresses.push({
      id,
      host: servers.advertised,
      port: await servers.listen(server, port === 0 ? 0 : port + id - 1),
    });
  }
  const proxies: SandboxProxy[] = [];
  for (const { text, secret } of secrets) {
    const random = source(`proxy${proxies.length + 1}`);
    const server = proxyServer(
      { secret, dcs: servers.local(addresses), random, now, strict, report },
      servers.connections,
    );
    const proxyPort = await servers.listen(server, 0);
    proxies.push({ secret: text, port: proxyPort, link: proxyLink(servers.advertised, proxyPort, text) });
  }
  const controls = controlsOf({ world, journal, setFaults, faults: options.faults ?? [] });
  const control =
    options.control === undefined
      ? undefined
      : await openControl(servers, [servers.advertised, host], options.control, controls);
  return {
    ...controls,
    host: servers.advertised,
    dcs: addresses.map((address) => ({ id: address.id, port: address.port })),
    proxies,
    publicKey: serverKeyToPem(key),
    fingerprint: fingerprintHex(key.fingerprint),
    control,
    close: () => servers.close(),
    [Symbol.asyncDispose]: () => servers.close(),
  };
}

function checkInteger(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new UsageError(`The ${what} must be ${min} to ${max}, not ${value}.`);
}

/** Loaded here because few runs need it. */
async function openControl(servers: Servers, hosts: readonly string[], port: number, controls: Controls) {
  const { controlServer } = await import('./control/http.ts');
  const { server, token } = controlServer(controls, hosts);
  const { advertised } = servers;
  const name = advertised.includes(':') ? `[${advertised}]` : advertised;
  return { url: `http://${name}:${await servers.listen(server, port)}`, token };
}

function tokenUpdate(now: Now): Uint8Array {
  const date = Math.floor(now() / 1000);
  return current.codec.encode({ _: 'updateShort', update: { _: 'updateLoginToken' }, date });
}

function keyOf({ key, newKey, seed }: SandboxOptions, random: Random): ServerKey & RsaPrivateKey {
  if (key !== undefined) return named(key);
  return newKey === true || seed !== undefined ? drawKey(random) : named(developmentKey());
}

function named(key: RsaPrivateKey): ServerKey & RsaPrivateKey {
  return { ...key, ...withFingerprint(key) };
}

/** Draws a key whose fingerprint has no leading zero, because some clients print fingerprints without leading zeros. */
function drawKey(random: Random): ServerKey & RsaPrivateKey {
  for (;;) {
    const key = named(generateRsaKey(random));
    if (!fingerprintHex(key.fingerprint).startsWith('0')) return key;
  }
}
