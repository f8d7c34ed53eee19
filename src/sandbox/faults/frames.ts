/** Faults of the wire: connections, frames and time. They know payloads and bytes, and nothing of what is in them. */
import { isPlain } from '../../mtproto/envelope.ts';
import { transportErrorPayload } from '../../transport/errors.ts';
import { at, type FaultKind, flipped, framed, type Line, type Moment, type Wrap, watching } from './fault.ts';

export const FRAME_FAULTS: Readonly<Record<string, FaultKind>> = {
  close: {
    moment: 'a1',
    does: 'closes the connection instead of sending the payload',
    make: ({ moment }) => ({ wrap: at(moment, (_, line) => line.close()) }),
  },
  'close-after': {
    moment: 'a1',
    does: 'closes the connection right after the payload',
    make: ({ moment }) => ({
      wrap: at(moment, (payload, line) => {
        line.send(payload);
        line.close();
      }),
    }),
  },
  drop: {
    moment: 'a1',
    does: 'loses the payload',
    make: ({ moment }) => ({ wrap: at(moment, () => {}) }),
  },
  silence: {
    moment: 'a1',
    does: 'sends nothing from this payload on, and leaves the connection open',
    make: ({ moment }) => ({ wrap: silentFrom(moment) }),
  },
  delay: {
    argument: { name: 'MS', default: '100', pattern: /^\d{1,6}$/ },
    does: 'holds every payload for so long, each way',
    make: ({ argument }) => ({ wrap: (line) => delayed(line, Number(argument)) }),
  },
  split: {
    does: 'writes every frame byte by byte',
    make: () => ({ wrap: split }),
  },
  duplicate: {
    does: 'sends every encrypted payload twice',
    make: () => ({
      wrap: (line) => ({
        ...line,
        send(payload) {
          line.send(payload);
          if (!isPlain(payload)) line.send(payload);
        },
      }),
    }),
  },
  clock: {
    argument: { name: 'SECONDS', default: '3600', pattern: /^-?\d{1,9}$/ },
    does: "sets the data centre's clock ahead (behind, with a minus)",
    make: ({ argument }) => ({ now: (now) => () => now() + Number(argument) * 1000 }),
  },
  'transport-error': {
    argument: { name: 'CODE', default: '429', pattern: /^-?\d{1,9}$/ },
    moment: 'a1',
    does: 'sends this transport error instead of the payload, and closes',
    make: ({ argument, moment }) => ({
      wrap: at(moment, (_, line) => {
        line.send(transportErrorPayload(-Math.abs(Number(argument))));
        line.close();
      }),
    }),
  },
  garbage: {
    moment: 'a1',
    does: 'writes random bytes instead of the frame',
    make: ({ moment }) => ({ wrap: framed(moment, (frame, line, _, { random }) => line.write(random(frame.length))) }),
  },
  oversize: {
    moment: 'a1',
    does: 'announces a frame of many megabytes',
    make: ({ moment }) => ({ wrap: framed(moment, (frame, line, payload) => line.write(oversize(frame, payload))) }),
  },
  truncate: {
    moment: 'a1',
    does: 'writes half of the frame, and closes',
    make: ({ moment }) => ({
      wrap: framed(moment, (frame, line) => {
        line.write(frame.subarray(0, frame.length >>> 1));
        line.close();
      }),
    }),
  },
  flip: {
    argument: { name: 'BYTE', default: '40', pattern: /^\d{1,7}$/ },
    moment: 'a1',
    does: 'flips a bit of this byte of the frame, its header included',
    make: ({ argument, moment }) => ({
      wrap: framed(moment, (frame, line) => line.write(flipped(frame, Number(argument)))),
    }),
  },
};

function silentFrom(moment: Moment): Wrap {
  return watching(moment, (line, isDue) => {
    let silent = false;
    return {
      ...line,
      send(payload) {
        silent ||= isDue(payload);
        if (!silent) line.send(payload);
      },
    };
  });
}

function delayed(line: Line, milliseconds: number): Line {
  const later = (act: () => void) => void setTimeout(act, milliseconds);
  return {
    ...line,
    receive: (payload) => later(() => line.receive(payload)),
    send: (payload) => later(() => line.send(payload)),
    close: () => later(() => line.close()),
  };
}

/** One byte for each turn of the event loop, so that TCP does not join them again. */
function split(line: Line): Line {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  const queue = (acts: readonly (() => void)[]) => {
    if (waiting.length === 0) setImmediate(next);
    waiting.push(...acts);
  };
  return {
    ...line,
    write: (bytes) => queue(Array.from(bytes, (_, i) => () => line.write(bytes.subarray(i, i + 1)))),
    close: () => queue([() => line.close()]),
  };
}

/**
 * The frame with a length far beyond any limit in its header. Each bit is flipped where it stands, so that it works under a cipher
 * stream too. A header of one byte (abridged) becomes one of four; all others have a length whose highest byte is the fourth.
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
