/**
 * A second session of an account, with a key of its own (https://core.telegram.org/api/qr-login): a fresh key exports a
 * login token, and a session that is signed in accepts it. Both sessions live on.
 *
 * A token lives for half a minute, and any answer may be lost. So the fresh key asks again what became of its token,
 * and accepts another one only if it is not signed in yet.
 */
import { equal } from '../bytes.ts';
import { EXIT } from '../catalogue.ts';
import { RpcError, TgAuthError } from '../errors.ts';
import { type Caller, current, type ListeningCaller } from '../tl/layer.ts';
import { type Device, deviceOf, endDevice, logOut, whoAmI } from './account.ts';
import { checkToken, follow, type TokenEnd, Updates } from './qr.ts';
import { rpcResult } from './rpc-result.ts';
import { malformed } from './valid-answer.ts';

export interface CloneOptions {
  readonly api_id: number;
  readonly api_hash: string;
  /** An earlier call with this fresh key was interrupted, so the key may be signed in already. */
  readonly resumes?: boolean;
  /** Receives the device that the fresh key is from now on, which `endDevice` can sign out. */
  readonly onAccepted?: (device: Device) => void;
  readonly signal?: AbortSignal;
}

/** How often the fresh key asks. */
const MAX_TRIES = 6;
/** How long it waits for an update, before it asks again about an accepted token. */
const WAIT_MS = 1000;

/**
 * Signs `fresh`, a client with a new key, in to the account of `source`, which is signed in. If the account has a
 * password, `fresh` then needs `checkPassword`. Throws `RpcError`, or the signal's reason.
 */
export async function cloneSession(
  source: Caller,
  fresh: ListeningCaller,
  { api_id, api_hash, resumes = false, onAccepted, signal = new AbortController().signal }: CloneOptions,
): Promise<TokenEnd> {
  const updates = new Updates(fresh);
  const params = { api_id, api_hash, except_ids: [] };
  let accepted: Uint8Array | undefined;
  let refusal: RpcError | undefined;
  try {
    let end = resumes ? await stateOf(fresh) : undefined;
    for (let tries = 1; end === undefined; tries++) {
      if (tries > MAX_TRIES) throw refusal ?? malformed('an accepted login token signs nobody in');
      const seen = updates.count;
      const options = { startsAnew: true, repeatable: true };
      const answer = await rpcResult(fresh.call(current, 'auth.exportLoginToken', params, options));
      if (answer instanceof RpcError || answer._ !== 'auth.loginToken') {
        const next = await follow(fresh, answer);
        if (next instanceof RpcError) refusal = next;
        else end = next;
      } else if (accepted === undefined) {
        const done = await accept(source, checkToken(answer.token), onAccepted);
        if (done instanceof RpcError) refusal = done;
        else accepted = answer.token;
      } else if (equal(accepted, answer.token)) await updates.next(seen, WAIT_MS, signal);
      else {
        accepted = undefined;
        end = await stateOf(fresh);
      }
    }
    return end;
  } finally {
    updates.close();
  }
}

/** Accepts a token. Returns an error after which another token may work. */
async function accept(source: Caller, token: Uint8Array, onAccepted: CloneOptions['onAccepted']) {
  const answer = await rpcResult(source.call(current, 'auth.acceptLoginToken', { token }, { repeatable: true }));
  if (!(answer instanceof RpcError)) return onAccepted?.(deviceOf(answer));
  // Nobody else has seen this token, so the answer to our first call was lost.
  if (answer.type === 'AUTH_TOKEN_ALREADY_ACCEPTED') return undefined;
  if (/^AUTH_TOKEN_(EXPIRED|INVALIDX?)$/.test(answer.type)) return answer;
  throw answer;
}

/** How far a key that may be signed in is; `undefined` if it is not. */
async function stateOf(fresh: Caller): Promise<TokenEnd | undefined> {
  const answer = await attempt(whoAmI(fresh));
  if (!(answer instanceof TgAuthError)) return { kind: 'signedIn', user: answer };
  if (answer.type === 'SESSION_PASSWORD_NEEDED') return { kind: 'passwordNeeded' };
  if (answer.type === 'KEY_UNKNOWN' || answer.exit === EXIT.signedOut) return undefined;
  throw answer;
}

/**
 * Signs a clone out that failed. `hash`: that of its device, if known, which `source` can end too. Returns whether the
 * clone surely is not signed in.
 */
export async function endClone(source: Caller, fresh: Caller, hash?: bigint): Promise<boolean> {
  const own = attempt(logOut(fresh));
  const ended = hash === undefined ? false : await attempt(endDevice(source, hash));
  const out = await own;
  if (out === true || ended === true) return true;
  if (hash !== undefined) return ended instanceof RpcError && ended.type === 'HASH_INVALID';
  return out === false || (out instanceof TgAuthError && out.type === 'KEY_UNKNOWN');
}

/** The result of a step, or why it failed. */
async function attempt<T>(step: Promise<T>): Promise<T | TgAuthError> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof TgAuthError) return error;
    throw error;
  }
}
