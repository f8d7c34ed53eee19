/**
 * The trace of two `send-call` in the sandbox: one that makes a key, and one that uses it again. A seed and a clock
 * that only the client moves make it the same in every run.
 */
import { parseTrace, type ReadTrace } from '../src/cli/trace/read.ts';
import { Recorder } from '../src/cli/trace/recorder.ts';
import { Client } from '../src/net/client.ts';
import { serverNetwork } from '../src/net/datacentres.ts';
import { dial } from '../src/net/dial/dial.ts';
import type { ConnectionState } from '../src/net/state.ts';
import type { WireEvent } from '../src/net/wire-event.ts';
import { startSandbox } from '../src/sandbox/index.ts';
import { developmentKey } from '../src/sandbox/protocol/development-key.ts';
import { seededRandom } from '../src/sandbox/random.ts';
import { legacy } from '../src/tl/layer.ts';

const START = Date.UTC(2026, 0, 1, 12);
/** Made-up times: of a network, and of a client at work. */
export const ROUND_TRIP_MS = 40;
const WORK_MS = 2;
/** What the trace shows in place of the sandbox's address, whose port may differ between runs. */
const ADDRESS = { host: '127.0.0.1', port: 443 };
const DC = 2;
const APPLICATION = {
  api_id: 12345,
  device_model: 'PC',
  system_version: 'Linux',
  app_version: '1.0',
  lang_code: 'en',
};
const CALL = { phone_number: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' };

export async function recordCalls(): Promise<ReadTrace> {
  let clock = START;
  const now = () => clock;
  const sandbox = await startSandbox({ seed: 'a phone call', key: developmentKey(), now });
  const port = sandbox.dcs.find(({ id }) => id === DC)?.port ?? 0;
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const recorder = new Recorder({ write, secrets: true, command: 'send-call', now, elapsedMs: now });
  const observe = (event: WireEvent) => {
    if (event._ === 'sent') clock += WORK_MS;
    recorder.observe(event);
    // The server's answer comes a round trip later, whenever it really comes.
    if (event._ === 'sent' || event._ === 'opening') clock += ROUND_TRIP_MS;
  };
  const random = seededRandom('a phone call/client');
  const call = async (state: ConnectionState | undefined) => {
    const client = new Client({
      network: serverNetwork({ address: ADDRESS, dc: DC, pem: sandbox.publicKey }),
      dial: (route, options) => dial({ ...route, address: { host: sandbox.host, port } }, options),
      transport: 'intermediate',
      application: APPLICATION,
      state,
      save: async () => {},
      signal: AbortSignal.timeout(60_000),
      random,
      now: recorder.now,
      observe,
    });
    await client.call(legacy, 'auth.sendCall', CALL);
    client.close();
    return client.state;
  };
  try {
    await call(await call(undefined));
  } finally {
    await sandbox.close();
  }
  const { header, events } = parseTrace(lines.join('\n'), 'the trace');
  return { header: { ...header, program: 'tg-auth' }, events };
}
