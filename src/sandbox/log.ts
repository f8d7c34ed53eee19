/** The events that a sandbox reports, with TL values as JSON and without an application's secrets. */
import { toHex } from '../bytes.ts';
import { NetworkError, SecurityError, type TgAuthError } from '../errors.ts';
import { isList, type Json } from '../printable.ts';
import type { Deviation } from './protocol/deviations.ts';
import type { Delivery } from './world.ts';

export type SandboxEvent =
  /** A request and its answer; a refusal is `{ _: 'rpc_error', error_code, error_message }`. */
  | {
      readonly event: 'request';
      readonly dc: number;
      readonly method: string;
      /** The layer that the client declared, or null. */
      readonly layer: number | null;
      readonly params: Json;
      readonly answer: Json;
    }
  /** A code reached its owner. */
  | ({ readonly event: 'say' } & Delivery)
  /** A client shows a QR code with this link. */
  | { readonly event: 'qr'; readonly dc: number; readonly link: string }
  /** A client deviated from the protocol in a way that Telegram's servers accept; once for each connection. */
  | ({ readonly event: 'tolerated'; readonly deviation: Deviation; readonly text: string } & Where)
  /** A client broke the protocol or a limit, and its connection was closed. */
  | ({ readonly event: 'closed'; readonly reason: string } & Where);

/** A data centre, or the port of an MTProxy. */
type Where = { readonly dc: number } | { readonly proxy: number };

const SECRET: ReadonlySet<string> = new Set(['api_hash', 'bot_auth_token']);

/** Says why a client is disconnected. The messages of these two errors blame a server. */
export function reasonFor(error: TgAuthError): string {
  if (error instanceof SecurityError) return `The client broke a rule: ${error.check}.`;
  if (error instanceof NetworkError && error.type === 'TRANSPORT_ERROR')
    return `The client gets transport error ${error.values.code}: it names another data centre.`;
  return error.message;
}

/** What may differ between two runs with one seed: times, ports, and what a client draws at random. */
const CHANGING: ReadonlySet<string> = new Set([
  ...['date', 'expires', 'date_created', 'date_active', 'pending_reset_date', 'retry_date', 'expires_at', 'port'],
  ...['A', 'M1', 'nonce', 'perm_auth_key_id', 'encrypted_message', 'new_password_hash', 'salt1', 'srp_B'],
  ...['until_date', 'secure_settings', 'new_secure_settings'],
]);

/** Returns an event with only what is the same in every run with one seed. */
export function withoutChanging(event: SandboxEvent): SandboxEvent {
  if (event.event !== 'request') return event;
  return { ...event, params: steady(event.params), answer: steady(event.answer) };
}

function steady(value: Json): Json {
  if (isList(value)) return value.map(steady);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !CHANGING.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, steady(item ?? null)]));
}

/** Converts a TL value: bytes to hex, a `long` to decimal text; absent fields and secrets are left out. */
export function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object') {
    const shown = Object.entries(value).filter(([key, item]) => item !== undefined && !SECRET.has(key));
    return Object.fromEntries(shown.map(([key, item]) => [key, toJson(item)]));
  }
  return typeof value === 'boolean' || typeof value === 'number' ? value : String(value);
}
