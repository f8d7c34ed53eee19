/** The server side of `transport/`: recognises a client's transport by its first bytes, and answers in the same one. */
import { type Random, toHex } from '../../bytes.ts';
import { broken, type Framing } from '../../transport/framing.ts';
import type { TransportName } from '../../transport/names.ts';
import { HEADER, isForbidden, type Streams, streams } from '../../transport/obfuscated.ts';
import { Stream } from '../../transport/stream.ts';
import { drain, framingOf, isObfuscated, type Transport } from '../../transport/transport.ts';

/** Bytes of padding in a frame for a client, as the official MTProxy sends: many clients remove no more. */
const MAX_PADDING = 3;

interface Accepted {
  readonly name: TransportName;
  readonly framing: Framing;
  readonly streams?: Streams;
}

interface AcceptOptions {
  readonly random: Random;
  /** Refuses transports that are not obfuscated, as over WebSocket. */
  readonly onlyObfuscated?: boolean | undefined;
}

export function serverTransport({
  random,
  onlyObfuscated = false,
}: AcceptOptions): Transport & { readonly name: TransportName | undefined } {
  const stream = new Stream();
  let accepted: Accepted | undefined;
  return {
    get name() {
      return accepted?.name;
    },
    pack(payload) {
      if (accepted === undefined) throw broken('no transport is known before the first request');
      const frame = accepted.framing.pack(payload);
      return accepted.streams?.encrypt(frame) ?? frame;
    },
    unpack(chunk) {
      stream.push(accepted?.streams?.decrypt(chunk) ?? chunk);
      accepted ??= detect(stream, random);
      if (accepted === undefined) return [];
      if (onlyObfuscated && !isObfuscated(accepted.name)) throw broken('the transport must be obfuscated');
      return drain(stream, accepted.framing);
    },
  };
}

/** Removes a transport's first bytes from the stream. Returns `undefined` if more are needed. Throws `NetworkError`. */
function detect(stream: Stream, random: Random): Accepted | undefined {
  const { bytes } = stream;
  const accept = (name: TransportName, length: number) => {
    stream.skip(length);
    return { name, framing: framingOf(name, random, MAX_PADDING) };
  };
  if (bytes[0] === 0xef) return accept('abridged', 1);
  const tag = toHex(bytes.subarray(0, 4));
  if (tag === 'eeeeeeee') return accept('intermediate', 4);
  if (tag === 'dddddddd') return accept('padded', 4);
  if (bytes.length < 8) return undefined;
  // A full frame has the sequence number 0 here, which an obfuscated header must not have.
  if (bytes.subarray(4, 8).every((byte) => byte === 0)) return accept('full', 0);
  if (isForbidden(bytes)) throw broken('the first bytes are those of HTTP or TLS');
  if (bytes.length < HEADER) return undefined;
  const { tag: hidden, ...ciphers } = deobfuscate(bytes.slice(0, HEADER));
  const name = OBFUSCATED[toHex(hidden)];
  if (name === undefined) throw broken('the first bytes match no transport');
  const accepted = accept(name, HEADER);
  stream.map(ciphers.decrypt);
  return { ...accepted, streams: ciphers };
}

const OBFUSCATED: Readonly<Record<string, TransportName>> = {
  efefefef: 'obfuscated-abridged',
  eeeeeeee: 'obfuscated',
  dddddddd: 'obfuscated-padded',
};

interface Deobfuscated extends Streams {
  readonly tag: Uint8Array;
  /** Any number if the client named no DC. */
  readonly dc: number;
}

/** Reads a client's obfuscated header of 64 bytes (`transport/obfuscated.ts`). */
export function deobfuscate(header: Uint8Array, secret?: Uint8Array): Deobfuscated {
  const { forward, backward } = streams(header, secret);
  const init = forward(header);
  const dc = new DataView(init.buffer, init.byteOffset).getInt16(60, true);
  return { tag: init.slice(56, 60), dc, encrypt: backward, decrypt: forward };
}

/** The payload that a server sends instead of an answer (`transport/errors.ts`). */
export function transportErrorPayload(code: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setInt32(0, code, true);
  return out;
}
