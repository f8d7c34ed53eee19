/**
 * Changes of the password and of the recovery e-mail (https://core.telegram.org/api/srp#setting-a-new-2fa-password). A
 * change with a new address is made once the code from the e-mail confirms it.
 */
import { equal } from '../../bytes.ts';
import { checkDhPublic } from '../../crypto/dh.ts';
import { SecurityError } from '../../errors.ts';
import type { Account, NewPassword, NewSettings, PendingEmail, Sender } from '../world.ts';
import { authorizePerson } from './authorizations.ts';
import { drawDigits } from './codes.ts';
import { hideEmail } from './delivery-text.ts';
import { type Proof, requireProof } from './passwords.ts';
import { Refusal } from './refusal.ts';
import { isEmail } from './sign-in.ts';

/** How long a code from an e-mail works. */
export const EMAIL_CODE_MS = 900_000;
/** In bytes: what a client adds to salt1 at least. */
const OWN_SALT = 32;
const MAX_HINT = 255;

/** Returns the account after a proof of its password. */
export function provenAccount(sender: Sender, proof: Proof | undefined): Account {
  const { account } = authorizePerson(sender);
  requireProof(sender, account, proof);
  return account;
}

/** Makes a change, or sends a code to the new address and throws EMAIL_UNCONFIRMED_X. */
export function updateSettings(sender: Sender, proof: Proof | undefined, settings: NewSettings): void {
  const account = provenAccount(sender, proof);
  checkSettings(sender, settings);
  const { email, password, passport } = settings;
  const isEmpty = password === undefined && email === undefined && passport === undefined;
  if (isEmpty || (account.password === undefined && !password)) throw new Refusal(400, 'NEW_SETTINGS_EMPTY');
  if (email === undefined || email === '' || email === account.recoveryEmail) {
    changeAccount(account, settings);
    return;
  }
  if (!isEmail(email)) throw new Refusal(400, 'EMAIL_INVALID');
  const code = account.owner === undefined ? '' : drawDigits(account.owner, sender.world.random);
  account.pendingEmail = sendCode(sender, account, { email, code, settings });
  throw new Refusal(400, `EMAIL_UNCONFIRMED_${code.length}`);
}

function sendCode(
  { world }: Sender,
  { owner }: Account,
  pending: Pick<PendingEmail, 'email' | 'code' | 'settings'>,
): PendingEmail {
  const { code } = pending;
  const text = `E-mail: "The code for your recovery e-mail is ${code}."`;
  if (owner !== undefined) world.deliver({ phone: owner.phone, delivery: 'email', code, text });
  return { ...pending, expiresMs: world.clock.now() + EMAIL_CODE_MS };
}

/** Throws unless a new password is made from what account.getPassword offered. */
export function checkSettings({ world, auth_key_id }: Sender, { password }: NewSettings): void {
  if (!password) return;
  const { kdf, hash, hint } = password;
  const sent = world.newPasswords.get(auth_key_id);
  const { salt1 = new Uint8Array() } = sent ?? {};
  const isLonger = kdf.salt1.length >= salt1.length + OWN_SALT && equal(kdf.salt1.subarray(0, salt1.length), salt1);
  if (sent === undefined || !isLonger || !equal(kdf.salt2, sent.salt2)) throw new Refusal(400, 'NEW_SALT_INVALID');
  if (!equal(kdf.p, sent.p) || kdf.g !== sent.g || !isVerifier(hash, kdf.p) || hint.length > MAX_HINT)
    throw new Refusal(400, 'NEW_SETTINGS_INVALID');
}

/** A verifier that is 0 or 1, for example, would let everyone in. */
function isVerifier(hash: NewPassword['hash'], p: Uint8Array): boolean {
  if (hash.length !== p.length) return false;
  try {
    checkDhPublic(hash, p);
    return true;
  } catch (error) {
    if (error instanceof SecurityError) return false;
    throw error;
  }
}

export function changeAccount(account: Account, { password, email, passport }: NewSettings): void {
  if (password === null) {
    account.recoveryEmail = undefined;
    account.resetMs = undefined;
  }
  if (password !== undefined) {
    const { kdf, hash, hint = '' } = password ?? {};
    account.password = kdf && hash && { kdf, hint, verifier: () => hash };
    account.passport = undefined; // nobody could decrypt it any more
  }
  account.passport = passport ?? account.passport;
  if (email !== undefined) account.recoveryEmail = email === '' ? undefined : email;
  if (password !== undefined || email !== undefined) account.pendingEmail = undefined;
}

// -- the address that waits for its code

export function confirmEmail(sender: Sender, code: string): void {
  const { account, pending } = pendingOf(sender);
  if (code === '') throw new Refusal(400, 'CODE_EMPTY');
  if (code !== pending.code) throw new Refusal(400, 'CODE_INVALID');
  changeAccount(account, pending.settings);
}

export function resendEmail(sender: Sender): void {
  const { account, pending } = pendingOf(sender);
  account.pendingEmail = sendCode(sender, account, pending);
}

export function cancelEmail(sender: Sender): void {
  pendingOf(sender).account.pendingEmail = undefined;
}

function pendingOf(sender: Sender): { readonly account: Account; readonly pending: PendingEmail } {
  const { account } = authorizePerson(sender);
  const pending = livePending(sender, account);
  if (pending === undefined) throw new Refusal(400, 'EMAIL_HASH_EXPIRED');
  return { account, pending };
}

function livePending({ world }: Sender, { pendingEmail }: Account): PendingEmail | undefined {
  return pendingEmail !== undefined && world.clock.now() < pendingEmail.expiresMs ? pendingEmail : undefined;
}

/** The address that waits, with most of it hidden. */
export function pendingPattern(sender: Sender, account: Account): string | undefined {
  const pending = livePending(sender, account);
  return pending && hideEmail(pending.email);
}
