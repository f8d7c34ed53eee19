/**
 * Login tokens, shown as QR codes (https://core.telegram.org/api/qr-login). A token is made for an auth key, accepted
 * by a device of an account, and then good for one sign-in on the DC of that account.
 */
import { toHex } from '../../bytes.ts';
import { remember } from '../../mtproto/remember.ts';
import type { Account, Authorization, LoginToken, Sender, World } from '../world.ts';
import { accountOf, dcOf } from './accounts.ts';
import { authorizeChange, newAuthorization, newHash, startSignIn } from './authorizations.ts';
import { ownerOf } from './numbers.ts';
import { Refusal } from './refusal.ts';

/** The answer of auth.exportLoginToken. */
type ExportedToken =
  | { readonly kind: 'waiting'; readonly token: Uint8Array; readonly expiresMs: number }
  | { readonly kind: 'migrate'; readonly dc: number; readonly token: Uint8Array }
  | { readonly kind: 'signed in'; readonly authorization: Authorization };

const LIFETIME_MS = 30_000;
const LENGTH = 32;

/** Returns the current token of an auth key or a new one, or signs in with an accepted one. */
export function exportToken(sender: Sender, except: readonly bigint[]): ExportedToken {
  const current = [...sender.world.tokens.values()].find(
    (each) =>
      each.sender.auth_key_id === sender.auth_key_id &&
      each.sender.dc === sender.dc &&
      !each.used &&
      sender.world.clock.now() < each.expiresMs,
  );
  if (current?.accepted !== undefined) {
    const dc = dcOf(sender.world, current.accepted.account, sender.dc);
    if (dc !== sender.dc) return { kind: 'migrate', dc, token: current.token };
    return { kind: 'signed in', authorization: signInWith(sender, current) };
  }
  const { token, expiresMs } = current ?? issue(sender, except);
  return { kind: 'waiting', token, expiresMs };
}

/** Signs in with an accepted token, on the DC of its account. */
export function importToken(sender: Sender, token: Uint8Array): Authorization {
  const found = find(sender.world, token);
  if (found.used) throw new Refusal(400, 'AUTH_TOKEN_ALREADY_ACCEPTED');
  if (found.accepted === undefined || dcOf(sender.world, found.accepted.account, sender.dc) !== sender.dc)
    throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  return signInWith(sender, found);
}

/** Accepts a token as a signed-in device, but not its own. Returns the authorization that it will be. */
export function acceptToken(sender: Sender, token: Uint8Array): Authorization {
  const { account } = authorizeChange(sender);
  if (sender.world.tokens.get(toHex(token))?.sender.auth_key_id === sender.auth_key_id)
    throw new Refusal(400, 'AUTH_TOKEN_INVALIDX');
  return accept(sender.world, account, token);
}

/** Accepts a token as the phone of a number. */
export function scanToken(world: World, phone: string, token: Uint8Array): Authorization {
  const owner = ownerOf(phone);
  const account = owner && accountOf(world, owner);
  if (account === undefined) throw new Refusal(400, 'PHONE_NUMBER_UNOCCUPIED');
  return accept(world, account, token);
}

function accept(world: World, account: Account, token: Uint8Array): Authorization {
  const found = find(world, token);
  if (found.accepted !== undefined) throw new Refusal(400, 'AUTH_TOKEN_ALREADY_ACCEPTED');
  if (found.except.includes(account.id)) throw new Refusal(400, 'AUTH_TOKEN_EXCEPTION');
  found.accepted = { account, hash: newHash(world) };
  world.tokenAccepted(found.sender);
  return newAuthorization(world, found.accepted, found.sender.device);
}

function find(world: World, token: Uint8Array): LoginToken {
  const found = world.tokens.get(toHex(token));
  if (found === undefined) throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  if (world.clock.now() >= found.expiresMs) throw new Refusal(400, 'AUTH_TOKEN_EXPIRED');
  return found;
}

function signInWith(sender: Sender, token: LoginToken): Authorization {
  const { accepted } = token;
  if (accepted === undefined) throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  token.used = true;
  return startSignIn(sender, accepted.account, accepted.hash);
}

function issue(sender: Sender, except: readonly bigint[]): LoginToken {
  const token = sender.world.random(LENGTH);
  const issued = {
    token,
    sender,
    expiresMs: sender.world.clock.now() + LIFETIME_MS,
    except,
    accepted: undefined,
    used: false,
  };
  remember(sender.world.tokens, toHex(token), issued);
  sender.world.showToken(token, sender);
  return issued;
}
