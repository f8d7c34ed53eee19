/// <reference lib="esnext.disposable" preserve="true" />
/** The error classes of every folder. The catalogue holds their words and exit codes. */
import {
  type CatalogueEntry,
  duration,
  EXIT,
  type ExitCode,
  fill,
  fillStep,
  type LocalType,
  local,
  lookup,
  type NextStep,
  named,
  type Values,
} from './catalogue.ts';
import { printable } from './printable.ts';

export { EXIT, type ExitCode };

declare global {
  /** In the published types, for a project without `lib: dom` and @types/node. It merges with theirs. */
  interface AbortSignal {
    readonly aborted: boolean;
  }
}

/** Base class of every failure that is reported to the user. Anything else that is thrown is a bug (exit 70). */
export abstract class TgAuthError extends Error {
  /** Process exit code. */
  abstract readonly exit: ExitCode;
  /** A stable name for scripts: the name of the TL error or of the catalogue entry. */
  abstract readonly type: string;
  /** Causes and advice, one line each. */
  readonly why: readonly string[] = [];
  /** The next step, if it is a command. */
  readonly next: NextStep | undefined = undefined;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Invalid input, found before anything was sent. */
export class UsageError extends TgAuthError {
  readonly exit: ExitCode;
  readonly type: string;
  override readonly why: readonly string[];
  override readonly next: NextStep | undefined;
  constructor(
    message: string,
    options: {
      why?: readonly string[];
      next?: NextStep | undefined;
      type?: string;
      exit?: ExitCode;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.exit = options.exit ?? EXIT.usage;
    this.type = options.type ?? 'USAGE';
    this.why = options.why ?? [];
    this.next = options.next;
  }
}

/** The usage error for input that would cause the catalogued error `type`, in its words. */
export function usageErrorOf(type: string): UsageError {
  const { sentence, exit, next } = named(type) ?? local('USAGE');
  return new UsageError(sentence, { type, exit, next });
}

/** Bytes that are not the expected TL value. The reader has read nothing beyond them. */
export class TlError extends TgAuthError {
  readonly exit = EXIT.network;
  readonly type = 'TL_MALFORMED';
  /** Where reading stopped, in bytes from the start of the value. */
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
  constructor(offset: number, expected: string, found: string) {
    super(`TL: at byte ${offset}: expected ${expected}, found ${found}`);
    this.offset = offset;
    this.expected = expected;
    this.found = found;
  }
}

/**
 * An error with the words of a catalogue entry, filled with its own values. The command line, which knows the phone
 * number for example, fills the templates of `entry` again.
 */
export abstract class CataloguedError extends TgAuthError {
  readonly exit: ExitCode;
  readonly entry: CatalogueEntry;
  /** The values of the placeholders that this error knows. */
  readonly values: Values;
  override readonly why: readonly string[];
  override readonly next: NextStep | undefined;
  constructor(entry: CatalogueEntry, unsafe: Values, options: { cause?: unknown } = {}) {
    const values = safe(unsafe);
    super(fill(entry.sentence, values), options);
    this.exit = entry.exit;
    this.entry = entry;
    this.values = values;
    this.why = (entry.why ?? []).map((line) => fill(line, values));
    this.next = entry.next && fillStep(entry.next, values);
  }
}

/**
 * Values may come from a server or a proxy. A path is our own and is never cut, because commands contain it. An IPv6
 * address gets brackets, because a port may follow it.
 */
function safe(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== 'string') return [name, value];
      const text = printable(value, name === 'path' ? Number.POSITIVE_INFINITY : undefined);
      return [name, name === 'host' && text.includes(':') ? `[${text}]` : text];
    }),
  );
}

/** An error that arises on this machine. */
abstract class LocalError extends CataloguedError {
  readonly type: LocalType;
  constructor(type: LocalType, values: Values = {}, options: { cause?: unknown } = {}) {
    const entry = local(type);
    const meaning = entry.meanings?.[String(values.code)] ?? entry.meanings?.other;
    super(entry, meaning === undefined ? values : { ...values, meaning }, options);
    this.type = type;
  }
}

/** No connection, a lost connection, a server that does not use MTProto, or no answer in time (exit 30). */
export class NetworkError extends LocalError {}

/** The server failed a security check: nothing was trusted, nothing was stored (exit 31). */
export class SecurityError extends LocalError {
  /** The rule that was broken, in the words of the protocol page. */
  readonly check: string;
  constructor(check: string, type: LocalType = 'SECURITY_CHECK_FAILED', values: Values = {}) {
    super(type, { check, ...values });
    this.check = check;
  }
}

/** Makes one check of the protocol: throws `SecurityError` with `what` should hold, unless it does. */
export type Check = (holds: boolean, what: string) => void;

export function check(holds: boolean, what: string): void {
  if (!holds) throw new SecurityError(what);
}

/** A file, folder or stream cannot be read or written (exit 32). */
export class StoreError extends LocalError {}

/** The server sent no code because it requires something else first (exit 16). */
export class DeliveryError extends LocalError {}

/** The next request is due too late to wait for it (exit 20). */
export class WaitError extends LocalError {
  /** Seconds. */
  readonly retryAfter: number;
  constructor(type: LocalType, retryAfter: number, values: Values = {}) {
    super(type, values);
    this.retryAfter = retryAfter;
  }
}

/** The user or the caller's AbortSignal interrupted the program (exit 130). */
export class InterruptedError extends LocalError {
  /** The signal that interrupted the program, if one did. */
  readonly signal: string | undefined;
  constructor(options: { cause?: unknown; signal?: string } = {}) {
    super('INTERRUPTED', {}, options);
    this.signal = options.signal;
  }
}

/** A bug: something was thrown that is not a TgAuthError (exit 70). */
export class InternalError extends LocalError {
  constructor(message: string) {
    super('BUG', { message });
  }
}

/** The server answered with `rpc_error` (https://core.telegram.org/api/errors). */
export class RpcError extends CataloguedError {
  /** error_code: 303, 400, 401, 403, 404, 406, 420, 500, or an undocumented one. */
  readonly code: number;
  /** error_message as received: `FLOOD_WAIT_30`. */
  readonly text: string;
  /** The name with its number replaced: `FLOOD_WAIT_X`. */
  readonly type: string;
  /** The number in the name, such as the seconds of a wait or a DC id; `undefined` if there is none. */
  readonly parameter: number | undefined;
  /** The method that failed. */
  readonly method: string;

  constructor(code: number, text: string, method: string) {
    const { type, parameter } = parseRpcMessage(text);
    const entry = lookup(type, code);
    super(entry, valuesOf(entry, parameter));
    this.code = code;
    this.text = text;
    this.type = type;
    this.parameter = parameter;
    this.method = method;
  }

  /** Seconds to wait before trying again, if the server named them. */
  get retryAfter(): number | undefined {
    return this.entry.wait === true ? this.parameter : undefined;
  }
}

function valuesOf(entry: CatalogueEntry, parameter: number | undefined): Values {
  if (parameter === undefined) return {};
  return entry.wait === true ? { X: parameter, duration: duration(parameter) } : { X: parameter };
}

/** The numbers in names are TL ints; a larger one is neither a wait nor a data centre. */
const MAX_INT = 2 ** 31 - 1;

/** `FLOOD_WAIT_30` → `FLOOD_WAIT_X`, 30. Keeps digits inside a word (`2FA_…`, `SHA256`). */
export function parseRpcMessage(text: string): { type: string; parameter: number | undefined } {
  const found = /_(\d+)(?=_|$)/.exec(text);
  const parameter = found === null ? undefined : Number(found[1]);
  return {
    type: text.replace(/_\d+(?=_|$)/g, '_X'),
    parameter: parameter !== undefined && parameter <= MAX_INT ? parameter : undefined,
  };
}
