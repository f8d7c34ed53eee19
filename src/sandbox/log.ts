/** What the sandbox tells whoever runs it: values of TL made fit for JSON, and an application's secret kept out. */
import { toHex } from '../bytes.ts';
import type { Spoken } from './rules/delivery-text.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type SandboxEvent =
  /** A request and its answer; a refusal is `{ _: 'rpc_error', error_code, error_message }`. */
  | {
      readonly event: 'request';
      readonly dc: number;
      readonly method: string;
      /** The layer the client declared; null if it has not. */
      readonly layer: number | null;
      readonly params: Json;
      readonly answer: Json;
    }
  /** A code left for its owner. */
  | ({ readonly event: 'say' } & Spoken)
  /** A client shows a QR code, which says this link. */
  | { readonly event: 'qr'; readonly dc: number; readonly link: string }
  /** A client did what no client may do, and its connection was closed. */
  | { readonly event: 'closed'; readonly dc: number; readonly reason: string }
  /** The same at an MTProxy, which is known by its port. */
  | { readonly event: 'closed'; readonly proxy: number; readonly reason: string };

const SECRET: ReadonlySet<string> = new Set(['api_hash', 'bot_auth_token']);

/** Bytes become hex, a `long` a decimal text, what is absent goes. */
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
