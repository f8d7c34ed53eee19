/** What failures mean to a connection: which may pass if the same thing is tried again, and bytes that are not the TL they should be. */
import { NetworkError, RpcError, SecurityError, TlError } from '../../errors.ts';
import { isDc } from '../../tl/ranges.ts';

/** So many failures in a row, without an answer between them, are enough. */
export const MAX_FAILURES = 4;

const PASSING = new Set([
  'CONNECTION_REFUSED',
  'CONNECTION_CLOSED',
  'CONNECT_TIMEOUT',
  'NO_ANSWER',
  'NETWORK_UNREACHABLE',
  'NO_WAY_THROUGH',
  'PROXY_UNREACHABLE',
  'PROXY_REFUSED',
  'PROXY_CLOSED',
  'PROXY_SECRET', // an MTProxy hangs up without a word, whatever the reason
]);

/** Transport errors that a fresh connection may not meet again: an unknown key, too many connections (see the mtproto-transports page). */
const PASSING_CODES = new Set([-404, -429]);

const SPOILT = new Set(['FRAME_MALFORMED', 'TRANSPORT_ERROR']);

export function isPassing(error: unknown): error is NetworkError {
  if (!(error instanceof NetworkError)) return false;
  return PASSING.has(error.type) || (error.type === 'TRANSPORT_ERROR' && PASSING_CODES.has(Number(error.values.code)));
}

/**
 * Whether this may be the work of something between us and the server, which another route may avoid: a failed check, or bytes that are not
 * MTProto. Only as long as nothing of the server has been authenticated.
 */
export function spoilsRoute(error: unknown): boolean {
  if (error instanceof NetworkError) return SPOILT.has(error.type) && !isPassing(error);
  return error instanceof SecurityError || error instanceof TlError;
}

/** TL that does not parse, and a refusal whose number cannot be, are malformed answers. Any other error is itself. */
export function asAnswer(error: unknown): unknown {
  const detail = absurdity(error);
  return detail === undefined ? error : new NetworkError('ANSWER_MALFORMED', { detail }, { cause: error });
}

function absurdity(error: unknown): string | undefined {
  if (error instanceof TlError) return error.message;
  if (!(error instanceof RpcError)) return undefined;
  const { entry, parameter, code, text } = error;
  if (entry.wait === true && parameter === undefined) return 'a wait of more seconds than an int can hold';
  if (code === 303 && text.includes('_MIGRATE_') && !isDc(parameter ?? 0)) return 'a data centre that there cannot be';
  return undefined;
}

/** The server has said under encryption that it does not know the permanent key. */
export function isKeyUnknown(error: unknown): error is NetworkError {
  return error instanceof NetworkError && error.type === 'KEY_UNKNOWN';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
