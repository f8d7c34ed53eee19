/** A framing, obfuscated or not, with the state of one connection: payloads to bytes of a stream and back, for either side. */
import { concat, type Random, toHex } from '../bytes.ts';
import { abridged, broken, type Framing, full, intermediate, padded } from './framing.ts';
import type { TransportName } from './names.ts';
import { deobfuscate, HEADER, isForbidden, obfuscate, type Streams } from './obfuscated.ts';
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

function framing(name: FramingName, random: Random): Framing {
  switch (name) {
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
function drain(stream: Stream, framing: Framing): Uint8Array[] {
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
  const frames = framing(SHAPES[name].framing, random);
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

interface Accepted {
  readonly name: TransportName;
  readonly framing: Framing;
  readonly streams?: Streams;
}

/** The server's side: it answers in the framing that the client's first bytes show, and refuses all but `only`, if that is given. */
export function acceptWire({
  random,
  only,
}: {
  readonly random: Random;
  readonly only?: TransportName | undefined;
}): Wire & { readonly name: TransportName | undefined } {
  const stream = new Stream();
  let accepted: Accepted | undefined;
  return {
    get name() {
      return accepted?.name;
    },
    pack(payload) {
      if (accepted === undefined) throw broken('an answer before the first question');
      const framed = accepted.framing.pack(payload);
      return accepted.streams === undefined ? framed : accepted.streams.encrypt(framed);
    },
    unpack(chunk) {
      stream.push(accepted?.streams === undefined ? chunk : accepted.streams.decrypt(chunk));
      accepted ??= detect(stream, random);
      if (only !== undefined && accepted !== undefined && accepted.name !== only) throw broken(`it is not ${only}`);
      return accepted === undefined ? [] : drain(stream, accepted.framing);
    },
  };
}

/** Which framing a client began with; takes what introduced it from the stream. `undefined` until that can be told, `NetworkError` if it is none. */
function detect(stream: Stream, random: Random): Accepted | undefined {
  const [first, second, third, fourth] = stream.bytes;
  if (first === undefined) return undefined;
  if (first === 0xef) {
    stream.skip(1);
    return { name: 'abridged', framing: abridged() };
  }
  if (fourth === undefined) return undefined;
  const isTag = (byte: number) => [first, second, third, fourth].every((each) => each === byte);
  if (isTag(0xee) || isTag(0xdd)) {
    stream.skip(4);
    const name = isTag(0xee) ? 'intermediate' : 'padded';
    return { name, framing: framing(name, random) };
  }
  if (stream.bytes.length < 8) return undefined;
  // A full frame begins with its length and the sequence number 0, which an obfuscated header must not have there.
  if (stream.bytes.subarray(4, 8).every((byte) => byte === 0)) return { name: 'full', framing: full() };
  if (isForbidden(stream.bytes)) throw broken('it begins like HTTP or TLS');
  if (stream.bytes.length < HEADER) return undefined;
  const { tag, ...streams } = deobfuscate(stream.bytes.slice(0, HEADER));
  const name = nameOf(tag);
  stream.skip(HEADER);
  stream.map(streams.decrypt);
  return { name, framing: framing(SHAPES[name].framing, random), streams };
}

const NAMES: Readonly<Record<string, TransportName>> = {
  efefefef: 'obfuscated-abridged',
  eeeeeeee: 'obfuscated',
  dddddddd: 'obfuscated-padded',
};

function nameOf(tag: Uint8Array): TransportName {
  const name = NAMES[toHex(tag)];
  if (name === undefined) throw broken('it begins like none of the transports');
  return name;
}
