/**
 * The second half of test:peers: drives the installed libraries against sandboxes. main.ts starts it in a network
 * namespace that has only a loopback interface, if the system allows that.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHex } from '../../../src/bytes.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../../src/sandbox/index.ts';
import { serverKey } from '../../pair.ts';
import { Driver, Missing, NoAnswer, type Place } from './driver.ts';
import type { Installed } from './install.ts';
import { JOURNEYS } from './journeys.ts';
import { FINGERPRINT, LIBRARIES, type Library } from './libraries.ts';

/** What main.ts hands over in a file. */
export interface Plan {
  readonly folder: string;
  /** By the names of the libraries. */
  readonly installed: Readonly<Record<string, Installed>>;
}

export interface Report {
  readonly results: readonly Result[];
  readonly recipes: readonly Outcome[];
}

export type Outcome = 'ok' | 'missing' | 'failed';

/** What one library did over one transport. */
export interface Result {
  readonly library: string;
  readonly transport: string;
  /** The layer that it declared. */
  readonly layer: number | null;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

const BIN = fileURLToPath(new URL('../../../bin/tg-auth.js', import.meta.url));
const RECIPE_MS = 60_000;
const SECRET = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
const SECRETS: Readonly<Record<string, string>> = {
  'mtproxy plain': SECRET,
  'mtproxy dd': `dd${SECRET}`,
  'mtproxy ee': `ee${SECRET}${Buffer.from('www.example.com').toString('hex')}`,
};

/** Telegram's test data centres, for a library that dials nothing else. In the namespace they are this machine. */
const TEST_ADDRESSES: ReadonlyMap<number, string> = new Map([
  [1, '149.154.175.10'],
  [2, '149.154.167.40'],
  [3, '149.154.175.117'],
]);
const TEST_PORTS = [80, 443, 5222];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function drive(library: Library, command: readonly string[], transport: string, folder: string): Promise<Result> {
  const secret = SECRETS[transport];
  const events: SandboxEvent[] = [];
  await using sandbox = await startSandbox({
    key: serverKey,
    mtproxy: secret === undefined ? [] : [secret],
    onEvent: (event) => events.push(event),
  });
  await using _relays = await relays(library, sandbox);
  const place: Place = {
    host: sandbox.host,
    dcs: sandbox.dcs,
    publicKey: sandbox.publicKey,
    modulus: toHex(serverKey.n),
    fingerprint: FINGERPRINT,
    transport,
    proxy: secret === undefined ? null : { port: sandbox.proxies[0]?.port ?? 0, secret },
    folder: mkdtempSync(join(folder, 'files-')),
  };
  const outcomes: Record<string, Outcome> = Object.fromEntries(JOURNEYS.map(({ name }) => [name, 'failed']));
  let driver = new Driver(command, place);
  try {
    for (const { name, run } of JOURNEYS) {
      const start = events.length;
      try {
        await run({ driver, sandbox, events });
        outcomes[name] = 'ok';
      } catch (error) {
        outcomes[name] = error instanceof Missing ? 'missing' : 'failed';
        if (outcomes[name] === 'failed') {
          say(`${library.name} ${transport} ${name}: ${error instanceof Error ? error.message : error}`);
          if (process.env.DEBUG) say([driver.noise, ...events.slice(start).map((e) => JSON.stringify(e))].join('\n'));
          if (name === 'connect' || error instanceof NoAnswer) break; // the others would only take long to fail
          await driver[Symbol.asyncDispose]();
          driver = new Driver(command, { ...place, folder: mkdtempSync(join(folder, 'files-')) });
        }
      }
    }
  } finally {
    await driver[Symbol.asyncDispose]();
  }
  const list = (wanted: Outcome) => JOURNEYS.filter(({ name }) => outcomes[name] === wanted).map(({ name }) => name);
  const [failed, missing] = [list('failed'), list('missing')];
  say(
    `${library.name} ${transport}: ${failed.length > 0 ? `FAILED ${failed.join(', ')}; ` : ''}ok ${list('ok').join(', ')}` +
      `${missing.length > 0 ? `; has no ${missing.join(', ')}` : ''}`,
  );
  const layers = events.flatMap((event) => (event.event === 'request' && event.layer !== null ? [event.layer] : []));
  return { library: library.name, transport, layer: layers.at(-1) ?? null, outcomes };
}

/** Listens on the addresses that are compiled into a library, and passes the bytes on to the sandbox. */
async function relays({ addressesCompiledIn }: Library, { dcs, host }: Sandbox): Promise<AsyncDisposable> {
  const servers: Server[] = [];
  const sockets = new Set<{ destroy(): void }>();
  if (addressesCompiledIn)
    for (const { id, port } of dcs)
      for (const outer of TEST_PORTS) {
        const server = createServer((socket) => {
          const inner = createConnection({ host, port });
          for (const [end, other] of [
            [socket, inner],
            [inner, socket],
          ] as const) {
            sockets.add(end);
            end.pipe(other);
            end.on('error', () => other.destroy()).on('close', () => other.destroy());
          }
        });
        server.listen(outer, TEST_ADDRESSES.get(id));
        await once(server, 'listening');
        servers.push(server);
      }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}

/** Runs a recipe of the README as its reader would: inside `tg-auth sandbox`. */
async function follow({ name }: Library, recipe: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, 'sandbox', '--control', '0', '--', ...recipe], { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  child.stdin.end();
  const timer = setTimeout(() => child.kill(), RECIPE_MS);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  say(`${name} recipe: ${code === 0 ? 'ok' : `FAILED (exit code ${code})\n${output}`}`);
  return code === 0 ? 'ok' : 'failed';
}

const [, , planFile = '', resultFile = ''] = process.argv;
const { folder, installed }: Plan = JSON.parse(readFileSync(planFile, 'utf8'));
const results: Result[] = [];
const recipes: Outcome[] = [];
const waiting = LIBRARIES.filter(({ name }) => installed[name] !== undefined);
/** Drives one library after the other, until none is left. */
async function worker(): Promise<void> {
  for (let library = waiting.shift(); library !== undefined; library = waiting.shift()) {
    const { command = [], recipe } = installed[library.name] ?? {};
    for (const transport of library.transports) results.push(await drive(library, command, transport, folder));
    if (recipe !== undefined) recipes.push(await follow(library, recipe));
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, worker));
const report: Report = { results, recipes };
writeFileSync(resultFile, JSON.stringify(report));
