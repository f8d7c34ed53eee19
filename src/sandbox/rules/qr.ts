/**
 * Login tokens, which are shown as QR codes (https://core.telegram.org/api/qr-login): made for an auth key, accepted by a device of an
 * account, and then good for one sign-in on the data centre of that account.
 */
import { toHex } from '../../bytes.ts';
import type { Asker, World } from '../world.ts';
import { type Account, accountOf, dcOf } from './accounts.ts';
import { type Authorization, authorizePerson, enter, newHash } from './authorizations.ts';
import { subscriber } from './numbers.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

export interface LoginToken {
  readonly token: Uint8Array;
  readonly asker: Asker;
  /** In ms. */
  readonly expires: number;
  /** Who let it in, and the authorization that it will be. */
  accepted: { readonly account: Account; readonly hash: bigint } | undefined;
}

/** What auth.exportLoginToken answers. */
export type Exported =
  | { readonly kind: 'waiting'; readonly token: Uint8Array; readonly expires: number }
  | { readonly kind: 'elsewhere'; readonly dc: number; readonly token: Uint8Array }
  | { readonly kind: 'in'; readonly authorization: Authorization };

const LIFETIME = 30_000;
const LENGTH = 32;

/** The token of an auth key, a new one if need be, or what has come of it. Throws SESSION_PASSWORD_NEEDED. */
export function exportToken(world: World, asker: Asker): Exported {
  const known = [...world.tokens.values()].find(
    (each) => each.asker.auth_key_id === asker.auth_key_id && each.asker.dc === asker.dc && isAlive(world, each),
  );
  if (known?.accepted !== undefined) {
    const dc = dcOf(world, known.accepted.account, asker.dc);
    if (dc !== asker.dc) return { kind: 'elsewhere', dc, token: known.token };
    return { kind: 'in', authorization: use(world, asker, known) };
  }
  const { token, expires } = known ?? issue(world, asker);
  return { kind: 'waiting', token, expires };
}

/** Signs in with a token that was accepted, on the data centre of its account. */
export function importToken(world: World, asker: Asker, token: Uint8Array): Authorization {
  const found = find(world, token);
  if (found.accepted === undefined) throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  if (dcOf(world, found.accepted.account, asker.dc) !== asker.dc) throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  return use(world, asker, found);
}

/** A signed-in device lets in whoever shows this token; returns the authorization that it will be. */
export function acceptToken(world: World, asker: Asker, token: Uint8Array): Authorization {
  return accept(world, authorizePerson(world, asker).account, token);
}

/** The same by the phone of a number. */
export function scanToken(world: World, phone: string, token: Uint8Array): Authorization {
  const owner = subscriber(phone);
  const account = owner === undefined ? undefined : accountOf(world, owner);
  if (account === undefined) throw new Refusal(400, 'PHONE_NUMBER_UNOCCUPIED');
  return accept(world, account, token);
}

function accept(world: World, account: Account, token: Uint8Array): Authorization {
  const found = find(world, token);
  if (found.accepted !== undefined) throw new Refusal(400, 'AUTH_TOKEN_ALREADY_ACCEPTED');
  found.accepted = { account, hash: newHash(world) };
  world.wake(found.asker);
  const now = world.now();
  return { ...found.accepted, device: found.asker.device, created: now, active: now, revoked: false };
}

function find(world: World, token: Uint8Array): LoginToken {
  const found = world.tokens.get(toHex(token));
  if (found === undefined) throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  if (!isAlive(world, found)) throw new Refusal(400, 'AUTH_TOKEN_EXPIRED');
  return found;
}

function use(world: World, asker: Asker, { token, accepted }: LoginToken): Authorization {
  world.tokens.delete(toHex(token));
  if (accepted === undefined) throw new Refusal(400, 'AUTH_TOKEN_INVALID');
  return enter(world, asker, accepted.account, accepted.hash);
}

function issue(world: World, asker: Asker): LoginToken {
  const token = world.random(LENGTH);
  const issued = { token, asker, expires: world.now() + LIFETIME, accepted: undefined };
  remember(world.tokens, toHex(token), issued);
  world.show(token, asker);
  return issued;
}

function isAlive(world: World, { expires }: LoginToken): boolean {
  return world.now() < expires;
}
