/**
 * Signs in by a QR code that a signed-in device scans (https://core.telegram.org/api/qr-login).
 *
 * auth.exportLoginToken returns a token, shown as tg://login?token=…, that expires in half a minute. When a device
 * accepts it, the server sends updateLoginToken, and the next auth.exportLoginToken returns the account, its data
 * centre, or the need for a password. Our schema cannot read most updates, so any update triggers that call; one more
 * call does no harm.
 */
import type { Now } from '../bytes.ts';
import { RpcError } from '../errors.ts';
import { counted } from '../printable.ts';
import { type Caller, current, type ListeningCaller } from '../tl/layer.ts';
import { loginLink } from '../tl/login-link.ts';
import { isDc } from '../tl/ranges.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Types } from '../tl/types.ts';
import { type Device, deviceOf } from './account.ts';
import { rpcResult } from './rpc-result.ts';
import type { SignIn } from './sign-in.ts';
import { userIn } from './user.ts';
import { malformed, unixTime } from './valid-answer.ts';

export interface QrToken {
  /** The content of the QR code. */
  readonly link: string;
  /** When it expires, in unix seconds. */
  readonly expires: number;
}

export interface QrOptions {
  readonly api_id: number;
  readonly api_hash: string;
  /** Shows a token instead of the last one. */
  readonly onToken: (token: QrToken) => void;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: Now;
  readonly signal: AbortSignal;
}

/** What an accepted token leads to. */
export type TokenEnd = Exclude<SignIn, { readonly kind: 'signUpNeeded' }>;
type LoginToken = Types<typeof currentText>['auth.LoginToken'];

/** A token is renewed this long before it expires, but always after a time between these limits. */
const MARGIN_MS = 1000;
const [MIN_WAIT_MS, MAX_WAIT_MS] = [1000, 60_000];
/** How often an expired or unknown token is replaced. */
const MAX_FAILURES = 3;
/** How many data centres an accepted token is followed to. */
const MAX_HOPS = 3;
/** In bytes. Telegram's tokens have about 30, and a QR code can hold 2200. */
const MAX_TOKEN = 1024;

/** Shows tokens until one is accepted. Throws `RpcError`, or the signal's reason. */
export async function signInByQr(caller: ListeningCaller, options: QrOptions): Promise<TokenEnd> {
  const { api_id, api_hash, onToken, now, signal } = options;
  const updates = new Updates(caller);
  try {
    let shown: string | undefined;
    for (let failures = 0; ; ) {
      const params = { api_id, api_hash, except_ids: [] };
      const seen = updates.count;
      const answer = await rpcResult(
        caller.call(current, 'auth.exportLoginToken', params, { startsAnew: true, repeatable: true }),
      );
      if (answer instanceof RpcError || answer._ !== 'auth.loginToken') {
        const end = await follow(caller, answer);
        if (!(end instanceof RpcError)) return end;
        if (++failures === MAX_FAILURES) throw end;
        continue;
      }
      const link = loginLink(checkToken(answer.token));
      const expires = unixTime(answer.expires, 'the end of the login token');
      if (link !== shown) onToken({ link, expires });
      shown = link;
      const leftMs = 1000 * expires - now() - MARGIN_MS;
      await updates.next(seen, Math.min(Math.max(leftMs, MIN_WAIT_MS), MAX_WAIT_MS), signal);
    }
  } finally {
    updates.close();
  }
}

/**
 * Accepts a token: signs the device that shows it in to this session's account. Throws `RpcError`, such as
 * AUTH_TOKEN_EXPIRED.
 */
export async function acceptLogin(caller: Caller, token: Uint8Array): Promise<Device> {
  return deviceOf(await caller.call(current, 'auth.acceptLoginToken', { token }));
}

/** Follows an accepted token to the data centre of its account. Returns an error after which another token may work. */
export async function follow(caller: Caller, answer: LoginToken | RpcError, hops = 0): Promise<TokenEnd | RpcError> {
  if (answer instanceof RpcError) return refused(answer);
  if (answer._ === 'auth.loginTokenSuccess') return { kind: 'signedIn', user: userIn(answer.authorization) };
  if (answer._ === 'auth.loginToken') return malformed('a login token in answer to an accepted one');
  const { dc_id: dc, token } = answer;
  if (!isDc(dc)) malformed(`the data centre of the account is ${dc}`);
  if (hops === MAX_HOPS) malformed('too many data centres for one login');
  checkToken(token);
  const there = await rpcResult(caller.call(current, 'auth.importLoginToken', { token }, { dc, startsAnew: true }));
  if (there instanceof RpcError && /^AUTH_TOKEN_(EXPIRED|INVALIDX?)$/.test(there.type)) return there;
  return there instanceof RpcError ? { ...refused(there), dc } : follow(caller, there, hops + 1);
}

export function checkToken(token: Uint8Array): Uint8Array {
  if (token.length < 1 || token.length > MAX_TOKEN) malformed(`a login token has ${counted(token.length, 'byte')}`);
  return token;
}

function refused(refusal: RpcError): { readonly kind: 'passwordNeeded' } {
  if (refusal.type === 'SESSION_PASSWORD_NEEDED') return { kind: 'passwordNeeded' };
  throw refusal;
}

/** Counts updates, so that none between two calls is missed. */
export class Updates {
  count = 0;
  #wake: (() => void) | undefined;
  readonly close: () => void;

  constructor(caller: ListeningCaller) {
    this.close = caller.onUpdate(() => {
      this.count++;
      this.#wake?.();
    });
  }

  /** Resolves when there are more than `seen`, or after a timeout. Throws the signal's reason. */
  async next(seen: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.count > seen) return;
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#wake = wake;
    signal.addEventListener('abort', wake, { once: true });
    const timer = setTimeout(wake, timeoutMs);
    await woken;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    signal.throwIfAborted();
  }
}
