/** A client connected to a sandbox over real sockets. */
import { randomBytes } from 'node:crypto';
import { NetworkError } from '../../src/errors.ts';
import { Client, type ClientOptions } from '../../src/net/client.ts';
import { serverNetwork } from '../../src/net/datacentres.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { legacy } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Methods } from '../../src/tl/types.ts';

export const SEED_CALL = { phone_number: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' };

export interface TestClient {
  readonly client: Client;
  /** Every saved state, in order. */
  readonly saved: ConnectionState[];
  /** The trace lines, as --verbose prints them. */
  readonly trace: string[];
}

export interface TestClientOptions extends Partial<ClientOptions> {
  /** A port instead of the DC's own: a relay's. */
  readonly port?: number;
  readonly dc?: number;
  /** Seconds of the deadline. */
  readonly deadline?: number;
}

/** Where a client can connect: a sandbox, or a scripted server. */
export type Place = Pick<Sandbox, 'host' | 'dcs' | 'publicKey'>;

export function clientAt(sandbox: Place, options: TestClientOptions = {}): TestClient {
  const { port, dc = 2, deadline = 20, ...rest } = options;
  const saved: ConnectionState[] = [];
  const trace: string[] = [];
  const address = { host: sandbox.host, port: port ?? portOf(sandbox, dc) };
  const over = new AbortController();
  setTimeout(() => over.abort(new NetworkError('TIMEOUT', { seconds: deadline })), deadline * 1000).unref();
  const client = new Client({
    network: serverNetwork({ address, dc, pem: sandbox.publicKey }),
    state: undefined,
    save: async (state) => void saved.push(state),
    transport: 'intermediate',
    application: { api_id: 1, device_model: 'test', system_version: '1', app_version: '1', lang_code: 'en' },
    random: (length) => new Uint8Array(randomBytes(length)),
    now: Date.now,
    signal: over.signal,
    trace: (line) => void trace.push(line),
    ...rest,
  });
  return { client, saved, trace };
}

export function portOf(sandbox: Place, dc: number): number {
  return sandbox.dcs.find(({ id }) => id === dc)?.port ?? 0;
}

/** The parameters of auth.sendCode. */
export function sendCode(phone_number: string): Methods<typeof currentText>['auth.sendCode'] {
  return { phone_number, api_id: 1, api_hash: 'x', settings: { _: 'codeSettings' } };
}

/** The call of Telegram's example page. */
export function sendCall(client: Client): Promise<boolean> {
  return client.call(legacy, 'auth.sendCall', SEED_CALL);
}

/** Returns the state with keys that are `seconds` older. */
export function aged(state: ConnectionState | undefined, seconds = 61): ConnectionState {
  if (state === undefined) throw new TypeError('no state was saved');
  const keys = Object.entries(state.keys).map(([dc, key]) => [dc, { ...key, made: (key.made ?? 0) - seconds }]);
  return { ...state, keys: Object.fromEntries(keys) };
}
