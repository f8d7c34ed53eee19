/**
 * Signing in with a QR code that a signed-in device scans (https://core.telegram.org/api/qr-login).
 *
 * auth.exportLoginToken returns a token, which is shown as tg://login?token=… and expires in 30 seconds. When a device
 * has accepted it, the server sends updateLoginToken, and the next auth.exportLoginToken returns the account, its data
 * centre, or SESSION_PASSWORD_NEEDED. Our small schema cannot decode most updates, so every update counts as a hint to
 * call again.
 */
import type { Now } from '../bytes.ts';
import { RpcError } from '../errors.ts';
import { type Caller, current, type ListeningCaller } from '../tl/layer.ts';
import { loginLink } from '../tl/login-link.ts';
import { isDc } from '../tl/ranges.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Types } from '../tl/types.ts';
import { type Device, deviceOf } from './account.ts';
import { malformed, unixTime } from './range.ts';
import { settle } from './rpc-result.ts';
import type { SignIn } from './sign-in.ts';
import { userIn } from './user.ts';

export interface QrToken {
  /** The content of the QR code. */
  readonly link: string;
  /** Unix seconds. */
  readonly expires: number;
}

export interface QrOptions {
  readonly api_id: number;
  readonly api_hash: string;
  /** Shows a token instead of the last one. */
  readonly onToken: (token: QrToken) => void;
  /** The server's clock, in ms since 1970. */
  readonly now: Now;
  readonly signal: AbortSignal;
}

type LoginToken = Types<typeof currentText>['auth.LoginToken'];

/** Milliseconds before its expiry at which a token is renewed. The bounds hold if a clock is wrong. */
const MARGIN = 1000;
const [SHORTEST, LONGEST] = [1000, 60_000];
/** Gives up after this many tokens that were accepted too late or that their data centre does not know. */
const MAX_FAILURES = 3;
/** Gives up after this many changes of the data centre. */
const MAX_HOPS = 3;
/** Bytes; Telegram's tokens have about 30, and a QR code holds 2200. */
const MAX_TOKEN = 1024;

/** Shows tokens until one is accepted. Throws `RpcError`, or the signal's reason. */
export async function signInByQr(caller: ListeningCaller, options: QrOptions): Promise<SignIn> {
  const { api_id, api_hash, onToken, now, signal } = options;
  const hints = new Hints(caller);
  try {
    let shown: string | undefined;
    for (let failures = 0; ; ) {
      const params = { api_id, api_hash, except_ids: [] };
      const seen = hints.count;
      const answer = await settle(
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
      const left = 1000 * expires - now() - MARGIN;
      await hints.next(seen, Math.min(Math.max(left, SHORTEST), LONGEST), signal);
    }
  } finally {
    hints.close();
  }
}

/**
 * Signs the device that shows this token in to this session's account. Throws `RpcError`: AUTH_TOKEN_EXPIRED and other
 * AUTH_TOKEN errors.
 */
export async function acceptLogin(caller: Caller, token: Uint8Array): Promise<Device> {
  return deviceOf(await caller.call(current, 'auth.acceptLoginToken', { token }));
}

/** Follows an accepted token to the data centre of its account. Returns an error that a new token may avoid. */
async function follow(caller: ListeningCaller, answer: LoginToken | RpcError, hops = 0): Promise<SignIn | RpcError> {
  if (answer instanceof RpcError) return refused(answer);
  if (answer._ === 'auth.loginTokenSuccess') return { kind: 'signedIn', user: userIn(answer.authorization) };
  if (answer._ === 'auth.loginToken') return malformed('a new login token for an accepted one');
  const { dc_id: dc, token } = answer;
  if (!isDc(dc)) malformed(`the data centre of the account is ${dc}`);
  if (hops === MAX_HOPS) malformed('the data centres redirect the login in a loop');
  checkToken(token);
  const there = await settle(caller.call(current, 'auth.importLoginToken', { token }, { dc, startsAnew: true }));
  if (there instanceof RpcError && /^AUTH_TOKEN_(EXPIRED|INVALIDX?)$/.test(there.type)) return there;
  return there instanceof RpcError ? { ...refused(there), dc } : follow(caller, there, hops + 1);
}

function checkToken(token: Uint8Array): Uint8Array {
  if (token.length < 1 || token.length > MAX_TOKEN) malformed(`a login token has ${token.length} bytes`);
  return token;
}

function refused(refusal: RpcError): { readonly kind: 'passwordNeeded' } {
  if (refusal.type === 'SESSION_PASSWORD_NEEDED') return { kind: 'passwordNeeded' };
  throw refusal;
}

/** Counts updates, so that none between two calls is missed. */
class Hints {
  count = 0;
  #wake: (() => void) | undefined;
  readonly close: () => void;

  constructor(caller: ListeningCaller) {
    this.close = caller.onUpdate(() => {
      this.count++;
      this.#wake?.();
    });
  }

  /** Resolves when there are more than `seen` updates, or after `ms`. Throws the signal's reason. */
  async next(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.count > seen) return;
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#wake = wake;
    signal.addEventListener('abort', wake, { once: true });
    const timer = setTimeout(wake, ms);
    await woken;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    signal.throwIfAborted();
  }
}
