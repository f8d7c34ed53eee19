/** mtcute pointed at a sandbox of the tests. */
import type { Random } from '../../src/bytes.ts';
import { type Sandbox, type SandboxEvent, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { seeded, serverKey } from '../pair.ts';
import { type Mtcute, type MtcuteOptions, mtcuteClient } from './mtcute.ts';

/** Ends a test that waits for something that never happens. */
export const TIMEOUT = { timeout: 60_000 } as const;

export function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({ key: serverKey, seed: 'peers', ...options });
}

export function peerOf(
  sandbox: Sandbox,
  options: Pick<MtcuteOptions, 'codec' | 'transport' | 'storage' | 'pfs' | 'updates'> = {},
): Mtcute {
  const { host, dcs, publicKey } = sandbox;
  return mtcuteClient({ ...options, host, dcs, publicKeyPem: publicKey, random: countedRandom() });
}

/**
 * Random bytes that are the same in every run, however many mtcute asks for at a time (it draws the lengths of its
 * paddings elsewhere). mtcute hashes the one key in 256 that begins with a zero byte wrongly, so the key must not vary.
 */
function countedRandom(): Random {
  let calls = 0;
  return (length) => seeded(`mtcute ${calls++}`)(length);
}

export function sendCode(phoneNumber: string) {
  const settings = { _: 'codeSettings' } as const;
  return { _: 'auth.sendCode', phoneNumber, apiId: 1, apiHash: 'a secret', settings } as const;
}

export function requests(events: readonly SandboxEvent[]) {
  return events.filter((event) => event.event === 'request');
}
