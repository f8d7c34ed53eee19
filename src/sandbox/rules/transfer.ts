/** Authorizations exported from one DC and imported on another (https://core.telegram.org/api/datacenter). */
import { toHex } from '../../bytes.ts';
import type { Authorization, Sender, World } from '../world.ts';
import { authorize, shareAuthorization } from './authorizations.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

export function exportAuthorization(world: World, sender: Sender, dc: number): { id: bigint; bytes: Uint8Array } {
  const authorization = authorize(world, sender);
  if (dc < 1 || dc > world.dcs || dc === sender.dc) throw new Refusal(400, 'DC_ID_INVALID');
  const bytes = world.random(32);
  remember(world.transfers, toHex(bytes), { authorization, dc });
  return { id: authorization.account.id, bytes };
}

export function importAuthorization(world: World, sender: Sender, id: bigint, bytes: Uint8Array): Authorization {
  const key = toHex(bytes);
  const transfer = world.transfers.get(key);
  world.transfers.delete(key);
  if (transfer?.dc !== sender.dc) throw new Refusal(400, 'AUTH_BYTES_INVALID');
  const { authorization } = transfer;
  if (authorization.account.id !== id) throw new Refusal(400, 'USER_ID_INVALID');
  shareAuthorization(world, sender, authorization.hash);
  return authorization;
}
