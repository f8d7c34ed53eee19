/**
 * The global options: one table, of which the parser, the help and the environment are read.
 *
 * Order: flag, environment, config file, default. Every value knows where it came from, which decides between options that exclude each
 * other: `--sandbox` on the command line beats a TG_AUTH_SERVER in the environment; two of one rank are refused.
 */
import { UsageError } from '../../errors.ts';
import type { Address } from '../../net/datacentres.ts';
import { PROXY_FORMS, type ProxyServer, readProxy } from '../../net/dial/proxy.ts';
import { TRANSPORTS, type TransportName } from '../../transport/names.ts';
import {
  bool,
  type Given,
  int,
  Malformed,
  not,
  oneOf,
  type Setting,
  type Source,
  type Sources,
  seconds,
  take,
} from './setting.ts';

const session = {
  name: 'session',
  flags: '--session <name>',
  variable: 'TG_AUTH_SESSION',
  help: 'which stored session (default: default)',
  parse: sessionName,
  fallback: 'default',
} satisfies Setting<string>;

const sessionString: Setting<string | undefined> = {
  name: 'session-string',
  flags: '--session-string <s>',
  variable: 'TG_AUTH_SESSION_STRING',
  help: 'a session given whole, of tg-auth, Telethon, Pyrogram, GramJS, mtcute or MTKruto; nothing is stored then. Other users of this machine can read it among the arguments: rather set the variable, or give - for stdin',
  parse: whole,
  fallback: undefined,
};

const apiId: Setting<number | undefined> = {
  name: 'api-id',
  flags: '--api-id <n>',
  variable: 'TG_API_ID',
  help: "the application's api_id, from https://my.telegram.org",
  parse: int('a whole number, as https://my.telegram.org shows it', 1, 2 ** 31 - 1),
  fallback: undefined,
};

const apiHash: Setting<string | undefined> = {
  name: 'api-hash',
  flags: '--api-hash <hash>',
  variable: 'TG_API_HASH',
  help: 'the api_hash that goes with it',
  parse: secretWord,
  fallback: undefined,
};

const sandbox = {
  name: 'sandbox',
  flags: '--sandbox',
  variable: 'TG_AUTH_SANDBOX',
  help: 'an embedded data centre on a loopback port, gone with the command',
  parse: bool,
  fallback: false,
} satisfies Setting<boolean>;

const server: Setting<Address | undefined> = {
  name: 'server',
  flags: '--server <host:port>',
  variable: 'TG_AUTH_SERVER',
  help: 'another data centre; needs --server-key',
  parse: address,
  fallback: undefined,
};

const serverKey: Setting<string | undefined> = {
  name: 'server-key',
  flags: '--server-key <file>',
  variable: 'TG_AUTH_SERVER_KEY',
  help: 'its RSA public key, PEM',
  parse: filled,
  fallback: undefined,
};

const dc = {
  name: 'dc',
  flags: '--dc <n>',
  variable: 'TG_AUTH_DC',
  help: 'the first data centre to talk to (default: 2)',
  parse: int('the number of a data centre, 1 to 999', 1, 999),
  fallback: 2,
} satisfies Setting<number>;

const test = {
  name: 'test',
  flags: '--test',
  variable: 'TG_AUTH_TEST',
  help: "Telegram's test data centres",
  parse: bool,
  fallback: false,
} satisfies Setting<boolean>;

const transport: Setting<TransportName | undefined> = {
  name: 'transport',
  flags: '--transport <name>',
  variable: 'TG_AUTH_TRANSPORT',
  help: `only this one: ${TRANSPORTS.join(', ')} (default: intermediate, and where that does not get through, others)`,
  parse: oneOf(...TRANSPORTS),
  values: TRANSPORTS,
  fallback: undefined,
};

const proxy: Setting<ProxyServer | undefined> = {
  name: 'proxy',
  flags: '--proxy <url>',
  variable: 'TG_AUTH_PROXY',
  others: ['ALL_PROXY', 'all_proxy'],
  help: 'socks5://, socks5h://, socks4a://, http://, https://, or an MTProxy: tg://proxy?…, https://t.me/proxy?…, HOST:PORT:SECRET (also: ALL_PROXY)',
  parse: proxyUrl,
  fallback: undefined,
};

const pfs = {
  name: 'pfs',
  flags: '--pfs',
  variable: 'TG_AUTH_PFS',
  help: 'talk under a temporary key, forgotten afterwards: perfect forward secrecy, for four more round trips',
  parse: bool,
  fallback: false,
} satisfies Setting<boolean>;

const timeout = {
  name: 'timeout',
  flags: '--timeout <seconds>',
  variable: 'TG_AUTH_TIMEOUT',
  help: 'for the whole command, waits included (default: 30, and the waits of --wait and --wait-flood on top; 0: none)',
  parse: seconds,
  fallback: 30,
} satisfies Setting<number>;

const waitFlood = {
  name: 'wait-flood',
  flags: '--wait-flood <seconds>',
  help: 'sleep through FLOOD_WAITs of at most that long in all; a --timeout that is shorter wins (default: 0, report them)',
  parse: seconds,
  fallback: 0,
} satisfies Setting<number>;

/** The settings that a config file may hold too, in the order of the help. */
export const SETTINGS = [
  session,
  apiId,
  apiHash,
  sandbox,
  server,
  serverKey,
  dc,
  test,
  transport,
  proxy,
  pfs,
  timeout,
  waitFlood,
] as const;

/** What a config file may not hold: a session is a secret that has a store of its own. */
export const UNKEPT = [sessionString] as const;

/** Switches that only the command line has (`--no-input` and colour have variables of other people's making: CI, NO_COLOR, FORCE_COLOR). */
export const SWITCHES = [
  { flags: '--json', help: 'one JSON object on stdout, success or failure' },
  { flags: '-q, --quiet', help: 'no friendly lines' },
  { flags: '-v, --verbose', help: 'what goes over the wire, redacted, on stderr' },
  { flags: '--no-input', help: 'never prompt (also: CI)' },
  { flags: '--color', help: 'colours even where there is no terminal (also: FORCE_COLOR)' },
  { flags: '--no-color', help: 'no colours (also: NO_COLOR)' },
] as const;

export type Network =
  | { readonly kind: 'telegram'; readonly test: boolean }
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'server'; readonly address: Address; readonly keyFile: string };

export interface Options {
  readonly session: Given<string>;
  /** The text, or `-` for stdin. */
  readonly sessionString: Given<string | undefined>;
  readonly apiId: Given<number | undefined>;
  readonly apiHash: Given<string | undefined>;
  readonly network: Network;
  readonly dc: Given<number>;
  readonly transport: Given<TransportName | undefined>;
  readonly proxy: Given<ProxyServer | undefined>;
  readonly pfs: Given<boolean>;
  readonly timeout: Given<number>;
  readonly waitFlood: Given<number>;
}

/** All of them, resolved. Throws `UsageError` for a malformed or contradictory one. */
export function resolve(sources: Sources): Options {
  return {
    session: take(session, sources),
    sessionString: take(sessionString, sources),
    apiId: take(apiId, sources),
    apiHash: take(apiHash, sources),
    network: network(sources),
    dc: take(dc, sources),
    transport: take(transport, sources),
    proxy: take(proxy, sources),
    pfs: take(pfs, sources),
    timeout: take(timeout, sources),
    waitFlood: take(waitFlood, sources),
  };
}

const RANK: readonly Source[] = ['flag', 'environment', 'config', 'default'];

/** Which network: the choice of the highest rank. A server's key ranks with its server. */
function network(sources: Sources): Network {
  const [inSandbox, onTest] = [take(sandbox, sources), take(test, sources)];
  const [at, key] = [take(server, sources), take(serverKey, sources)];
  const wanted = [inSandbox, onTest, at].filter(({ value }) => value !== false && value !== undefined);
  const [first, second] = wanted.sort((a, b) => RANK.indexOf(a.from) - RANK.indexOf(b.from));
  if (first !== undefined && first.from === second?.from)
    throw new UsageError(`${first.name} and ${second.name} exclude each other.`);
  if (first === inSandbox) return { kind: 'sandbox' };
  if (first !== at || at.value === undefined) {
    if (key.from === 'flag') throw new UsageError('--server-key needs the --server that it belongs to.');
    return { kind: 'telegram', test: onTest.value && first === onTest };
  }
  if (key.value !== undefined) return { kind: 'server', address: at.value, keyFile: key.value };
  throw new UsageError(`${at.name} needs the public key of that server: --server-key FILE or TG_AUTH_SERVER_KEY.`);
}

// -- the kinds of text that only these options have

function secretWord(text: string): string {
  if (/^[!-~]+$/.test(text)) return text;
  throw new Malformed('the 32 hex digits that https://my.telegram.org shows'); // not echoed: it may be a slip of a real one
}

function address(text: string): Address {
  const [, v6, name, digits] = /^(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([^\s:[\]/@]+)):(\d{1,5})$/i.exec(text) ?? [];
  const [host, port] = [v6 ?? name, Number(digits)];
  if (host !== undefined && port >= 1 && port <= 65535) return { host, port };
  throw new Malformed(`HOST:PORT, as 127.0.0.1:443 or [::1]:443${not(text)}`);
}

/** Not echoed: a password or a secret may be in it. */
function proxyUrl(text: string): ProxyServer {
  const found = readProxy(text);
  if (found === undefined) throw new Malformed(PROXY_FORMS);
  return found;
}

function filled(text: string): string {
  if (text !== '') return text;
  throw new Malformed('a name, not empty');
}

function whole(text: string): string {
  if (text !== '') return text;
  throw new Malformed('a session string, or - for stdin, not empty');
}

/** What is too long for a name may be a session string, which is not echoed. */
function sessionName(text: string): string {
  if (text.length <= 64) return filled(text);
  throw new Malformed('a name, 64 characters at most; a session string goes with --session-string');
}
