/**
 * The form of a trace, version 1: JSON lines. The first is a `Header`, each other one a `TraceEvent`. README.md beside
 * this file explains them. A new key or event may come in any release; readers ignore what they do not know.
 */

export const FORMAT = 'tg-auth-trace';
export const VERSION = 1;

export interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** Nothing is hidden. Only a trace of a sandbox can be so. */
  readonly secrets: boolean;
  /** `tg-auth 0.1.0` */
  readonly program: string;
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly started: number;
}

export type Side = 'client' | 'server';

/** A part of a frame or of a message. A part with `fields` consists of them. */
export interface Field {
  readonly name: string;
  /** A TL type such as `long` or `auth.SentCode`, or `bytes` for what is not TL. */
  readonly type: string;
  /** Bytes from the start of the frame, of the opened message, or of the unpacked value. */
  readonly offset: number;
  /** Bytes. The length prefix and the padding of a TL string count. */
  readonly length: number;
  /** Longs are decimal text, bytes are hex. Of a boxed value: its constructor. Of a vector: the number of items. */
  readonly value?: string | number | boolean;
  /** The bytes in hex, of a part without `fields`. Absent if hidden. */
  readonly bytes?: string;
  /** Neither the value nor the bytes are in the trace; of a phone number, the last two digits are. */
  readonly hidden?: true;
  /** The unix time in a msg_id, in seconds. */
  readonly time?: number;
  readonly fields?: readonly Field[];
  /** What was compressed (gzip_packed), with offsets of its own. */
  readonly unpacked?: Field;
}

/** Its parts, and what was compressed. */
export function partsOf({ fields = [], unpacked }: Field): readonly Field[] {
  return unpacked === undefined ? fields : [...fields, unpacked];
}

/** The parts without parts. */
export function leavesOf(field: Field): readonly Field[] {
  return field.fields === undefined ? [field] : field.fields.flatMap(leavesOf);
}

interface On<Name extends string> {
  readonly event: Name;
  /** Milliseconds since the start of the trace. */
  readonly at: number;
}

/** A connection is being opened. */
export interface OpenEvent extends On<'open'> {
  /** Counted from 1. */
  readonly connection: number;
  readonly dc: number;
  readonly transport: string;
  /** HOST:PORT of the server; absent if a proxy is between. */
  readonly address?: string;
  /** The kind of the proxy. */
  readonly proxy?: string;
}

/** What went over the wire for one payload: the header of the transport, the payload, the trailer of the transport. */
export interface FrameEvent extends On<'frame'> {
  /** Counted from 1. */
  readonly frame: number;
  readonly connection: number;
  readonly from: Side;
  /** Bytes on the wire; without the padding of a received frame. */
  readonly length: number;
  readonly fields: readonly Field[];
  /** With secrets: the bytes on the wire of a sent frame, in hex. */
  readonly wire?: string;
}

/** A message: what follows auth_key_id in a plain payload, or the encrypted part of a payload, opened. */
export interface MessageEvent extends On<'message'> {
  /** Its frame, which comes before. */
  readonly frame: number;
  readonly connection: number;
  readonly from: Side;
  /** It travelled encrypted under an auth_key. */
  readonly sealed: boolean;
  /** What it says: `auth.sendCall`, `new_session_created + rpc_result boolTrue`. */
  readonly title: string;
  readonly fields: readonly Field[];
}

/** An encrypted field of a message of the key exchange, opened. */
export interface InnerEvent extends On<'inner'> {
  /** The frame with the field. */
  readonly frame: number;
  readonly from: Side;
  /** The name of the encrypted field: `encrypted_data`, `encrypted_answer`. */
  readonly field: string;
  /** Its constructor. */
  readonly title: string;
  readonly fields: readonly Field[];
}

/** The client made a check of the security guidelines. */
export interface CheckEvent extends On<'check'> {
  /** The frame that was received last; absent before the first one. */
  readonly frame?: number;
  /** What should hold. */
  readonly what: string;
  readonly holds: boolean;
}

/** The client concluded something from a frame. */
export interface ConcludedEvent extends On<'concluded'> {
  readonly frame?: number;
  /**
   * `key` (the key exchange made one), `salt` (the server named another), `clock`, `answer`, `error`, `renamed` (a
   * message was refused unread and is sent again), `refused`, `forgotten`, `state`, `pong`, `update`, `future_salts`.
   */
  readonly what: string;
  /** Of `key`: the id of the auth_key, an unsigned long in hex. */
  readonly auth_key_id?: string;
  /** Of `key` and `clock`: seconds by which the server's clock is ahead. */
  readonly time_offset?: number;
  /** The msg_ids that it is about. */
  readonly msg_ids?: readonly string[];
  readonly error_code?: number;
  readonly error_message?: string;
}

/** A method is called. */
export interface CallEvent extends On<'call'> {
  /** Counted from 1. */
  readonly call: number;
  readonly method: string;
  readonly layer: number;
  /** With secrets: the encoded call, in hex, and how it is made. */
  readonly bytes?: string;
  readonly options?: CallOptionsOf;
}

export interface CallOptionsOf {
  readonly repeatable?: boolean;
  readonly startsAnew?: boolean;
  readonly signsIn?: boolean;
  readonly dc?: number;
}

/** With secrets: what the client starts with. */
export interface ClientEvent extends On<'client'> {
  /** The server's first data centre and its key, in hex. */
  readonly dc: number;
  readonly host: string;
  readonly port: number;
  readonly n: string;
  readonly e: string;
  /** The session, as its file holds it. */
  readonly session: string;
  /** The data centre to call first. */
  readonly home: number;
  /** What initConnection says. */
  readonly api_id: number;
  readonly device_model: string;
  readonly system_version: string;
  readonly app_version: string;
  readonly lang_code: string;
  readonly transport?: string;
  /** Seconds that a temporary key lives. */
  readonly pfs?: number;
  /** Seconds of FLOOD_WAITs that may be waited out. */
  readonly waitFlood: number;
}

export type TraceEvent =
  | OpenEvent
  /** The connection is open, after the proxy and TLS if there are any. */
  | (On<'connected'> & { readonly connection: number })
  | (On<'close'> & { readonly connection: number; readonly by: Side })
  | FrameEvent
  | MessageEvent
  | InnerEvent
  | CheckEvent
  | ConcludedEvent
  | CallEvent
  /** A line of `--verbose`. */
  | (On<'note'> & { readonly text: string })
  | ClientEvent
  /** With secrets: random bytes that the client drew, in hex. */
  | (On<'random'> & { readonly bytes: string })
  /** With secrets: the clock of the client from here on, in milliseconds since 1970. */
  | (On<'time'> & { readonly now: number })
  /** With secrets: a chunk of the server's stream, in hex. Its frames follow. */
  | (On<'received'> & { readonly connection: number; readonly bytes: string });
