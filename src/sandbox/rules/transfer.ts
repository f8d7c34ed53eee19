/** An authorization carried from one data centre to another (https://core.telegram.org/api/datacenter). */
import { toHex } from '../../bytes.ts';
import type { Asker, World } from '../world.ts';
import { type Authorization, authorize, share } from './authorizations.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

export interface Transfer {
  readonly authorization: Authorization;
  /** The data centre that it is for. */
  readonly dc: number;
}

export function exportAuthorization(world: World, asker: Asker, dc: number): { id: bigint; bytes: Uint8Array } {
  const authorization = authorize(world, asker);
  if (dc < 1 || dc > world.dcs || dc === asker.dc) throw new Refusal(400, 'DC_ID_INVALID');
  const bytes = world.random(32);
  remember(world.transfers, toHex(bytes), { authorization, dc });
  return { id: authorization.account.id, bytes };
}

export function importAuthorization(world: World, asker: Asker, id: bigint, bytes: Uint8Array): Authorization {
  const key = toHex(bytes);
  const transfer = world.transfers.get(key);
  world.transfers.delete(key);
  if (transfer?.dc !== asker.dc) throw new Refusal(400, 'AUTH_BYTES_INVALID');
  if (transfer.authorization.account.id !== id) throw new Refusal(400, 'USER_ID_INVALID');
  share(world, asker, transfer.authorization);
  return transfer.authorization;
}
