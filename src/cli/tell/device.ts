/** A signed-in device as a row of a table, in a sentence, and as JSON. */
import type { Device } from '../../auth/account.ts';
import { type Json, printable } from '../../printable.ts';

export function deviceJson(device: Device): { readonly [key: string]: Json } {
  return {
    hash: String(device.hash),
    current: device.current === true,
    official: device.official_app === true,
    passwordPending: device.password_pending === true,
    unconfirmed: device.unconfirmed === true,
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
export function joined(between: string, ...parts: readonly string[]): string {
  const words = parts.map((part) => part.trim().replace(/ {2,}/g, ' ')).filter((part) => !/^-?$/.test(part));
  return words.length === 0 ? '-' : words.join(between);
}

/** Most characters of a cell. */
const WIDEST = 100;

export const HEAD = ['ROW', 'HASH', 'ACTIVE', 'APP', 'DEVICE', 'FROM'];

export function rowOf(device: Device, index: number): string[] {
  const active = device.current === true ? 'this session' : date(device.date_active);
  return [
    String(index + 1),
    String(device.hash),
    device.unconfirmed === true ? `${active}, unconfirmed` : active,
    joined(' ', device.app_name, device.app_version),
    joined(', ', device.device_model, joined(' ', device.platform, device.system_version)),
    joined(' ', device.ip, device.country),
  ].map((cell) => printable(cell, WIDEST));
}

export function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

/** One device in a sentence: what it is, where it was, and when. */
export function nameOf(device: Device): string {
  const what = joined(', ', device.device_model, joined(' ', device.app_name, device.app_version));
  const seen = joined(', ', joined(' ', device.ip, device.country), `active ${date(device.date_active)}`);
  return printable(`${what} (${seen})`, 3 * WIDEST);
}
