/**
 * The sandbox: data centres on this machine that speak MTProto, to test a login without a phone, an account or the
 * internet.
 *
 *     await using sandbox = await startSandbox();
 *     // connect a client to sandbox.host and sandbox.dcs with sandbox.publicKey
 */
import { type Sandbox, type SandboxOptions, start } from './start.ts';

export type { Json } from '../printable.ts';
export type { ClockChange } from './clock.ts';
export type { Controls, NewAccount } from './control/controls.ts';
export type { SandboxRequest } from './control/journal.ts';
export type { LayerMode } from './dispatch.ts';
export { FAULTS } from './faults/index.ts';
export type { SandboxEvent } from './log.ts';
export { DEVIATIONS, type Deviation } from './protocol/deviations.ts';
export { TEST_NUMBERS, type TestNumber } from './rules/numbers.ts';
export type { Sandbox, SandboxOptions, SandboxProxy } from './start.ts';
export type { Delivery } from './world.ts';

/** Starts a sandbox and returns when it listens. Throws `UsageError` for invalid options and for a port in use. */
export function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return start(options);
}
