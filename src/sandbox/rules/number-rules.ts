/** What applies to every request about a number: its DC, its refusal and its flood limit. */

import { remember } from '../../mtproto/remember.ts';
import type { Clock } from '../clock.ts';
import type { Sender, World } from '../world.ts';
import { homeOf, type NumberOwner, type NumberRefusal, ownerOf, type RequestKind } from './numbers.ts';
import { Refusal } from './refusal.ts';

/** Returns the owner of a number. Throws if the number refuses such a request on this DC. */
export function checkNumber(sender: Sender, request: RequestKind, phone_number: string): NumberOwner {
  const owner = ownerOf(phone_number);
  if (owner === undefined) throw new Refusal(400, 'PHONE_NUMBER_INVALID');
  const home = homeOf(owner, sender.world.dcs);
  if (home === 'nowhere') throw new Refusal(303, `PHONE_MIGRATE_${(sender.dc % Math.max(sender.world.dcs, 2)) + 1}`);
  if (home !== 'anywhere' && home !== sender.dc) throw new Refusal(303, `PHONE_MIGRATE_${home}`);
  checkRefusal(sender, request, owner);
  const { flood } = owner.behaviour;
  if (flood !== undefined) checkFlood(sender.world, `${owner.phone} ${request}`, flood);
  return owner;
}

/** Throws the number's refusal if it applies to this request. */
export function checkRefusal(
  { world, auth_key_id }: Sender,
  request: RequestKind,
  { phone, behaviour: { refusal } }: NumberOwner,
): void {
  if (refusal === undefined || !applies(refusal, request)) return;
  if (refusal.once === true && !isFirst(world, `${phone} ${auth_key_id} ${refusal.text}`)) return;
  const [, seconds] = /^FLOOD_WAIT_(\d+)$/.exec(refusal.text) ?? [];
  if (seconds === undefined) throw new Refusal(refusal.code, refusal.text);
  checkFlood(world, `${phone} ${request}`, Number(seconds));
}

/** Returns true the first time that it is called with this key. */
export function isFirst({ waits }: World, key: string): boolean {
  if (waits.has(key)) return false;
  remember(waits, key, 0);
  return true;
}

/** The requests that have a phone_code_hash. */
const HASHED: ReadonlySet<RequestKind> = new Set(['resend', 'call', 'cancel', 'sign in']);

function applies({ of }: NumberRefusal, request: RequestKind): boolean {
  if (of === 'everything' || of === request) return true;
  if (of === 'any hash') return HASHED.has(request);
  return of === 'resend' && request === 'call';
}

function checkFlood({ waits, clock }: World, key: string, seconds: number): void {
  const now = clock.now();
  const until = waits.get(key) ?? now + seconds * 1000;
  if (now >= until) return void waits.delete(key);
  if (!waits.has(key)) remember(waits, key, until);
  throw floodWait(clock, until - now);
}

export function floodWait(clock: Clock, leftMs: number): Refusal {
  return new Refusal(420, `FLOOD_WAIT_${clock.seconds(leftMs)}`);
}
