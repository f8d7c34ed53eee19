/** Authorizations exported from one DC and imported on another (https://core.telegram.org/api/datacenter). */
import { toHex } from '../../bytes.ts';
import { remember } from '../../mtproto/remember.ts';
import type { Authorization, Sender } from '../world.ts';
import { authorize, shareAuthorization } from './authorizations.ts';
import { Refusal } from './refusal.ts';

export function exportAuthorization(sender: Sender, dc: number): { id: bigint; bytes: Uint8Array } {
  const authorization = authorize(sender);
  if (dc < 1 || dc > sender.world.dcs || dc === sender.dc) throw new Refusal(400, 'DC_ID_INVALID');
  const bytes = sender.world.random(32);
  remember(sender.world.transfers, toHex(bytes), { authorization, dc });
  return { id: authorization.account.id, bytes };
}

export function importAuthorization(sender: Sender, id: bigint, bytes: Uint8Array): Authorization {
  const key = toHex(bytes);
  const transfer = sender.world.transfers.get(key);
  sender.world.transfers.delete(key);
  if (transfer?.dc !== sender.dc) throw new Refusal(400, 'AUTH_BYTES_INVALID');
  const { authorization } = transfer;
  if (authorization.account.id !== id) throw new Refusal(400, 'USER_ID_INVALID');
  shareAuthorization(sender, authorization.hash);
  return authorization;
}
