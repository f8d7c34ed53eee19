/** `devices`: lists where the account is signed in, signs devices out, and accepts one that shows a QR code. */
import { type Device, devices, endDevice, endOtherDevices } from '../../../auth/account.ts';
import { acceptLogin } from '../../../auth/qr.ts';
import { UsageError } from '../../../errors.ts';
import type { Json } from '../../../printable.ts';
import { printable } from '../../../printable.ts';
import { loginToken } from '../../../tl/login-link.ts';
import { DECLINED, type Input, type Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { requireKey } from '../../signed-in.ts';
import { table } from '../../tell/table.ts';

export async function list(ctx: Context): Promise<Result> {
  const method = 'account.getAuthorizations';
  await requireKey(ctx, method);
  ctx.out.busy('Asking Telegram');
  const all = await devices(await ctx.client());
  return {
    text: table(all.map(rowOf), { head: HEAD, columns: ctx.out.columns }),
    json: { method, result: all.map(deviceJson) },
  };
}

export async function terminate(ctx: Context, input: Input): Promise<Result> {
  const others = input.has('others');
  const [text] = input.args;
  if (others === (text !== undefined))
    throw new UsageError('Pass the hash of one device, or --others.', { next: LIST });
  const hash = text === undefined ? 0n : parseDeviceHash(text);
  const what = others ? 'all other devices' : 'that device';
  await requireKey(ctx, 'account.resetAuthorization');
  if (!input.has('yes') && !(await ctx.confirm(`Sign out ${what}?`, '--yes'))) return DECLINED;
  const client = await ctx.client();
  ctx.out.busy(`Signing out ${what}`);
  const result = await (others ? endOtherDevices(client) : endDevice(client, hash));
  ctx.out.idle();
  if (result) ctx.out.success(`Signed out ${what}.`);
  const method = others ? 'auth.resetAuthorizations' : 'account.resetAuthorization';
  return { text: String(result), no: !result, json: { method, result } };
}

export async function accept(ctx: Context, input: Input): Promise<Result> {
  const method = 'auth.acceptLoginToken';
  const token = loginToken(input.args[0] ?? '');
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

function parseDeviceHash(text: string): bigint {
  const hash = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (hash === 0n)
    throw new UsageError('Hash 0 is this session.', { next: { say: 'Sign it out', run: 'tg-auth logout' } });
  if (hash !== undefined && BigInt.asIntN(64, hash) === hash) return hash;
  throw new UsageError('The hash of a device must be a whole number.', { next: LIST });
}

function deviceJson(device: Device): { readonly [key: string]: Json } {
  return {
    hash: String(device.hash),
    current: device.current === true,
    official: device.official_app === true,
    passwordPending: device.password_pending === true,
    device: device.device_model,
    platform: device.platform,
    system: device.system_version,
    apiId: device.api_id,
    app: device.app_name,
    appVersion: device.app_version,
    created: device.date_created,
    active: device.date_active,
    ip: device.ip,
    country: device.country,
    region: device.region,
  };
}

/** Joins the parts that are not empty. Devices name themselves, some with blanks around it. */
function joined(between: string, ...parts: readonly string[]): string {
  const words = parts.map((part) => part.trim().replace(/ {2,}/g, ' ')).filter((part) => part !== '');
  return words.length === 0 ? '-' : words.join(between);
}

/** Most characters of a cell. */
const WIDEST = 100;

const HEAD = ['HASH', 'ACTIVE', 'APP', 'DEVICE', 'FROM'];

function rowOf(device: Device): string[] {
  return [
    String(device.hash),
    device.current === true ? 'this session' : date(device.date_active),
    joined(' ', device.app_name, device.app_version),
    joined(', ', device.device_model, joined(' ', device.platform, device.system_version)),
    joined(' ', device.ip, device.country),
  ].map((cell) => printable(cell, WIDEST));
}

function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}
