/** The rules of codes: how they travel, whom their hash belongs to, how long they live and how often one may guess. */
import { type Random, toHex } from '../../bytes.ts';
import type { Asker, World } from '../world.ts';
import { isRegistered } from './accounts.ts';
import { spoken } from './delivery-text.ts';
import { admit, floodWait } from './number-rules.ts';
import { type Request, SEED, type Subscriber, subscriber, type Way } from './numbers.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

/** A code on its way, or arrived. */
export interface Issued {
  readonly phone_code_hash: string;
  readonly subscriber: Subscriber;
  /** The digits it is cut from. */
  readonly digits: string;
  /** The ways that this client can follow; `at` is the one last used. */
  readonly route: readonly Way[];
  at: number;
  /** When it last left, and when it is void, in ms. */
  sent: number;
  readonly expires: number;
  /** Wrong codes given so far. */
  wrong: number;
  /** The right code was given: the number, new here, may sign up. */
  confirmed: boolean;
  /** The address to be verified before a code is sent. */
  email: string | undefined;
}

/** Wrong codes that one may give; the next one finds the code void. */
const MOST_WRONG = 5;

/** Seconds until the next way is due; 0 if none was announced. */
export function timeoutOf({ subscriber, route, at }: Issued): number {
  return route[at + 1] === undefined ? 0 : subscriber.behaviour.timeout;
}

/** The code as the way last used brings it. */
export function wayOf({ route, at }: Issued): Way {
  return route[at] ?? 'app';
}

export function checkPhone(world: World, asker: Asker, phone_number: string): boolean {
  return isRegistered(world, admit(world, asker, 'start', phone_number));
}

/** Issues a code and sends it the first way of its route that the client `knows`. */
export function sendCode(world: World, asker: Asker, phone_number: string, knows: (way: Way) => boolean): Issued {
  const owner = admit(world, asker, 'start', phone_number);
  const route = owner.behaviour.route.filter(knows);
  if (route.length === 0) throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
  return send(world, issue(world, asker, owner, newHash(world, owner), route));
}

/** Sends the code the next way of its route. */
export function resendCode(world: World, asker: Asker, phone_number: string, phone_code_hash: string): Issued {
  const issued = find(world, asker, 'resend', phone_number, phone_code_hash);
  if (issued.route[issued.at + 1] === undefined) throw new Refusal(406, 'SEND_CODE_UNAVAILABLE');
  checkTimeout(world, issued);
  const next = issued.subscriber.behaviour.freshHash === true ? rename(world, asker, issued) : issued;
  next.at++;
  return send(world, next);
}

/** Places a voice call; false if this number is not one for calls. */
export function sendCall(world: World, asker: Asker, phone_number: string, phone_code_hash: string): boolean {
  return sendBy('call', 'call', world, asker, phone_number, phone_code_hash);
}

/** Sends an SMS; false if this number is not one for SMS. */
export function sendSms(world: World, asker: Asker, phone_number: string, phone_code_hash: string): boolean {
  return sendBy('sms', 'resend', world, asker, phone_number, phone_code_hash);
}

/** Voids a code. */
export function cancelCode(world: World, asker: Asker, phone_number: string, phone_code_hash: string): boolean {
  find(world, asker, 'cancel', phone_number, phone_code_hash);
  return voidCode(world, asker, phone_code_hash);
}

export function voidCode(world: World, asker: Asker, phone_code_hash: string): boolean {
  return world.issued.delete(keyOf(asker, phone_code_hash));
}

/** Voids a code and sends another, under another hash, by SMS. */
export function replaceCode(world: World, asker: Asker, issued: Issued): Issued {
  voidCode(world, asker, issued.phone_code_hash);
  const { subscriber } = issued;
  return send(world, issue(world, asker, subscriber, newHash(world, subscriber), ['sms', 'call']));
}

/** Counts a wrong code, and throws its refusal. */
export function refuseCode(world: World, asker: Asker, issued: Issued, text: string): never {
  issued.wrong++;
  if (issued.wrong >= MOST_WRONG) voidCode(world, asker, issued.phone_code_hash);
  throw new Refusal(400, text);
}

function sendBy(way: Way, kind: Request, world: World, asker: Asker, phone_number: string, hash: string): boolean {
  const issued = find(world, asker, kind, phone_number, hash);
  const at = issued.route.indexOf(way);
  if (at < 0) return false;
  checkTimeout(world, issued);
  issued.at = at;
  send(world, issued);
  return true;
}

function checkTimeout(world: World, issued: Issued): void {
  const left = issued.sent + timeoutOf(issued) * 1000 - world.now();
  if (issued.subscriber.behaviour.strict === true && left > 0) throw floodWait(left);
}

/** The code that a hash stands for, if it belongs to this number and this auth key and still lives. */
export function find(world: World, asker: Asker, request: Request, phone_number: string, hash: string): Issued {
  if (subscriber(phone_number) !== undefined && hash === '') throw new Refusal(400, 'PHONE_CODE_HASH_EMPTY');
  const owner = admit(world, asker, request, phone_number);
  const found = world.issued.get(keyOf(asker, hash));
  if (found !== undefined && found.subscriber.phone === owner.phone && world.now() < found.expires) return found;
  const always = owner.behaviour.anyHash === true || (owner.phone === SEED.phone && hash === SEED.phone_code_hash);
  if (!always) throw new Refusal(400, 'PHONE_CODE_EXPIRED');
  return issue(world, asker, owner, hash, owner.behaviour.route);
}

function issue(world: World, asker: Asker, owner: Subscriber, hash: string, route: readonly Way[]): Issued {
  const sent = world.now();
  const issued: Issued = {
    phone_code_hash: hash,
    subscriber: owner,
    digits: drawDigits(owner, world.random),
    route,
    at: 0,
    sent,
    expires: sent + owner.behaviour.lifetime * 1000,
    wrong: 0,
    confirmed: false,
    email: undefined,
  };
  remember(world.issued, keyOf(asker, hash), issued);
  return issued;
}

/** Sends a code the way it is at. */
function send(world: World, issued: Issued): Issued {
  issued.sent = world.now();
  const words = spoken(issued.subscriber.phone, wayOf(issued), issued.digits);
  if (words !== undefined) world.say(words);
  return issued;
}

function rename(world: World, asker: Asker, issued: Issued): Issued {
  voidCode(world, asker, issued.phone_code_hash);
  const next = { ...issued, phone_code_hash: newHash(world, issued.subscriber) };
  remember(world.issued, keyOf(asker, next.phone_code_hash), next);
  return next;
}

function newHash(world: World, { phone }: Subscriber): string {
  return phone === SEED.phone ? SEED.phone_code_hash : toHex(world.random(9));
}

/** Six digits: those of a test number are its X. */
export function drawDigits({ digit }: Subscriber, random: Random): string {
  return digit === undefined ? Array.from(random(6), (byte) => byte % 10).join('') : `${digit}`.repeat(6);
}

function keyOf({ auth_key_id }: Asker, phone_code_hash: string): string {
  return `${auth_key_id} ${phone_code_hash}`;
}
