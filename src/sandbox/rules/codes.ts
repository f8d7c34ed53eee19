/** Login codes: their delivery, their hashes, their expiry and the limit on wrong codes. */
import { type Random, toHex } from '../../bytes.ts';
import { remember } from '../../mtproto/remember.ts';
import type { IssuedCode, Sender, World } from '../world.ts';
import { isRegistered } from './accounts.ts';
import { delivery } from './delivery-text.ts';
import { checkNumber, floodWait } from './number-rules.ts';
import { type DeliveryMethod, type NumberOwner, ownerOf, type RequestKind, SEED } from './numbers.ts';
import { Refusal } from './refusal.ts';

/** Identifies a code in a request. */
export interface CodeKey {
  readonly phone_number: string;
  readonly phone_code_hash: string;
}

/** After this many wrong codes, a code is void. */
const MAX_WRONG = 5;

/** Real seconds until the next delivery method is available; 0 if none was announced. */
export function timeoutOf({ timeout, methods, at }: IssuedCode): number {
  return methods[at + 1] === undefined ? 0 : timeout;
}

/** The delivery method used last. */
export function methodOf({ methods, at }: IssuedCode): DeliveryMethod {
  return methods[at] ?? 'app';
}

export function checkPhone(sender: Sender, phone_number: string): boolean {
  return isRegistered(sender.world, checkNumber(sender, 'start', phone_number));
}

/** Sends a code by the number's first delivery method that the client supports. */
export function sendCode(
  sender: Sender,
  phone_number: string,
  isSupported: (method: DeliveryMethod) => boolean,
): IssuedCode {
  const owner = checkNumber(sender, 'start', phone_number);
  const methods = owner.behaviour.methods.filter(isSupported);
  if (methods.length === 0) throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
  return send(sender.world, issue(sender, owner, newHash(sender.world, owner), methods));
}

/** Sends a code by the next delivery method. */
export function resendCode(sender: Sender, code: CodeKey): IssuedCode {
  const issued = findCode(sender, 'resend', code);
  if (issued.methods[issued.at + 1] === undefined) throw new Refusal(406, 'SEND_CODE_UNAVAILABLE');
  checkTimeout(sender.world, issued);
  const next = issued.owner.behaviour.freshHash === true ? renew(sender, issued) : issued;
  next.at++;
  return send(sender.world, next);
}

/** Places a voice call. Returns false if this number has no voice calls. */
export function sendCall(sender: Sender, code: CodeKey): boolean {
  return sendBy('call', sender.world, findCode(sender, 'call', code));
}

/** Sends an SMS. Returns false if this number has no SMS. */
export function sendSms(sender: Sender, code: CodeKey): boolean {
  return sendBy('sms', sender.world, findCode(sender, 'resend', code));
}

export function cancelCode(sender: Sender, code: CodeKey): boolean {
  findCode(sender, 'cancel', code);
  return voidCode(sender, code.phone_code_hash);
}

export function voidCode(sender: Sender, phone_code_hash: string): boolean {
  return sender.world.codes.delete(keyOf(sender, phone_code_hash));
}

/** Voids a code and sends another with a new hash, by SMS. */
export function replaceCode(sender: Sender, { owner, phone_code_hash }: IssuedCode): IssuedCode {
  voidCode(sender, phone_code_hash);
  return send(sender.world, issue(sender, owner, newHash(sender.world, owner), ['sms', 'call']));
}

/** Counts a wrong code and throws its refusal. */
export function refuseCode(sender: Sender, issued: IssuedCode, text: string): never {
  issued.wrongCodes++;
  if (issued.wrongCodes >= MAX_WRONG) voidCode(sender, issued.phone_code_hash);
  throw new Refusal(400, text);
}

function sendBy(method: DeliveryMethod, world: World, issued: IssuedCode): boolean {
  const at = issued.methods.indexOf(method);
  if (at < 0) return false;
  checkTimeout(world, issued);
  issued.at = at;
  send(world, issued);
  return true;
}

function checkTimeout({ clock }: World, issued: IssuedCode): void {
  const { strict, timeout } = issued.owner.behaviour;
  const leftMs = issued.sentMs + timeout * 1000 - clock.now();
  if (strict === true && timeoutOf(issued) > 0 && leftMs > 0) throw floodWait(clock, leftMs);
}

/** Returns the code with this hash. Throws unless it belongs to this number and this auth key and has not expired. */
export function findCode(
  sender: Sender,
  kind: RequestKind,
  { phone_number, phone_code_hash: hash }: CodeKey,
): IssuedCode {
  if (ownerOf(phone_number) !== undefined && hash === '') throw new Refusal(400, 'PHONE_CODE_HASH_EMPTY');
  const owner = checkNumber(sender, kind, phone_number);
  const found = sender.world.codes.get(keyOf(sender, hash));
  if (found !== undefined && found.owner.phone === owner.phone && sender.world.clock.now() < found.expiresMs)
    return found;
  const isValid = owner.behaviour.anyHash === true || (owner.phone === SEED.phone && hash === SEED.phone_code_hash);
  if (!isValid) throw new Refusal(400, 'PHONE_CODE_EXPIRED');
  return issue(sender, owner, hash, owner.behaviour.methods);
}

function issue(
  sender: Sender,
  owner: NumberOwner,
  phone_code_hash: string,
  methods: readonly DeliveryMethod[],
): IssuedCode {
  const { clock, random } = sender.world;
  const sentMs = clock.now();
  const issued: IssuedCode = {
    phone_code_hash,
    owner,
    digits: drawDigits(owner, random),
    methods,
    at: 0,
    sentMs,
    timeout: clock.seconds(owner.behaviour.timeout * 1000),
    expiresMs: sentMs + owner.behaviour.lifetime * 1000,
    wrongCodes: 0,
    confirmed: false,
    email: undefined,
  };
  remember(sender.world.codes, keyOf(sender, phone_code_hash), issued);
  return issued;
}

function send(world: World, issued: IssuedCode): IssuedCode {
  issued.sentMs = world.clock.now();
  deliverCode(world, issued, methodOf(issued));
  return issued;
}

export function deliverCode(world: World, { owner, digits }: IssuedCode, method: DeliveryMethod): void {
  const delivered = delivery(owner.phone, method, digits);
  if (delivered !== undefined) world.deliver(delivered);
}

function renew(sender: Sender, issued: IssuedCode): IssuedCode {
  voidCode(sender, issued.phone_code_hash);
  const next = { ...issued, phone_code_hash: newHash(sender.world, issued.owner) };
  remember(sender.world.codes, keyOf(sender, next.phone_code_hash), next);
  return next;
}

function newHash(world: World, { phone }: NumberOwner): string {
  return phone === SEED.phone ? SEED.phone_code_hash : toHex(world.random(9));
}

/** Draws six digits; those of a test number are all X. */
export function drawDigits({ digit }: NumberOwner, random: Random): string {
  return digit === undefined ? Array.from(random(6), (byte) => byte % 10).join('') : `${digit}`.repeat(6);
}

function keyOf({ auth_key_id }: Sender, phone_code_hash: string): string {
  return `${auth_key_id} ${phone_code_hash}`;
}
