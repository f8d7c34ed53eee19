/**
 * Errors: one hierarchy, thrown by every room, each with the exit code that the command line gives it.
 *
 * What an error *says* is in `catalogue.ts`; what it *is* is here.
 */
import {
  type CatalogueEntry,
  duration,
  EXIT,
  type ExitCode,
  fill,
  type LocalType,
  local,
  lookup,
  type Values,
} from './catalogue.ts';
import { printable } from './printable.ts';

export { EXIT, type ExitCode };

/** The root: whatever the tool reports to its user as a failure. Anything else that is thrown is a bug (exit 70). */
export abstract class TgAuthError extends Error {
  /** Process exit code, from the table in the README. */
  abstract readonly exit: ExitCode;
  /** A stable name for scripts: the TL error's, or one of the catalogue's own. */
  abstract readonly type: string;
  /** Why this happens and what to do, from the catalogue; empty where the message says it all. */
  readonly why: readonly string[] = [];
  /** The next step, with a command that can be pasted. */
  readonly next: string | undefined = undefined;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The caller's input was refused here, before anything went over the wire. */
export class UsageError extends TgAuthError {
  readonly exit: ExitCode;
  readonly type: string;
  override readonly next: string | undefined;
  constructor(message: string, options: { next?: string; type?: string; exit?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exit = options.exit ?? EXIT.usage;
    this.type = options.type ?? 'USAGE';
    this.next = options.next;
  }
}

/** Bytes that are not the TL value they should be. The reader has taken nothing beyond them. */
export class TlError extends TgAuthError {
  readonly exit = EXIT.network;
  readonly type = 'TL_MALFORMED';
  /** Where in the value reading stopped, in bytes from its start. */
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
 * An error whose words are an entry of the catalogue, filled with the error's own values. Who knows more, a phone number for example,
 * fills the templates of `entry` anew.
 */
export abstract class CataloguedError extends TgAuthError {
  readonly exit: ExitCode;
  readonly entry: CatalogueEntry;
  /** What the placeholders of `entry` stand for, as far as this error knows. */
  readonly values: Values;
  override readonly why: readonly string[];
  override readonly next: string | undefined;
  constructor(entry: CatalogueEntry, given: Values, options: { cause?: unknown } = {}) {
    const values = safe(given);
    super(fill(entry.sentence, values), options);
    this.exit = entry.exit;
    this.entry = entry;
    this.values = values;
    this.why = (entry.why ?? []).map((line) => fill(line, values));
    this.next = entry.next === undefined ? undefined : fill(entry.next, values);
  }
}

/** Values may come from a server or a proxy. A path is this machine's own, and is not cut: it is part of commands. */
function safe(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? printable(value, name === 'path' ? Number.POSITIVE_INFINITY : undefined) : value,
    ]),
  );
}

/** One that arose on this machine. */
abstract class LocalError extends CataloguedError {
  readonly type: LocalType;
  constructor(type: LocalType, values: Values = {}, options: { cause?: unknown } = {}) {
    const entry = local(type);
    const meaning = entry.meanings?.[String(values.code)] ?? entry.meanings?.other;
    super(entry, meaning === undefined ? values : { ...values, meaning }, options);
    this.type = type;
  }
}

/** No connection, a connection that broke, a peer that does not speak MTProto, or no answer in time (exit 30). */
export class NetworkError extends LocalError {}

/** The peer failed a check of the security guidelines: nothing of it was trusted, nothing was stored (exit 31). */
export class SecurityError extends LocalError {
  /** Which check failed, in the words of the protocol page. */
  readonly check: string;
  constructor(check: string, type: LocalType = 'SECURITY_CHECK_FAILED', values: Values = {}) {
    super(type, { check, ...values });
    this.check = check;
  }
}

/** The session store or a configuration file cannot be read or written (exit 32). */
export class StoreError extends LocalError {}

/** The server answered, but no code is under way: it wants something first that this program cannot give (exit 16). */
export class DeliveryError extends LocalError {}

/** It is too early, and the time until then is not to be waited for (exit 20). */
export class WaitError extends LocalError {
  /** Seconds. */
  readonly retryAfter: number;
  constructor(type: LocalType, retryAfter: number, values: Values = {}) {
    super(type, values);
    this.retryAfter = retryAfter;
  }
}

/** The user, or the caller's AbortSignal, ended it (exit 130). */
export class InterruptedError extends LocalError {
  constructor(options: { cause?: unknown } = {}) {
    super('INTERRUPTED', {}, options);
  }
}

/** The server understood the call and refused it: `rpc_error` (https://core.telegram.org/api/errors). */
export class RpcError extends CataloguedError {
  /** error_code: 303, 400, 401, 403, 404, 406, 420, 500, or one nobody documents. */
  readonly code: number;
  /** error_message as it came: `FLOOD_WAIT_30`. */
  readonly text: string;
  /** The name with its number replaced: `FLOOD_WAIT_X`. */
  readonly type: string;
  /** The number: seconds of a wait, a DC id. `undefined` if the name carries none. */
  readonly parameter: number | undefined;
  /** The method that was refused. */
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

  /** Seconds to wait before asking again, where the server named them. */
  get retryAfter(): number | undefined {
    return this.entry.wait === true ? this.parameter : undefined;
  }
}

function valuesOf(entry: CatalogueEntry, parameter: number | undefined): Values {
  if (parameter === undefined) return {};
  return entry.wait === true ? { X: parameter, duration: duration(parameter) } : { X: parameter };
}

/** TL's int, which the numbers in names are: more is no time to wait and no data centre. */
const MAX_INT = 2 ** 31 - 1;

/** `FLOOD_WAIT_30` → `FLOOD_WAIT_X`, 30. Digits inside a word (`2FA_…`, `SHA256`) stay. */
export function parseRpcMessage(text: string): { type: string; parameter: number | undefined } {
  const found = /_(\d+)(?=_|$)/.exec(text);
  const parameter = found === null ? undefined : Number(found[1]);
  return {
    type: text.replace(/_\d+(?=_|$)/g, '_X'),
    parameter: parameter !== undefined && parameter <= MAX_INT ? parameter : undefined,
  };
}
