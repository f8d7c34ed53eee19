/**
 * The global options: one table for the parser, the help, the environment and the config file.
 *
 * Order: flag, environment, config file, default. Each value knows its source. `--sandbox` on the command line
 * overrides a TG_AUTH_SERVER in the environment; two such options from the same source are refused.
 */
import { UsageError } from '../../errors.ts';
import type { Address } from '../../net/datacentres.ts';
import { expectedProxy, type ProxyServer, readProxy } from '../../net/dial/proxy.ts';
import { FORMAT_TITLES } from '../../session/formats/names.ts';
import { TRANSPORTS } from '../../transport/names.ts';
import {
  bool,
  butNot,
  filled,
  InvalidValue,
  int,
  oneOf,
  parseValue,
  type Resolved,
  resolveSetting,
  type Setting,
  type Source,
  type Sources,
  seconds,
} from './setting.ts';

/** The settings that a config file may hold, in the order of the help. */
const STORED = {
  session: define({
    flags: '--session <name>',
    variable: 'TG_AUTH_SESSION',
    help: 'which stored session (default: default)',
    parse: sessionName,
    fallback: 'default',
  }),
  apiId: define({
    flags: '--api-id <n>',
    variable: 'TG_API_ID',
    help: "the application's api_id, from https://my.telegram.org",
    parse: int('a whole number, as https://my.telegram.org shows it', 1, 2 ** 31 - 1),
    fallback: undefined,
  }),
  apiHash: define({
    flags: '--api-hash <hash>',
    variable: 'TG_API_HASH',
    help: 'the api_hash that belongs to it',
    parse: (text) => text,
    fallback: undefined,
  }),
  sandbox: define({
    flags: '--sandbox',
    variable: 'TG_AUTH_SANDBOX',
    help: 'use an embedded data centre on a loopback port; it ends with the command',
    parse: bool,
    fallback: false,
  }),
  server: define({
    flags: '--server <host:port>',
    variable: 'TG_AUTH_SERVER',
    help: 'use another data centre; requires --server-key',
    parse: address,
    fallback: undefined,
  }),
  serverKey: define({
    flags: '--server-key <file>',
    variable: 'TG_AUTH_SERVER_KEY',
    help: 'its RSA public key, as a PEM file',
    parse: filled('a file name'),
    fallback: undefined,
  }),
  dc: define({
    flags: '--dc <n>',
    variable: 'TG_AUTH_DC',
    help: 'the data centre to connect to first (default: 2)',
    parse: int('the number of a data centre, 1 to 999', 1, 999),
    fallback: 2,
  }),
  test: define({
    flags: '--test',
    variable: 'TG_AUTH_TEST',
    help: "use Telegram's test data centres",
    parse: bool,
    fallback: false,
  }),
  transport: define({
    flags: '--transport <name>',
    variable: 'TG_AUTH_TRANSPORT',
    help: `use only this transport: ${TRANSPORTS.join(', ')} (default: intermediate, then others if it fails)`,
    parse: oneOf(...TRANSPORTS),
    values: TRANSPORTS,
    fallback: undefined,
  }),
  proxy: define({
    flags: '--proxy <url>',
    variable: 'TG_AUTH_PROXY',
    others: ['ALL_PROXY', 'all_proxy'],
    help: 'socks5://, socks5h://, socks4a://, http://, https://, or an MTProxy: tg://proxy?…, https://t.me/proxy?…, HOST:PORT:SECRET (also: ALL_PROXY)',
    parse: proxyUrl,
    fallback: undefined,
  }),
  pfs: define({
    flags: '--pfs',
    variable: 'TG_AUTH_PFS',
    help: 'use temporary keys (perfect forward secrecy); costs four more round trips',
    parse: bool,
    fallback: false,
  }),
  timeout: define({
    flags: '--timeout <seconds>',
    variable: 'TG_AUTH_TIMEOUT',
    help: 'for the whole command, waits included (default: 30, plus the waits of --wait and --wait-flood; 0: none)',
    parse: seconds,
    fallback: 30,
  }),
  waitFlood: define({
    flags: '--wait-flood <seconds>',
    help: 'wait out FLOOD_WAITs up to this total; an explicit --timeout still applies (default: 0, report them; 60 for login at a terminal)',
    parse: seconds,
    fallback: 0,
  }),
};

const sessionString = define({
  flags: '--session-string <s>',
  variable: 'TG_AUTH_SESSION_STRING',
  help: `a session as a string (${Object.values(FORMAT_TITLES).join(', ')}); nothing is stored. Other users of this machine can read arguments: set the variable instead, or pass - for stdin`,
  parse: filled('a session string, or - for stdin'),
  fallback: undefined,
});

export const SETTINGS = Object.values(STORED);

/** What a config file may not hold: a session string is a secret, and the store is the place for sessions. */
export const NOT_IN_CONFIG = [sessionString] as const;

/** Switches that only the command line has. CI, NO_COLOR and FORCE_COLOR stand in for some of them. */
export const SWITCHES = [
  { flags: '--json', help: 'print one JSON object on stdout, on success and on failure (help json: its schema)' },
  { flags: '-q, --quiet', help: 'suppress informational messages' },
  { flags: '-v, --verbose', help: 'print what goes over the wire, redacted, on stderr' },
  { flags: '--no-input', help: 'never prompt (also: CI)' },
  { flags: '--color', help: 'use colours even without a terminal (also: FORCE_COLOR)' },
  { flags: '--no-color', help: 'use no colours (also: NO_COLOR)' },
] as const;

export type NetworkChoice =
  | { readonly kind: 'telegram'; readonly test: boolean }
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'server'; readonly address: Address; readonly keyFile: string };

export type Options = Readonly<ReturnType<typeof resolve>>;

/** Resolves every option. Throws `UsageError` for a malformed value or a contradiction. */
export function resolve(sources: Sources) {
  const of = <T>(setting: Setting<T>) => resolveSetting(setting, sources);
  const settings = {
    session: of(STORED.session),
    apiId: of(STORED.apiId),
    apiHash: of(STORED.apiHash),
    sandbox: of(STORED.sandbox),
    server: of(STORED.server),
    serverKey: of(STORED.serverKey),
    dc: of(STORED.dc),
    test: of(STORED.test),
    transport: of(STORED.transport),
    proxy: of(STORED.proxy),
    pfs: of(STORED.pfs),
    timeout: of(STORED.timeout),
    waitFlood: of(STORED.waitFlood),
    /** The string itself, or `-` for stdin. */
    sessionString: of(sessionString),
  };
  const network = chooseNetwork(settings);
  const { value, name } = settings.apiHash;
  if (value !== undefined && network.kind !== 'sandbox') parseValue(hexHash, value, name); // the sandbox takes any
  return { ...settings, network };
}

const RANK: readonly Source[] = ['flag', 'environment', 'config', 'default'];

interface NetworkSettings {
  readonly sandbox: Resolved<boolean>;
  readonly test: Resolved<boolean>;
  readonly server: Resolved<Address | undefined>;
  readonly serverKey: Resolved<string | undefined>;
}

/** The choice of the highest-ranking source. A server's key may come from another source than its server. */
function chooseNetwork({ sandbox, test, server, serverKey: key }: NetworkSettings): NetworkChoice {
  const wanted = [sandbox, test, server].filter(({ value }) => value !== false && value !== undefined);
  const [first, second] = wanted.sort((a, b) => RANK.indexOf(a.from) - RANK.indexOf(b.from));
  if (first !== undefined && first.from === second?.from)
    throw new UsageError(`${first.name} and ${second.name} cannot be combined.`);
  if (first === sandbox) return { kind: 'sandbox' };
  if (first !== server || server.value === undefined) {
    if (key.from === 'flag') throw new UsageError('--server-key requires --server.');
    return { kind: 'telegram', test: test.value && first === test };
  }
  if (key.value !== undefined) return { kind: 'server', address: server.value, keyFile: key.value };
  throw new UsageError(`${server.name} requires the server's public key: --server-key FILE or TG_AUTH_SERVER_KEY.`);
}

/** Infers the type of a setting from its parser and its default, and takes its name from its flags. */
function define<T>(setting: Omit<Setting<T>, 'name'>): Setting<T> {
  return { name: setting.flags.replace(/^--([a-z-]+).*/, '$1'), ...setting };
}

// -- values that only these options have

function hexHash(text: string): string {
  if (/^[0-9a-f]{32}$/i.test(text)) return text;
  // Not echoed: it may be a mistyped secret.
  throw new InvalidValue('the 32 hex digits that https://my.telegram.org shows');
}

function address(text: string): Address {
  const [, v6, name, digits] =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as \p{Cc}, without the tables of Unicode
    /^(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([^\s\0-\x1f\x7f-\x9f:[\]/@]+)):(\d{1,5})$/i.exec(text) ?? [];
  const [host, port] = [v6 ?? name, Number(digits)];
  if (host !== undefined && port >= 1 && port <= 65535) return { host, port };
  throw new InvalidValue(`HOST:PORT, such as 127.0.0.1:443 or [::1]:443${butNot(text)}`);
}

/** The text is not echoed: it may hold a password or a secret. */
function proxyUrl(text: string): ProxyServer {
  const found = readProxy(text);
  if (found === undefined) throw new InvalidValue(expectedProxy(text));
  return found;
}

/** A text that is too long for a name may be a session string, and is not echoed. */
function sessionName(text: string): string {
  if (text.length <= 64) return filled('a name')(text);
  throw new InvalidValue('a name of at most 64 characters; a session string goes with --session-string');
}
