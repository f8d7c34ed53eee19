/** What a client tells its observer: lines for people, and everything that goes over the wire. */
import type { Concluded } from '../mtproto/channel.ts';
import type { Observed } from '../mtproto/observe.ts';
import type { CallOptions } from '../tl/layer.ts';
import type { Route } from './routes/route.ts';

/** Holds secrets. A symbol identifies a connection. */
export type WireEvent =
  | Observed
  | Concluded
  | {
      readonly _: 'call';
      readonly layer: number;
      readonly method: string;
      readonly bytes: Uint8Array;
      readonly options: CallOptions;
    }
  /** A connection is being opened. `proxy`: its kind. */
  | {
      readonly _: 'opening';
      readonly connection: symbol;
      readonly dc: number;
      readonly route: Route;
      readonly proxy: string | undefined;
    }
  | { readonly _: 'connected'; readonly connection: symbol }
  /** `bytes`: the frame, with what comes before it. */
  | {
      readonly _: 'sent';
      readonly connection: symbol;
      readonly payload: Uint8Array;
      readonly bytes: Uint8Array;
    }
  /** A chunk of the stream. The payloads in it follow. */
  | { readonly _: 'received'; readonly connection: symbol; readonly bytes: Uint8Array }
  | { readonly _: 'payload'; readonly connection: symbol; readonly payload: Uint8Array }
  /** The stream ended, or this side closed it. */
  | { readonly _: 'ended'; readonly connection: symbol; readonly by: 'client' | 'server' };

/** Gets each event as it happens. A text is a line without secrets, for `--verbose`. */
export type Trace = (event: string | WireEvent) => void;
