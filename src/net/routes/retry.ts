/** What failures mean to a connection. The catalogue says which of them a retry or another route may help. */
import { NetworkError, RpcError, SecurityError, TlError } from '../../errors.ts';
import { isDc } from '../../tl/ranges.ts';

/** Gives up after this many consecutive failures. */
export const MAX_FAILURES = 4;

/** Transport errors that a new connection may not meet: unknown key, too many connections. */
const PASSING_CODES = new Set([-404, -429]);

/** Whether the same attempt may succeed next time. */
export function isPassing(error: unknown): error is NetworkError {
  if (!(error instanceof NetworkError)) return false;
  const { type, entry, values } = error;
  return entry.retry === 'again' || (type === 'TRANSPORT_ERROR' && PASSING_CODES.has(Number(values.code)));
}

/**
 * Whether something between us and the server may have caused this, so that another route may avoid it: a failed check,
 * or bytes that are not MTProto. Applies only until something from the server has been authenticated.
 */
export function rulesOutRoute(error: unknown): boolean {
  if (error instanceof NetworkError) return error.entry.retry === 'route' && !isPassing(error);
  return error instanceof SecurityError || error instanceof TlError;
}

/** Turns TL that does not parse, and a refusal with an impossible number, into ANSWER_MALFORMED. */
export function asAnswer(error: unknown): unknown {
  const detail = malformation(error);
  return detail === undefined ? error : new NetworkError('ANSWER_MALFORMED', { detail }, { cause: error });
}

function malformation(error: unknown): string | undefined {
  if (error instanceof TlError) return error.message;
  if (!(error instanceof RpcError)) return undefined;
  const { entry, parameter, code, text } = error;
  if (entry.wait === true && parameter === undefined) return 'a wait of more seconds than an int can hold';
  if (code === 303 && text.includes('_MIGRATE_') && !isDc(parameter ?? 0)) return 'an impossible data centre';
  return undefined;
}

/** The server has said under encryption that it does not know the permanent key. */
export function isKeyUnknown(error: unknown): error is NetworkError {
  return error instanceof NetworkError && error.type === 'KEY_UNKNOWN';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
