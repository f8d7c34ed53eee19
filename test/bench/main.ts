/**
 * `npm run bench [-- ROUNDS [LIBRARY…]]`: measures how long things take, side by side in one run. It asserts nothing,
 * and connects only to a sandbox that it starts in a process of its own. With libraries, which it installs first, all
 * of it runs in a network namespace that has only a loopback interface. `-- --profile` counts instructions instead.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { namespace } from '../peers/foreign/namespace.ts';
import { load } from './load.ts';
import { network } from './network.ts';
import { parts, rates } from './parts.ts';
import { commandsOf, installPeers, type Peers } from './peers.ts';
import { profile } from './profile.ts';
import { MTPROXIES, reach } from './reach.ts';
import { BIN, type Place, type Served, startup } from './startup.ts';

const [, script = '', words = '15', ...libraries] = process.argv;
const rounds = Number(words);
const folder = mkdtempSync(join(tmpdir(), 'tg-auth-bench-'));
const peers: Peers = JSON.parse(process.env.BENCH_PEERS ?? '{}');
if (libraries.length > 0) {
  try {
    const BENCH_PEERS = JSON.stringify(await installPeers(libraries, folder));
    const [file = '', ...args] = [...(namespace() ?? []), process.execPath, '--import', 'tsx', script, words];
    spawnSync(file, args, { stdio: 'inherit', env: { ...process.env, BENCH_PEERS } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit();
}
let addresses: ChildProcess | undefined;
const sandbox = spawn(process.execPath, [BIN, 'sandbox', '--json', ...MTPROXIES], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
try {
  const served = await readServed();
  const place = placeOf(served);
  if (Object.values(peers).some(({ addressesCompiledIn }) => addressesCompiledIn)) await serveAddresses(served);
  if (words === '--profile') profile(place);
  else {
    await startup(place, rounds, commandsOf(peers, served, folder));
    await network(place);
    await reach(served, Math.min(rounds, 3));
    await load(BIN);
    await parts(Math.min(rounds, 9));
    rates();
  }
} finally {
  sandbox.kill();
  addresses?.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Reads the sandbox's first line, which has its addresses, and discards the rest. */
async function readServed(): Promise<Served> {
  const lines = createInterface({ input: sandbox.stdout });
  const { value } = await lines[Symbol.asyncIterator]().next();
  sandbox.stdout.resume();
  return JSON.parse(value);
}

/** In a process of its own: this one only waits while others run. */
async function serveAddresses(served: Served): Promise<void> {
  const args = ['--import', 'tsx', fileURLToPath(new URL('addresses.ts', import.meta.url)), JSON.stringify(served)];
  addresses = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (addresses.stdout !== null) await once(addresses.stdout, 'data');
}

function placeOf({ dcs, publicKey }: Served): Place {
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, publicKey);
  return { port: dcs.find(({ id }) => id === 2)?.port ?? 0, keyFile, folder };
}
