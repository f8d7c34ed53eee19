/**
 * Whole processes against bare Node.js and against a floor, the least that a client does: start-up, the code cache,
 * calls with a stored and a fresh key and with --pfs, and mtcute's.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { raceProcesses, table } from './table.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const BIN = here('../../bin/tg-auth.js');
export const FLOOR_SCRIPT = here('floor.cjs');

export const SEED = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84'] as const;

export interface Place {
  readonly port: number;
  readonly keyFile: string;
  readonly folder: string;
}

/** Runs of other libraries: the file that each reads, and the arguments of Node.js. */
export interface PeerCommands {
  readonly stdin: string;
  readonly commands: Readonly<Record<string, () => readonly string[]>>;
}

/** The sandbox's first event. */
export type Served = Pick<Sandbox, 'host' | 'dcs' | 'proxies' | 'publicKey'>;

/** The arguments of the example call to this sandbox. */
export function callAt({ keyFile }: Place, port: number, session: string, ...more: string[]): string[] {
  const server = ['--server', `127.0.0.1:${port}`, '--server-key', keyFile];
  return [BIN, ...SEED, ...server, '--api-id', '1', '--session', session, ...more];
}

const FLOOR = 'floor: net, crypto, a connection';
const VERSION = 'tg-auth --version';
const HELP = 'tg-auth --help';
const STORED = 'tg-auth send-call, stored key';
const FRESH = 'tg-auth send-call, fresh key';

/** The aims for CPU and memory. */
const AIMS = {
  [VERSION]: { cpu: 0.95 },
  [HELP]: { cpu: 0.95 },
  [STORED]: { cpu: 1.15, memory: 8 },
  [FRESH]: { cpu: 1.5 },
};

/** What a shell sets, and no more: NODE_EXTRA_CA_CERTS alone makes every start take twice as long. */
export function environment({ folder }: Place): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return {
    PATH,
    SystemRoot,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    NO_COLOR: '1',
  };
}

export async function startup(place: Place, rounds: number, peers: PeerCommands): Promise<void> {
  const { port, keyFile, folder } = place;
  // Beside the packages that it imports, so that Node.js finds them.
  const mtcute = here('../../node_modules/.cache/tg-auth/mtcute.mjs');
  await build({
    entryPoints: [here('mtcute.ts')],
    outfile: mtcute,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  let run = 0;
  const kept = join(folder, 'mtcute.key');
  const emptied = join(folder, 'emptied');
  const used = raceProcesses(
    rounds,
    {
      'node -e 0': () => ['-e', '0'],
      [FLOOR]: () => [FLOOR_SCRIPT],
      [VERSION]: () => [BIN, '--version'],
      [HELP]: () => [BIN, '--help'],
      'tg-auth login --help, no code cache': () => [BIN, 'login', '--help'],
      'tg-auth login --help, making its cache': () => {
        rmSync(emptied, { recursive: true, force: true });
        return [BIN, 'login', '--help'];
      },
      [STORED]: () => callAt(place, port, 'stored'),
      [FRESH]: () => callAt(place, port, `fresh-${process.pid}-${run++}`),
      'tg-auth send-call, stored key, --pfs': () => callAt(place, port, 'stored-pfs', '--pfs'),
      'mtcute auth.sendCode, stored key': () => [mtcute, String(port), keyFile, kept],
      'mtcute auth.sendCode, fresh key': () => [mtcute, String(port), keyFile],
      ...peers.commands,
    },
    environment(place),
    {
      'tg-auth login --help, no code cache': { XDG_CACHE_HOME: '', HOME: '', LOCALAPPDATA: '' },
      'tg-auth login --help, making its cache': { XDG_CACHE_HOME: emptied },
      ...Object.fromEntries(Object.keys(peers.commands).map((name) => [name, { USAGE_STDIN: peers.stdin }])),
    },
  );
  if (!existsSync(kept)) throw new Error('mtcute has kept no key');
  table(`Whole processes, ${rounds} rounds`, used, { floor: FLOOR, aims: AIMS });
}
