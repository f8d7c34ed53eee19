/** A framing, obfuscated or not, with the state of one connection: payloads to bytes of a stream and back, for either side. */
import { concat, type Random } from '../bytes.ts';
import { abridged, type Framing, full, intermediate, padded } from './framing.ts';
import type { TransportName } from './names.ts';
import { obfuscate } from './obfuscated.ts';
import { Stream } from './stream.ts';

type FramingName = 'abridged' | 'intermediate' | 'padded' | 'full';

const SHAPES: Readonly<Record<TransportName, { readonly framing: FramingName; readonly hidden: boolean }>> = {
  abridged: { framing: 'abridged', hidden: false },
  intermediate: { framing: 'intermediate', hidden: false },
  padded: { framing: 'padded', hidden: false },
  full: { framing: 'full', hidden: false },
  obfuscated: { framing: 'intermediate', hidden: true },
  'obfuscated-abridged': { framing: 'abridged', hidden: true },
  'obfuscated-padded': { framing: 'padded', hidden: true },
  websocket: { framing: 'intermediate', hidden: true },
};

/** Whether it is obfuscated: some data centres want nothing else. */
export function isObfuscated(name: TransportName): boolean {
  return SHAPES[name].hidden;
}

export interface Wire {
  /** The bytes to put on the stream for one payload; before the first, whatever introduces the framing. */
  pack(payload: Uint8Array): Uint8Array;
  /** Takes a chunk of the stream and gives the payloads that are whole now. Throws `NetworkError` if the stream is broken. */
  unpack(chunk: Uint8Array): Uint8Array[];
}

export interface WireOptions {
  readonly random: Random;
  /** The DC as in the key exchange, for the obfuscated header. */
  readonly dc?: number;
  /** An MTProxy's secret for the obfuscated header: 16 bytes. */
  readonly secret?: Uint8Array;
}

export function framingOf(name: TransportName, random: Random): Framing {
  switch (SHAPES[name].framing) {
    case 'abridged':
      return abridged();
    case 'intermediate':
      return intermediate();
    case 'padded':
      return padded(random);
    case 'full':
      return full();
  }
}

/** All payloads that are whole. */
export function drain(stream: Stream, framing: Framing): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (;;) {
    const frame = framing.unpack(stream.bytes);
    if (frame === undefined) return payloads;
    payloads.push(frame.payload);
    stream.skip(frame.length);
  }
}

/** The client's side. */
export function connectWire(name: TransportName, options: WireOptions): Wire {
  const { random, ...header } = options;
  const frames = framingOf(name, random);
  const [tag = 0] = frames.tag;
  const hidden = SHAPES[name].hidden ? obfuscate({ tag, ...header }, random) : undefined;
  const stream = new Stream();
  let head: Uint8Array | undefined = hidden?.header ?? frames.tag;
  return {
    pack(payload) {
      const framed = frames.pack(payload);
      const bytes = hidden === undefined ? framed : hidden.encrypt(framed);
      const first = head;
      head = undefined;
      return first === undefined ? bytes : concat(first, bytes);
    },
    unpack(chunk) {
      stream.push(hidden === undefined ? chunk : hidden.decrypt(chunk));
      return drain(stream, frames);
    },
  };
}
