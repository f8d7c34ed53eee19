/**
 * Faults on request: what a sandbox can be told to do wrong, and the words to tell it so.
 *
 *     NAME[:ARGUMENT][@[every-]MOMENT]
 *
 * A moment is a payload the data centre is about to send: h1, h2, h3 are the three of a key exchange, a1, a2, … the encrypted ones, counted
 * on each connection. A fault with a moment happens once, so that a client can recover from it; with `every-`, on every connection.
 */
import { UsageError } from '../../errors.ts';
import type { Fault, FaultKind, Moment } from './fault.ts';
import { FRAME_FAULTS } from './frames.ts';
import { HANDSHAKE_FAULTS } from './handshake.ts';
import { MESSAGE_FAULTS } from './messages.ts';

const KINDS: ReadonlyMap<string, FaultKind> = new Map(
  Object.entries({ ...FRAME_FAULTS, ...MESSAGE_FAULTS, ...HANDSHAKE_FAULTS }),
);

/** All faults, for a table in a help text. */
export const FAULTS: readonly { readonly usage: string; readonly does: string }[] = [...KINDS].map(
  ([name, { argument, moment, does }]) => ({
    usage: `${name}${argument === undefined ? '' : `:${argument.name}`}${moment === undefined ? '' : `@${moment}`}`,
    does,
  }),
);

/** Reads `NAME[:ARGUMENT][@[every-]MOMENT]`. Throws `UsageError`. */
export function parseFault(spec: string): Fault {
  const [, name = '', argument, place] = /^([a-z-]+)(?::([^@]*))?(?:@(.+))?$/.exec(spec) ?? [];
  const kind = KINDS.get(name);
  if (kind === undefined)
    throw new UsageError(`There is no fault '${spec}'. There are: ${[...KINDS.keys()].join(', ')}.`);
  if (argument !== undefined && kind.argument?.pattern.test(argument) !== true)
    throw new UsageError(
      `'${argument}' is not what the fault ${name} takes${kind.argument === undefined ? '' : `: ${kind.argument.name}`}.`,
    );
  if (place !== undefined && kind.moment === undefined)
    throw new UsageError(`The fault ${name} is always at work; it takes no @${place}.`);
  const moment = parseMoment(place ?? kind.moment ?? 'a1');
  return kind.make({ argument: argument ?? kind.argument?.default ?? '', moment });
}

function parseMoment(text: string): Moment {
  const [, every, kind, number] = /^(every-)?([ha])([1-9]\d{0,3})$/.exec(text) ?? [];
  if (kind !== 'h' && kind !== 'a')
    throw new UsageError(`'${text}' is no moment; they are h1, h2, h3, a1, a2, … and every-h1, …`);
  return { kind, number: Number(number), every: every !== undefined };
}
