/**
 * Faults that a sandbox can inject, and their syntax:
 *
 *     NAME[:ARGUMENT][@[every-]MOMENT]
 *
 * A moment is a payload that the data centre is about to send: h1, h2, h3 are those of a key exchange, a1, a2, … the
 * encrypted ones, counted on each connection; a method, such as auth.sendCode, is the first answer to it. A fault with
 * a moment happens once, so that the client can recover; with `every-`, on every connection.
 */
import { UsageError } from '../../errors.ts';
import type { Fault, FaultKind, Moment } from './fault.ts';
import { FRAME_FAULTS } from './frames.ts';
import { HANDSHAKE_FAULTS } from './handshake.ts';
import { MESSAGE_FAULTS } from './messages.ts';
import { SRP_FAULTS } from './srp.ts';

const KINDS: ReadonlyMap<string, FaultKind> = new Map(
  Object.entries({ ...FRAME_FAULTS, ...MESSAGE_FAULTS, ...SRP_FAULTS, ...HANDSHAKE_FAULTS }),
);

/** All faults, for the help text and the documentation. */
export const FAULTS: readonly { readonly usage: string; readonly does: string }[] = [...KINDS].map(
  ([name, { argument, moment, does }]) => ({
    usage: `${name}${argument === undefined ? '' : `:${argument.name}`}${moment === undefined ? '' : `@${moment}`}`,
    does,
  }),
);

/** Parses a fault. Throws `UsageError`. */
export function parseFault(spec: string): Fault {
  const [, name = '', value, place] = /^([a-z-]+)(?::([^@]*))?(?:@(.+))?$/.exec(spec) ?? [];
  const kind = KINDS.get(name);
  if (kind === undefined)
    throw new UsageError(`No fault named '${spec}'. The faults are: ${[...KINDS.keys()].join(', ')}.`);
  const { argument, moment } = kind;
  if (value !== undefined && argument?.pattern.test(value) !== true)
    throw new UsageError(
      argument === undefined
        ? `The fault ${name} takes no argument, not '${value}'.`
        : `Invalid argument '${value}' of the fault ${name}: it must be ${argument.name}.`,
    );
  if (place !== undefined && moment === undefined)
    throw new UsageError(`The fault ${name} is always active and takes no moment (@${place}).`);
  return kind.make(parseMoment(place ?? moment ?? 'a1'), value ?? argument?.default ?? '');
}

/** The moment of a fault that names none; `undefined` for a fault that is always active. */
export function defaultMoment(spec: string): string | undefined {
  return spec.includes('@') ? undefined : KINDS.get(spec.replace(/:.*$/, ''))?.moment;
}

function parseMoment(text: string): Moment {
  const [, every, kind, number = 1, method] = /^(every-)?(?:([ha])([1-9]\d{0,3})|([a-z]+\.\w{1,64}))$/.exec(text) ?? [];
  const isEvery = { every: every !== undefined };
  if (method !== undefined) return { kind: { method }, number: 1, ...isEvery };
  if (kind === 'h' || kind === 'a') return { kind, number: Number(number), ...isEvery };
  throw new UsageError(
    `Invalid moment '${text}'. It must be h1, h2, h3, a1, a2, …, a method such as auth.sendCode, or every-h1, ….`,
  );
}
