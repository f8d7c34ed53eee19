/** The events that a sandbox reports, with TL values as JSON and without an application's secrets. */
import { toHex } from '../bytes.ts';
import type { Json } from '../printable.ts';
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
