/** Makes one library do every journey over one transport, against a sandbox of its own. */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { toHex } from '../../../src/bytes.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../../src/sandbox/index.ts';
import { serverKey } from '../../pair.ts';
import { Driver, Missing, NoAnswer, type Place } from './driver.ts';
import { JOURNEYS } from './journeys.ts';
import { FINGERPRINT, type Library } from './libraries.ts';

export type Outcome = 'ok' | 'missing' | 'failed';

/** What one library did over one transport. */
export interface Result {
  readonly library: string;
  readonly transport: string;
  /** The layer that it declared. */
  readonly layer: number | null;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

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

export async function drive(
  library: Library,
  command: readonly string[],
  transport: string,
  folder: string,
  journeys = JOURNEYS,
): Promise<Result> {
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
  const outcomes: Record<string, Outcome> = Object.fromEntries(journeys.map(({ name }) => [name, 'failed']));
  let driver = new Driver(command, place);
  try {
    for (const { name, run } of journeys) {
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
  const list = (wanted: Outcome) => journeys.filter(({ name }) => outcomes[name] === wanted).map(({ name }) => name);
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
