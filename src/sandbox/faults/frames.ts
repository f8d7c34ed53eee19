/** Faults of connections, frames and time. They do not look inside a payload. */
import { isPlain } from '../../mtproto/envelope.ts';
import { transportErrorPayload } from '../protocol/transport-server.ts';
import {
  always,
  atMoment,
  type DueContext,
  type FaultArgument,
  type FaultKind,
  flipBit,
  onPayload,
  type Traffic,
} from './fault.ts';

export const FRAME_FAULTS: Readonly<Record<string, FaultKind>> = {
  close: onPayload('closes the connection instead of sending the payload', (_, next) => next.close()),
  'close-after': onPayload('closes the connection right after the payload', (payload, next) => {
    next.send(payload);
    next.close();
  }),
  drop: onPayload('does not send the payload', () => {}),
  silence: atMoment('a1', 'sends nothing from this payload on and keeps the connection open', (next, { isDue }) => {
    let silent = false;
    return {
      ...next,
      send(payload) {
        silent ||= isDue(payload);
        if (!silent) next.send(payload);
      },
    };
  }),
  delay: {
    argument: { name: 'MS', default: '100', pattern: /^\d{1,6}$/ },
    does: 'delays every payload, in both directions',
    make: (_, argument) => ({ wrap: (next) => delayed(next, Number(argument)) }),
  },
  split: always('writes every frame byte by byte', split),
  duplicate: always('sends every encrypted payload twice', (next) => ({
    ...next,
    send(payload) {
      next.send(payload);
      if (!isPlain(payload)) next.send(payload);
    },
  })),
  clock: {
    argument: { name: 'SECONDS', default: '3600', pattern: /^-?\d{1,9}$/ },
    does: "sets the data centre's clock ahead, or back if negative",
    make: (_, argument) => ({ now: (now) => () => now() + Number(argument) * 1000 }),
  },
  'transport-error': onPayload(
    'sends this transport error instead of the payload and closes the connection',
    (_, next, { argument }) => {
      next.send(transportErrorPayload(-Math.abs(Number(argument))));
      next.close();
    },
    { name: 'CODE', default: '429', pattern: /^-?\d{1,9}$/ },
  ),
  garbage: onFrame('writes random bytes instead of the frame', (frame, next, { random }) =>
    next.write(random(frame.length)),
  ),
  oversize: onFrame('announces a frame of many megabytes', (frame, next, { payload }) =>
    next.write(oversize(frame, payload)),
  ),
  truncate: onFrame('writes half of the frame and closes the connection', (frame, next) => {
    next.write(frame.subarray(0, frame.length >>> 1));
    next.close();
  }),
  flip: onFrame(
    'flips a bit in this byte of the frame, counted from its header',
    (frame, next, { argument }) => next.write(flipBit(frame, Number(argument))),
    { name: 'BYTE', default: '40', pattern: /^\d{1,7}$/ },
  ),
};

/** Describes a fault that calls `act` instead of writing the frame of the moment's payload. */
function onFrame(
  does: string,
  act: (frame: Uint8Array, next: Traffic, context: DueContext & { readonly payload: Uint8Array }) => void,
  argument?: FaultArgument,
): FaultKind {
  const wrap = (next: Traffic, context: DueContext): Traffic => {
    let due: Uint8Array | undefined;
    return {
      ...next,
      send(payload) {
        if (context.isDue(payload)) due = payload;
        next.send(payload);
      },
      write(bytes) {
        const payload = due;
        due = undefined;
        if (payload === undefined) next.write(bytes);
        else act(bytes, next, { ...context, payload });
      },
    };
  };
  return atMoment('a1', does, wrap, argument);
}

function delayed(next: Traffic, delayMs: number): Traffic {
  const later = (act: () => void) => void setTimeout(act, delayMs);
  return {
    ...next,
    receive: (payload) => later(() => next.receive(payload)),
    send: (payload) => later(() => next.send(payload)),
    close: () => later(() => next.close()),
  };
}

/** Writes one byte in each turn of the event loop, so that TCP does not join them. */
function split(next: Traffic): Traffic {
  const waiting: (() => void)[] = [];
  const run = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(run);
  };
  const queue = (acts: readonly (() => void)[]) => {
    if (waiting.length === 0) setImmediate(run);
    waiting.push(...acts);
  };
  return {
    ...next,
    write: (bytes) => queue(Array.from(bytes, (_, i) => () => next.write(bytes.subarray(i, i + 1)))),
    close: () => queue([() => next.close()]),
  };
}

/**
 * Puts a length beyond every limit into a frame's header. It flips bits in place, which works under a stream cipher.
 * A header of one byte (abridged) becomes one of four; in all others the fourth byte is the highest of the length.
 */
function oversize(frame: Uint8Array, payload: Uint8Array): Uint8Array {
  const out = frame.slice();
  const flip = (i: number, bits: number) => {
    out[i] = (out[i] ?? 0) ^ bits;
  };
  if (frame.length !== payload.length + 1) flip(3, 0x7f);
  else {
    flip(0, (payload.length / 4) ^ 0x7f);
    for (let i = 0; i < 3; i++) flip(i + 1, (payload[i] ?? 0) ^ 0xff);
  }
  return out;
}
