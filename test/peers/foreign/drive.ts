/** Makes one library do every journey over one transport, against a sandbox of its own. */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { toHex } from '../../../src/bytes.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../../src/sandbox/index.ts';
import { serverKey } from '../../pair.ts';
import { Driver, Missing, type Place } from './driver.ts';
import { JOURNEYS, type Journey, type Scene } from './journeys.ts';
import { FINGERPRINT, type Library } from './libraries.ts';

export type Outcome = 'ok' | 'missing' | 'failed';

/** What one library did over one transport. */
export interface Result {
  readonly library: string;
  readonly transport: string;
  /** The layer that it declared. */
  readonly layer: number | null;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** What its failed tries said, by the names of the journeys. */
  readonly failures: Readonly<Record<string, readonly string[]>>;
}

const TRIES = 2;

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

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Drives a library through journeys. Some libraries fail by chance: @mtproto/core computes wrongly with numbers that
 * begin with a zero byte, one login in 64. So a journey that fails is made once more, with a new driver and a new
 * sandbox, and its line says so.
 */
export async function drive(
  library: Library,
  command: readonly string[],
  transport: string,
  folder: string,
  { journeys = JOURNEYS, seed }: { readonly journeys?: readonly Journey[]; readonly seed?: string } = {},
): Promise<Result> {
  const outcomes: Record<string, Outcome> = Object.fromEntries(journeys.map(({ name }) => [name, 'failed']));
  const failures: Record<string, string[]> = {};
  let layer: number | null = null;
  let stage: Stage | undefined;
  const leave = async () => {
    await stage?.close();
    stage = undefined;
  };
  try {
    for (const journey of journeys) {
      const { name } = journey;
      const failed: string[] = [];
      const noteLayer = () => {
        if (journey.isUnlisted) return; // tg-auth makes requests too
        for (const event of stage?.events ?? []) if (event.event === 'request') layer = event.layer ?? layer;
      };
      while (outcomes[name] === 'failed' && failed.length < TRIES) {
        stage ??= await enter(library, command, transport, mkdtempSync(join(folder, 'files-')), seed);
        try {
          await make(journey, stage);
          outcomes[name] = 'ok';
          noteLayer();
        } catch (error) {
          noteLayer();
          if (error instanceof Missing) outcomes[name] = 'missing';
          else {
            failed.push(error instanceof Error ? error.message : String(error));
            if (process.env.DEBUG) say([stage.driver.noise, ...stage.events.map((e) => JSON.stringify(e))].join('\n'));
            await leave();
          }
        }
      }
      if (failed.length > 0) failures[name] = failed;
      if (name === 'connect' && outcomes[name] === 'failed') break; // the others would only take long to fail
    }
  } finally {
    await leave();
  }
  const result = { library: library.name, transport, layer, outcomes, failures };
  for (const line of linesOf(result)) say(line);
  return result;
}

/** A line for each journey that failed at least once, and one for all. */
export function linesOf({ library, transport, outcomes, failures }: Result): string[] {
  const start = `${library} ${transport}`;
  const failed = Object.entries(failures).map(([name, [first, second]]) =>
    second === undefined
      ? `${start} ${name}: ${outcomes[name]} at the second try; the first: ${first}`
      : `${start} ${name}: FAILED twice: ${first}; ${second}`,
  );
  const list = (wanted: Outcome, before: string) => {
    const names = Object.keys(outcomes).filter((name) => outcomes[name] === wanted);
    return names.length === 0 ? [] : [`${before} ${names.join(', ')}`];
  };
  const all = [...list('failed', 'FAILED'), ...list('ok', 'ok'), ...list('missing', 'has no')];
  return [...failed, `${start}: ${all.join('; ')}`];
}

/** A driver and the sandbox that it connects to. */
interface Stage extends Scene {
  /** The journeys that this driver has made. */
  readonly made: Set<string>;
  close(): Promise<void>;
}

async function enter(
  library: Library,
  command: readonly string[],
  transport: string,
  folder: string,
  seed: string | undefined,
): Promise<Stage> {
  const secret = SECRETS[transport];
  const events: SandboxEvent[] = [];
  const sandbox = await startSandbox({
    key: serverKey,
    ...(seed !== undefined && { seed }),
    mtproxy: secret === undefined ? [] : [secret],
    onEvent: (event) => events.push(event),
  });
  const ended = await relays(library, sandbox);
  const place: Place = {
    host: sandbox.host,
    dcs: sandbox.dcs,
    publicKey: sandbox.publicKey,
    modulus: toHex(serverKey.n),
    fingerprint: FINGERPRINT,
    transport,
    proxy: secret === undefined ? null : { port: sandbox.proxies[0]?.port ?? 0, secret },
    folder,
    seed: seed ?? null,
  };
  const driver = new Driver(command, place);
  const close = async () => {
    await driver[Symbol.asyncDispose]();
    await ended[Symbol.asyncDispose]();
    await sandbox.close();
  };
  return { driver, sandbox, events, library, made: new Set(), close };
}

/** Makes a journey, and before it the one whose session it needs, unless this driver has made that. */
async function make({ name, after, run }: Journey, stage: Stage): Promise<void> {
  if (after !== undefined && !stage.made.has(after.name)) await make(after, stage);
  await run(stage);
  stage.made.add(name);
}

/** Listens on the addresses that are compiled into a library, and passes the bytes on to the sandbox. */
export async function relays(
  { addressesCompiledIn }: Pick<Library, 'addressesCompiledIn'>,
  { dcs, host }: Pick<Sandbox, 'dcs' | 'host'>,
): Promise<AsyncDisposable> {
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
      await Promise.all(servers.map((server) => once(server.close(), 'close')));
    },
  };
}
