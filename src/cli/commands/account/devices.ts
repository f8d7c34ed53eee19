/**
 * `devices`: lists where the account is signed in, signs devices out, confirms new ones, accepts one that shows a QR
 * code, and says after how many days an unused one is signed out.
 */
import {
  confirmDevice,
  type Device,
  devices,
  deviceTtl,
  endDevice,
  endOtherDevices,
  setDeviceTtl,
} from '../../../auth/account.ts';
import { acceptLogin } from '../../../auth/qr.ts';
import type { NextStep } from '../../../catalogue.ts';
import { UsageError } from '../../../errors.ts';
import { printable } from '../../../printable.ts';
import type { Caller } from '../../../tl/layer.ts';
import { loginToken } from '../../../tl/login-link.ts';
import { isWhole } from '../../../tl/ranges.ts';
import { DECLINED, type Input, type Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { requireKey } from '../../signed-in.ts';
import { deviceJson, HEAD, joined, nameOf, rowOf } from '../../tell/device.ts';
import { table } from '../../tell/table.ts';

export async function list(ctx: Context): Promise<Result> {
  const method = 'account.getAuthorizations';
  await requireKey(ctx, method);
  ctx.out.busy('Asking Telegram');
  const all = await devices(await ctx.client());
  ctx.out.idle();
  for (const [i, device] of all.entries()) if (device.unconfirmed === true) adviseOn(ctx, i + 1, device);
  return {
    text: table(all.map(rowOf), { head: HEAD, columns: ctx.out.columns }),
    json: { method, result: all.map(deviceJson) },
  };
}

/** Only another device can confirm this session. The steps name the hash: the number of the row can change. */
function adviseOn(ctx: Context, row: number, device: Device): void {
  ctx.out.warn(`Row ${row} is unconfirmed: ${nameOf(device)}.`);
  if (device.current === true) ctx.out.hint('Confirm it on another device of the account.');
  else {
    ctx.out.hint({ say: 'If you signed it in, confirm it', run: `tg-auth devices confirm ${device.hash}` });
    ctx.out.hint({ say: 'If not, sign it out', run: `tg-auth devices terminate ${device.hash}` });
  }
}

export async function terminate(ctx: Context, input: Input): Promise<Result> {
  const others = input.has('others');
  const [text] = input.args;
  if (others === (text !== undefined))
    throw new UsageError('Pass the row or the hash of one device, or --others.', { next: LIST });
  if (text !== undefined) return change(ctx, input, text, END);
  const method = 'auth.resetAuthorizations';
  await requireKey(ctx, method);
  if (!input.has('yes') && !(await ctx.confirm('Sign out all other devices?', '--yes'))) return DECLINED;
  ctx.out.busy('Signing out all other devices');
  const result = await endOtherDevices(await ctx.client());
  ctx.out.idle();
  if (result) ctx.out.success('Signed out all other devices.');
  return { text: String(result), no: !result, json: { method, result, device: null } };
}

export function confirm(ctx: Context, input: Input): Promise<Result> {
  return change(ctx, input, input.args[0] ?? '', CONFIRM);
}

/** What can be done to one device, in words. */
interface Change {
  readonly method: string;
  readonly verb: string;
  readonly doing: string;
  readonly done: string;
  /** What to say of this session, to which it cannot be done. */
  readonly own: { readonly why?: readonly string[]; readonly next?: NextStep };
  readonly act: (client: Caller, hash: bigint) => Promise<boolean>;
}

const END: Change = {
  method: 'account.resetAuthorization',
  verb: 'Sign out',
  doing: 'Signing out',
  done: 'Signed out',
  own: { next: { say: 'Sign it out', run: 'tg-auth logout' } },
  act: endDevice,
};

const CONFIRM: Change = {
  method: 'account.changeAuthorizationSettings',
  verb: 'Confirm',
  doing: 'Confirming',
  done: 'Confirmed',
  own: { why: ['Only another device of the account can confirm it.'] },
  act: confirmDevice,
};

/** Changes the device with this row or hash after a question that names it. */
async function change(ctx: Context, input: Input, text: string, what: Change): Promise<Result> {
  const { method, verb, doing, done, act } = what;
  const key = parseDevice(text);
  if (key === 0n) throw isThisSession('Hash 0', what);
  await requireKey(ctx, method);
  const client = await ctx.client();
  ctx.out.busy('Looking for the device');
  const device = find(await devices(client), key);
  if (device?.current === true) throw isThisSession(`Row ${key}`, what);
  // The server knows best which hashes exist.
  const name = device === undefined ? `the device ${key}` : nameOf(device);
  if (!input.has('yes')) {
    if (device !== undefined) ctx.facts.again = `tg-auth ${ctx.command} ${device.hash}`; // its row can change
    if (!(await ctx.confirm(`${verb} ${name}?`, '--yes'))) return DECLINED;
  }
  ctx.out.busy(doing);
  const result = await act(client, device?.hash ?? key);
  ctx.out.idle();
  if (result) ctx.out.success(`${done} ${name}.`);
  const json = device === undefined ? null : deviceJson(device);
  return { text: String(result), no: !result, json: { method, result, device: json } };
}

function isThisSession(name: string, { own }: Change): UsageError {
  return new UsageError(`${name} is this session.`, own);
}

/** Prints the days after which an unused device is signed out, or sets them. */
export async function ttl(ctx: Context, input: Input): Promise<Result> {
  const [text] = input.args;
  const days = text === undefined ? undefined : parseDays(text);
  const method = days === undefined ? 'account.getAuthorizations' : 'account.setAuthorizationTTL';
  await requireKey(ctx, method);
  ctx.out.busy('Asking Telegram');
  const client = await ctx.client();
  if (days === undefined) {
    const current = await deviceTtl(client);
    return { text: String(current), json: { method, result: current } };
  }
  const result = await setDeviceTtl(client, days);
  ctx.out.idle();
  if (result) ctx.out.success(`Telegram will sign a device out after ${counted(days, 'day')} without use.`);
  return { text: String(result), no: !result, json: { method, result, days } };
}

export async function accept(ctx: Context, input: Input): Promise<Result> {
  const method = 'auth.acceptLoginToken';
  const [link = ''] = input.args;
  const token = loginToken(link === '-' ? await ctx.line('link') : link);
  if (token === undefined) throw new UsageError('This is not a login link. A login link begins with tg://login?token=');
  await requireKey(ctx, method);
  ctx.out.warn('The device that shows this code will be signed in to your account and can read all your messages.');
  if (!input.has('yes') && !(await ctx.confirm('Sign that device in?', '--yes'))) return DECLINED;
  ctx.out.busy('Signing the device in');
  const device = await acceptLogin(await ctx.client(), token);
  ctx.out.idle();
  ctx.out.success(`Signed in: ${printable(joined(', ', device.device_model, device.app_name))}.`);
  return { text: 'true', json: { method, result: true, device: deviceJson(device) } };
}

const LIST = { say: 'See the devices', run: 'tg-auth devices' };

/** The most digits of a row. A hash has 64 random bits, and so nearly always more. */
const ROW_DIGITS = 4;

function parseDevice(text: string): bigint {
  const number = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (number !== undefined && BigInt.asIntN(64, number) === number) return number;
  throw new UsageError('The row or the hash of a device must be a whole number.', { next: LIST });
}

/** The device with this row or hash. Throws `UsageError` for a row that does not exist, or a number that is both. */
function find(all: readonly Device[], key: bigint): Device | undefined {
  const byHash = all.find(({ hash }) => hash === key);
  const isRow = key > 0n && String(key).length <= ROW_DIGITS;
  if (!isRow) return byHash;
  const byRow = all[Number(key) - 1];
  if (byRow !== undefined && byHash !== undefined && byRow !== byHash)
    throw new UsageError(`${key} is a row, and the hash of another device.`, {
      why: [`Row ${key}: ${nameOf(byRow)}.`, `Hash ${key}: ${nameOf(byHash)}. Use another app of the account for it.`],
    });
  const found = byRow ?? byHash;
  if (found !== undefined) return found;
  throw new UsageError(`There is no row ${key}: the account has ${counted(all.length, 'device')}.`, { next: LIST });
}

function parseDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (isWhole(days, 1, 366)) return days;
  throw new UsageError('The number of days must be a whole number from 1 to 366.');
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
