/**
 * Signing in by a QR code that a signed-in device reads (https://core.telegram.org/api/qr-login).
 *
 * auth.exportLoginToken gives a token, which is shown as tg://login?token=…, and grows old in half a minute. Once a device has accepted it, the
 * server says so (updateLoginToken), and the next auth.exportLoginToken tells the end: the account, the data centre where it lives and
 * has to be asked for, or a password. Whatever the server says unasked is taken for such a hint, as most updates cannot be read by a
 * schema as small as ours: asking once more costs little, and is never wrong.
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
  /** What the QR code says. */
  readonly link: string;
  /** When it grows old, in unix seconds. */
  readonly expires: number;
}

export interface QrOptions {
  readonly api_id: number;
  readonly api_hash: string;
  /** Shows a token, in place of the last one. */
  readonly onToken: (token: QrToken) => void;
  /** The server's clock, in ms since 1970. */
  readonly now: Now;
  readonly signal: AbortSignal;
}

type LoginToken = Types<typeof currentText>['auth.LoginToken'];

/** A token is renewed so many milliseconds before it grows old; but whatever the clocks say, not at once and not never. */
const MARGIN = 1000;
const [SHORTEST, LONGEST] = [1000, 60_000];
/** A token that was accepted too late, or that its data centre does not know, is replaced so often. */
const MAX_FAILURES = 3;
/** Data centres that an accepted token is followed to. */
const MAX_HOPS = 3;
/** Bytes of a token; Telegram's have some thirty, and a QR code has room for 2200. */
const LONGEST_TOKEN = 1024;

/** Shows tokens until one is accepted. Throws `RpcError`, or the signal's reason. */
export async function signInByQr(caller: ListeningCaller, options: QrOptions): Promise<SignIn> {
  const { api_id, api_hash, onToken, now, signal } = options;
  const hints = new Hints(caller);
  try {
    let shown: string | undefined;
    for (let failures = 0; ; ) {
      const params = { api_id, api_hash, except_ids: [] };
      const heard = hints.count;
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
      await hints.next(heard, Math.min(Math.max(left, SHORTEST), LONGEST), signal);
    }
  } finally {
    hints.close();
  }
}

/** The other side: lets whoever shows this token sign in to this session's account. Throws `RpcError`: AUTH_TOKEN_EXPIRED and its kin. */
export async function acceptLogin(caller: Caller, token: Uint8Array): Promise<Device> {
  return deviceOf(await caller.call(current, 'auth.acceptLoginToken', { token }));
}

/** Follows a token that was accepted to the data centre of its account. Returns a refusal by which another token may do better. */
async function follow(caller: ListeningCaller, answer: LoginToken | RpcError, hops = 0): Promise<SignIn | RpcError> {
  if (answer instanceof RpcError) return refused(answer);
  if (answer._ === 'auth.loginTokenSuccess') return { kind: 'signedIn', user: userIn(answer.authorization) };
  if (answer._ === 'auth.loginToken') return malformed('a login token in answer to one that was accepted');
  const { dc_id: dc, token } = answer;
  if (!isDc(dc)) malformed(`the data centre of the account is ${dc}`);
  if (hops === MAX_HOPS) malformed('one data centre after the other sends the login on');
  checkToken(token);
  const there = await settle(caller.call(current, 'auth.importLoginToken', { token }, { dc, startsAnew: true }));
  if (there instanceof RpcError && /^AUTH_TOKEN_(EXPIRED|INVALIDX?)$/.test(there.type)) return there;
  return there instanceof RpcError ? { ...refused(there), dc } : follow(caller, there, hops + 1);
}

function checkToken(token: Uint8Array): Uint8Array {
  if (token.length < 1 || token.length > LONGEST_TOKEN) malformed(`a login token has ${token.length} bytes`);
  return token;
}

function refused(refusal: RpcError): { readonly kind: 'passwordNeeded' } {
  if (refusal.type === 'SESSION_PASSWORD_NEEDED') return { kind: 'passwordNeeded' };
  throw refusal;
}

/** What the server says unasked, counted, so that nothing that comes between two questions is missed. */
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

  /** Resolves when there are more than `heard`, or after so many milliseconds. Throws the signal's reason. */
  async next(heard: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.count > heard) return;
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#wake = wake;
    signal.addEventListener('abort', wake, { once: true });
    const timer = setTimeout(wake, milliseconds);
    await woken;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    signal.throwIfAborted();
  }
}
