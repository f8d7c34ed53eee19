/** A transport: a framing, obfuscated or not, with the state of one connection. Payloads to bytes and back. */
import { concat, type Random } from '../bytes.ts';
import { abridged, type Framing, full, intermediate, padded } from './framing.ts';
import type { TransportName } from './names.ts';
import { obfuscate } from './obfuscated.ts';
import { Stream } from './stream.ts';

interface Parts {
  readonly framing: (random: Random, maxPadding?: 3 | 15) => Framing;
  readonly isObfuscated: boolean;
}

const PARTS: Readonly<Record<TransportName, Parts>> = {
  abridged: { framing: abridged, isObfuscated: false },
  intermediate: { framing: intermediate, isObfuscated: false },
  padded: { framing: padded, isObfuscated: false },
  full: { framing: full, isObfuscated: false },
  obfuscated: { framing: intermediate, isObfuscated: true },
  'obfuscated-abridged': { framing: abridged, isObfuscated: true },
  'obfuscated-padded': { framing: padded, isObfuscated: true },
  websocket: { framing: intermediate, isObfuscated: true },
};

/** Whether a transport is obfuscated. Some data centres accept no other. */
export function isObfuscated(name: TransportName): boolean {
  return PARTS[name].isObfuscated;
}

export interface Transport {
  /** Returns the bytes to send for one payload; for the first payload, also the bytes that introduce the transport. */
  pack(payload: Uint8Array): Uint8Array;
  /** Takes a chunk of the stream and returns the complete payloads. Throws `NetworkError` for a malformed stream. */
  unpack(chunk: Uint8Array): Uint8Array[];
}

interface TransportOptions {
  readonly random: Random;
  /** The DC, as in the key exchange, for the obfuscated header. */
  readonly dc?: number;
  /** The secret of an MTProxy for the obfuscated header, 16 bytes. */
  readonly secret?: Uint8Array;
}

/** `maxPadding`: bytes of padding in a frame to send, if its framing has padding; default 15. */
export function framingOf(name: TransportName, random: Random, maxPadding?: 3 | 15): Framing {
  return PARTS[name].framing(random, maxPadding);
}

/** Takes the payloads that are complete from a stream. */
export function drain(stream: Stream, framing: Framing): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (;;) {
    const frame = framing.unpack(stream.bytes);
    if (frame === undefined) return payloads;
    payloads.push(frame.payload);
    stream.skip(frame.length);
  }
}

export function clientTransport(name: TransportName, options: TransportOptions): Transport {
  const { random, ...header } = options;
  const framing = framingOf(name, random);
  const [tag = 0] = framing.tag;
  const obfuscation = isObfuscated(name) ? obfuscate({ tag, ...header }, random) : undefined;
  const stream = new Stream();
  let head = obfuscation?.header ?? framing.tag;
  return {
    pack(payload) {
      const frame = framing.pack(payload);
      const bytes = concat(head, obfuscation?.encrypt(frame) ?? frame);
      head = new Uint8Array(0);
      return bytes;
    },
    unpack(chunk) {
      stream.push(obfuscation?.decrypt(chunk) ?? chunk);
      return drain(stream, framing);
    },
  };
}
