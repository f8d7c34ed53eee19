/** Who may ask what about a number, and where: the first question of every rule that has to do with one. */

import type { Asker, World } from '../world.ts';
import { homeOf, type Refused, type Request, type Subscriber, subscriber } from './numbers.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

/** Who has this number, if they may be asked about it here and now. */
export function admit(world: World, asker: Asker, request: Request, phone_number: string): Subscriber {
  const owner = subscriber(phone_number);
  if (owner === undefined) throw new Refusal(400, 'PHONE_NUMBER_INVALID');
  const home = homeOf(owner, world.dcs);
  if (home === 'nowhere') throw new Refusal(303, `PHONE_MIGRATE_${(asker.dc % Math.max(world.dcs, 2)) + 1}`);
  if (home !== 'anywhere' && home !== asker.dc) throw new Refusal(303, `PHONE_MIGRATE_${home}`);
  checkRefusal(world, asker, request, owner);
  const { flood } = owner.behaviour;
  if (flood !== undefined) checkFlood(world, `${owner.phone} ${request}`, flood);
  return owner;
}

/** Throws what this number answers to such a request, if it is one that refuses it. */
export function checkRefusal(world: World, asker: Asker, request: Request, { phone, behaviour }: Subscriber): void {
  const { refusal } = behaviour;
  if (refusal === undefined || !applies(refusal, request)) return;
  const key = `${phone} ${asker.auth_key_id} ${refusal.text}`;
  if (refusal.once === true && world.waits.has(key)) return;
  if (refusal.once === true) remember(world.waits, key, 0);
  throw new Refusal(refusal.code, refusal.text);
}

/** The requests that come with a phone_code_hash. */
const HASHED: ReadonlySet<Request> = new Set(['resend', 'call', 'cancel', 'sign in']);

function applies({ of }: Refused, request: Request): boolean {
  if (of === 'everything' || of === request) return true;
  if (of === 'any hash') return HASHED.has(request);
  return of === 'resend' && request === 'call';
}

function checkFlood(world: World, key: string, seconds: number): void {
  const until = world.waits.get(key) ?? 0;
  const now = world.now();
  if (until !== 0 && now >= until) return void world.waits.delete(key);
  if (until === 0) remember(world.waits, key, now + seconds * 1000);
  throw floodWait(until === 0 ? seconds * 1000 : until - now);
}

export function floodWait(milliseconds: number): Refusal {
  return new Refusal(420, `FLOOD_WAIT_${Math.ceil(milliseconds / 1000)}`);
}
