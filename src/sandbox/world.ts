/**
 * The rules of the sandbox: who may have a code sent, how it travels, whom its hash belongs to and how long it lives.
 *
 * Plain functions of a world (its state, its clock, its randomness) and of who asks. They know nothing of TL, layers or sockets; they
 * answer, or throw a `Refusal`. Nothing here is remembered for ever: codes expire, and the oldest give way.
 */
import { type Now, type Random, toHex } from '../bytes.ts';
import { homeOf, type Refused, type Request, SEED, type Subscriber, subscriber, type Way } from './numbers.ts';
import { Refusal } from './refusal.ts';
import { type Spoken, spoken } from './voice.ts';

export interface World {
  /** How many DCs there are; their ids are 1 … dcs. */
  readonly dcs: number;
  readonly now: Now;
  readonly random: Random;
  /** Hears what leaves for a phone, an inbox or an app. */
  readonly say: (spoken: Spoken) => void;
  /** By auth key and hash: a hash is good for the key that asked for it. */
  readonly issued: Map<string, Issued>;
  /** When what was refused for now will be granted, in ms; 0 once it was. */
  readonly waits: Map<string, number>;
}

export interface Asker {
  /** The DC that was asked. */
  readonly dc: number;
  readonly auth_key_id: bigint;
}

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
  tries: number;
}

const MOST_ISSUED = 1000;
const MOST_WAITS = 1000;

export function createWorld(options: Pick<World, 'dcs' | 'now' | 'random' | 'say'>): World {
  return { ...options, issued: new Map(), waits: new Map() };
}

/** Seconds until the next way is due; 0 if none was announced. */
export function timeoutOf({ subscriber, route, at }: Issued): number {
  return route[at + 1] === undefined ? 0 : subscriber.behaviour.timeout;
}

/** The code as the way last used brings it. */
export function wayOf({ route, at }: Issued): Way {
  return route[at] ?? 'app';
}

export function checkPhone(world: World, asker: Asker, phone_number: string): boolean {
  return admit(world, asker, 'start', phone_number).behaviour.unregistered !== true;
}

/** Issues a code and sends it the first way of its route that the client `knows`. */
export function sendCode(world: World, asker: Asker, phone_number: string, knows: (way: Way) => boolean): Issued {
  const owner = admit(world, asker, 'start', phone_number);
  const route = owner.behaviour.route.filter(knows);
  if (route.length === 0) throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
  const issued = issue(world, asker, owner, newHash(world, owner), route);
  send(world, issued);
  return issued;
}

/** Sends the code the next way of its route. */
export function resendCode(world: World, asker: Asker, phone_number: string, phone_code_hash: string): Issued {
  const issued = find(world, asker, 'resend', phone_number, phone_code_hash);
  if (issued.route[issued.at + 1] === undefined) throw new Refusal(406, 'SEND_CODE_UNAVAILABLE');
  checkTimeout(world, issued);
  const next = issued.subscriber.behaviour.freshHash === true ? renew(world, asker, issued) : issued;
  next.at++;
  send(world, next);
  return next;
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
  return world.issued.delete(keyOf(asker, phone_code_hash));
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

/** Who has this number, if they may be asked about it here and now. */
function admit(world: World, asker: Asker, request: Request, phone_number: string): Subscriber {
  const owner = subscriber(phone_number);
  if (owner === undefined) throw new Refusal(400, 'PHONE_NUMBER_INVALID');
  const home = homeOf(owner, world.dcs);
  if (home === 'nowhere') throw new Refusal(303, `PHONE_MIGRATE_${(asker.dc % Math.max(world.dcs, 2)) + 1}`);
  if (home !== 'anywhere' && home !== asker.dc) throw new Refusal(303, `PHONE_MIGRATE_${home}`);
  const { refusal, flood } = owner.behaviour;
  if (refusal !== undefined && applies(refusal, request)) refuse(world, asker, owner, refusal);
  if (flood !== undefined) checkFlood(world, `${owner.phone} ${request}`, flood);
  return owner;
}

function applies({ of }: Refused, request: Request): boolean {
  if (of === 'everything' || of === request) return true;
  if (of === 'any hash') return request !== 'start';
  return of === 'resend' && request === 'call';
}

function refuse(world: World, asker: Asker, { phone }: Subscriber, { code, text, once }: Refused): void {
  const key = `${phone} ${asker.auth_key_id} ${text}`;
  if (once === true && world.waits.has(key)) return;
  if (once === true) remember(world.waits, key, 0, MOST_WAITS);
  throw new Refusal(code, text);
}

function checkFlood(world: World, key: string, seconds: number): void {
  const until = world.waits.get(key) ?? 0;
  const now = world.now();
  if (until !== 0 && now >= until) return void world.waits.delete(key);
  if (until === 0) remember(world.waits, key, now + seconds * 1000, MOST_WAITS);
  throw floodWait(until === 0 ? seconds * 1000 : until - now);
}

function checkTimeout(world: World, issued: Issued): void {
  const left = issued.sent + timeoutOf(issued) * 1000 - world.now();
  if (issued.subscriber.behaviour.strict === true && left > 0) throw floodWait(left);
}

function floodWait(milliseconds: number): Refusal {
  return new Refusal(420, `FLOOD_WAIT_${Math.ceil(milliseconds / 1000)}`);
}

/** The code that a hash stands for, if it belongs to this number and this auth key and still lives. */
function find(world: World, asker: Asker, request: Request, phone_number: string, hash: string): Issued {
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
    digits: owner.digit === undefined ? randomDigits(world.random) : `${owner.digit}`.repeat(6),
    route,
    at: 0,
    sent,
    expires: sent + owner.behaviour.lifetime * 1000,
    tries: 0,
  };
  remember(world.issued, keyOf(asker, hash), issued, MOST_ISSUED);
  return issued;
}

/** Sends a code the way it is at. */
function send(world: World, issued: Issued): void {
  issued.sent = world.now();
  const words = spoken(issued.subscriber.phone, wayOf(issued), issued.digits);
  if (words !== undefined) world.say(words);
}

function renew(world: World, asker: Asker, issued: Issued): Issued {
  world.issued.delete(keyOf(asker, issued.phone_code_hash));
  const next = { ...issued, phone_code_hash: newHash(world, issued.subscriber) };
  remember(world.issued, keyOf(asker, next.phone_code_hash), next, MOST_ISSUED);
  return next;
}

function newHash(world: World, { phone }: Subscriber): string {
  return phone === SEED.phone ? SEED.phone_code_hash : toHex(world.random(9));
}

function randomDigits(random: Random): string {
  return Array.from(random(6), (byte) => byte % 10).join('');
}

function keyOf({ auth_key_id }: Asker, phone_code_hash: string): string {
  return `${auth_key_id} ${phone_code_hash}`;
}

/** Adds an entry; the oldest one goes when there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) return void map.delete(oldest);
}
