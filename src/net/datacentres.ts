/**
 * The data centres and RSA keys of Telegram's two networks, or of a server of your own
 * (https://core.telegram.org/api/datacenter). The tables are a start; help.getConfig adds to them.
 */
import { fromHex } from '../bytes.ts';
import { fingerprintHex, parseServerKey, type ServerKey, withFingerprint } from '../mtproto/server-key.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How to open a WebSocket to a data centre. */
export interface Web {
  /** `/apiws`, or `/apiws_test` on the test network. */
  readonly path: string;
  /** Inside TLS. */
  readonly secure: boolean;
}

/** A set of data centres that share accounts and keys. A session belongs to one network. */
export interface Network {
  /** `production`, `test`, or `server-` and the key's fingerprint: the folder of its sessions. */
  readonly id: string;
  readonly keys: readonly ServerKey[];
  /** The first DC to talk to. */
  readonly dc: number;
  /** Addresses known from the start. Those of other DCs come from the first DC's help.getConfig. */
  addresses(dc: number): readonly Address[];
  /** Other ports on which each address serves the same. */
  readonly ports: readonly number[];
  /** WebSocket addresses of a DC that has these TCP addresses. */
  webs(dc: number, addresses: readonly Address[]): readonly { readonly address: Address; readonly web: Web }[];
  /** The number that the key exchange names for a DC: test DCs add 10000. */
  innerDc(dc: number): number;
}

type Table = Readonly<Record<number, readonly string[]>>;

/** Each DC lists an address of either family first, so that both are tried early. */
const PRODUCTION: Table = {
  1: ['149.154.175.50', '2001:b28:f23d:f001::a'],
  2: ['149.154.167.51', '2001:67c:4e8:f002::a', '95.161.76.100'],
  3: ['149.154.175.100', '2001:b28:f23d:f003::a'],
  4: ['149.154.167.91', '2001:67c:4e8:f004::a'],
  5: ['149.154.171.5', '2001:b28:f23f:f005::a'],
};

const TEST: Table = {
  1: ['149.154.175.10', '2001:b28:f23d:f001::e'],
  2: ['149.154.167.40', '2001:67c:4e8:f002::e'],
  3: ['149.154.175.117', '2001:b28:f23d:f003::e'],
};

/** Fingerprint d09d1d85de64fd85, production. */
const PRODUCTION_KEY =
  'e8bb3305c0b52c6cf2afdf7637313489e63e05268e5badb601af417786472e5f93b85438968e20e6729a301c0afc121b' +
  'f7151f834436f7fda680847a66bf64accec78ee21c0b316f0edafe2f41908da7bd1f4a5107638eeb67040ace472a14f9' +
  '0d9f7c2b7def99688ba3073adb5750bb02964902a359fe745d8170e36876d4fd8a5d41b2a76cbff9a13267eb9580b2d0' +
  '6d10357448d20d9da2191cb5d8c93982961cdfdeda629e37f1fb09a0722027696032fe61ed663db7a37f6f263d370f69' +
  'db53a0dc0a1748bdaaff6209d5645485e6e001d1953255757e4b8e42813347b11da6ab500fd0ace7e6dfa3736199ccaf' +
  '9397ed0745a427dcfa6cd67bcb1acff3';

/** Fingerprint b25898df208d2603, test. */
const TEST_KEY =
  'c8c11d635691fac091dd9489aedced2932aa8a0bcefef05fa800892d9b52ed03200865c9e97211cb2ee6c7ae96d3fb0e' +
  '15aeffd66019b44a08a240cfdd2868a85e1f54d6fa5deaa041f6941ddf302690d61dc476385c2fa655142353cb4e4b59' +
  'f6e5b6584db76fe8b1370263246c010c93d011014113ebdf987d093f9d37c2be48352d69a1683f8f6e6c2167983c761e' +
  '3ab169fde5daaa12123fa1beab621e4da5935e9c198f82f35eae583a99386d8110ea6bd1abb0f568759f62694419ea5f' +
  '69847c43462abef858b4cb5edc84e7b9226cd7bd7e183aa974a712c079dde85b9dc063b8a5c08e8f859c0ee5dcd824c7' +
  '807f20153361a7f63cfd2a433a1be7f5';

const EXPONENT = new Uint8Array([1, 0, 1]);

/** Names of the hosts for browsers, by DC. */
const WEB_HOSTS: Readonly<Record<number, string>> = { 1: 'pluto', 2: 'venus', 3: 'aurora', 4: 'vesta', 5: 'flora' };

function telegram(id: string, table: Table, modulus: string, offset: number, dc: number): Network {
  const web = { path: offset === 0 ? '/apiws' : '/apiws_test', secure: true };
  return {
    id,
    keys: [withFingerprint({ n: fromHex(modulus), e: EXPONENT })],
    dc,
    addresses: (wanted) => (table[wanted] ?? []).map((host) => ({ host, port: 443 })),
    ports: [443, 80, 5222],
    webs(wanted) {
      const name = WEB_HOSTS[wanted];
      return name === undefined ? [] : [{ address: { host: `${name}.web.telegram.org`, port: 443 }, web }];
    },
    innerDc: (wanted) => wanted + offset,
  };
}

/** Telegram itself. */
export function productionNetwork(dc = 2): Network {
  return telegram('production', PRODUCTION, PRODUCTION_KEY, 0, dc);
}

/** Telegram's test DCs (https://core.telegram.org/api/auth#test-accounts), with their own accounts and keys. */
export function testNetwork(dc = 2): Network {
  return telegram('test', TEST, TEST_KEY, 10000, dc);
}

/** Any other MTProto server: `address` serves `dc`, and `pem` is its one key. Throws `UsageError` on a bad PEM. */
export function serverNetwork(options: { address: Address; dc: number; pem: string }): Network {
  return networkOfKey(parseServerKey(options.pem), options);
}

export function networkOfKey(key: ServerKey, options: { address: Address; dc: number }): Network {
  return {
    id: `server-${fingerprintHex(key.fingerprint)}`,
    keys: [key],
    dc: options.dc,
    addresses: (wanted) => (wanted === options.dc ? [options.address] : []),
    ports: [],
    webs: (_, addresses) => addresses.map((address) => ({ address, web: { path: '/apiws', secure: false } })),
    innerDc: (wanted) => wanted,
  };
}
