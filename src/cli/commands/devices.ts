/** `devices`: where else the account is signed in; signing those out; letting one in that shows a QR code. */
import type { Device } from '../../auth/account.ts';
import { UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import type { Json } from '../tell/output.ts';

export const devicesList: Command = {
  name: 'devices list',
  byDefault: true,
  summary: 'List where the account is signed in',
  examples: ['tg-auth devices', "tg-auth devices --json | jq -r '.result[].hash'"],
  async run(ctx) {
    const { devices } = await journey(ctx, 'account.getAuthorizations');
    ctx.out.busy('Asking Telegram');
    const all = await devices(await ctx.client());
    return {
      text: table(all),
      json: { method: 'account.getAuthorizations', result: all.map(deviceJson) },
    };
  },
};

export const devicesTerminate: Command = {
  name: 'devices terminate',
  summary: 'Sign out another device, or all others',
  args: [{ name: '[hash]', help: 'of the device, as `devices list` prints it' }],
  options: [
    { name: '--others', help: 'all but this session' },
    { name: '--yes', help: 'do not ask' },
  ],
  examples: ['tg-auth devices terminate 1234567890123456789', 'tg-auth devices terminate --others --yes'],
  async run(ctx, input) {
    const others = input.has('others');
    const [text] = input.args;
    if (others === (text !== undefined))
      throw new UsageError('Give the hash of one device, or --others.', { next: 'See them:  tg-auth devices' });
    const hash = text === undefined ? 0n : parseDeviceHash(text);
    const what = others ? 'all other devices' : 'that device';
    const { endDevice, endOtherDevices } = await journey(ctx, 'account.resetAuthorization');
    if (!input.has('yes') && !(await ctx.confirm(`Sign out ${what}?`, '--yes')))
      return { text: 'false', no: true, json: { method: null, result: false } };
    const client = await ctx.client();
    ctx.out.busy(`Signing out ${what}`);
    const result = await (others ? endOtherDevices(client) : endDevice(client, hash));
    ctx.out.idle();
    if (result) ctx.out.success(`Signed out ${what}.`);
    const method = others ? 'auth.resetAuthorizations' : 'account.resetAuthorization';
    return { text: String(result), no: !result, json: { method, result } };
  },
};

export const devicesAccept: Command = {
  name: 'devices accept',
  summary: 'Let in the device that shows a QR code, by its tg://login link',
  args: [{ name: '<link>', help: 'tg://login?token=…, as the QR code says it' }],
  options: [{ name: '--yes', help: 'do not ask' }],
  examples: ["tg-auth devices accept 'tg://login?token=…' --yes"],
  async run(ctx, input) {
    const { acceptLogin } = await import('../../auth/qr.ts');
    const { loginToken } = await import('../../tl/login-link.ts');
    const token = loginToken(input.args[0] ?? '');
    if (token === undefined) throw new UsageError('That is no login link: it reads tg://login?token=…');
    await journey(ctx, 'auth.acceptLoginToken');
    ctx.out.warn('Whoever shows that code will be signed in to your account, with all of your messages.');
    if (!input.has('yes') && !(await ctx.confirm('Let that device in?', '--yes')))
      return { text: 'false', no: true, json: { method: null, result: false } };
    ctx.out.busy('Letting it in');
    const device = await acceptLogin(await ctx.client(), token);
    ctx.out.idle();
    ctx.out.success(`Let in: ${printable(device.device_model)}, ${printable(device.app_name)}.`);
    return { text: 'true', json: { method: 'auth.acceptLoginToken', result: true, device: deviceJson(device) } };
  },
};

/** The calls, once it is sure that somebody may be signed in. */
async function journey(ctx: Context, method: string) {
  const { requireKey } = await import('../tell/signed-in.ts');
  await requireKey(ctx, method);
  return import('../../auth/account.ts');
}

function parseDeviceHash(text: string): bigint {
  const hash = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (hash === 0n) throw new UsageError('Hash 0 is this session itself.', { next: 'To sign it out:  tg-auth logout' });
  if (hash !== undefined && BigInt.asIntN(64, hash) === hash) return hash;
  throw new UsageError('The hash of a device is a whole number.', { next: 'See them:  tg-auth devices' });
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

/** Characters of a cell: each is padded to the widest of its column. */
const WIDEST = 100;

function table(all: readonly Device[]): string {
  const rows = all.map((device) => [
    String(device.hash),
    device.current === true ? 'this session' : date(device.date_active),
    `${device.app_name} ${device.app_version}`,
    `${device.device_model}, ${device.platform} ${device.system_version}`.replace(/ +$/, ''),
    `${device.ip} ${device.country}`.trim(),
  ]);
  const cells = [['HASH', 'ACTIVE', 'APP', 'DEVICE', 'FROM'], ...rows].map((row) =>
    row.map((cell) => printable(cell, WIDEST)),
  );
  const widths = cells[0]?.map((_, i) => cells.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 0)) ?? [];
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}
