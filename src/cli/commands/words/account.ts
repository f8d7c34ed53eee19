/** The words of the commands on the account that is signed in. */
import type { Command, Option } from '../../command.ts';

const YES: Option = { flags: '--yes', help: 'do not ask for confirmation' };
const DEVICE = 'row or hash of the device, as `devices list` prints them';

export const ACCOUNT: readonly Command[] = [
  {
    name: 'whoami',
    summary: 'Print the id, name and phone number of the signed-in account',
    options: [{ flags: '--check', help: 'also say whether Telegram has limited or frozen the account' }],
    notes: async () => (await import('../account/whoami.ts')).NOTES,
    examples: [
      'tg-auth whoami',
      'tg-auth whoami | cut -f1',
      'tg-auth whoami --check | cut -f4',
      'tg-auth whoami --session work --json',
    ],
    readOnly: true,
    load: () => import('../account/whoami.ts'),
  },
  {
    name: 'logout',
    summary: 'Sign out and delete the session',
    examples: ['tg-auth logout', 'tg-auth logout --session work'],
    load: () => import('../account/logout.ts'),
  },
  {
    name: 'devices list',
    byDefault: true,
    summary: 'List the devices that are signed in to the account',
    examples: ['tg-auth devices', "tg-auth devices --json | jq -r '.result[].hash'"],
    readOnly: true,
    load: async () => ({ run: (await import('../account/devices.ts')).list }),
  },
  {
    name: 'devices terminate',
    summary: 'Sign out another device, or all others',
    args: [{ name: '[device]', help: DEVICE }],
    options: [{ flags: '--others', help: 'all devices except this session' }, YES],
    examples: [
      'tg-auth devices terminate 2',
      'tg-auth devices terminate 1234567890123456789 --yes',
      'tg-auth devices terminate --others --yes',
    ],
    readOnly: true,
    load: async () => ({ run: (await import('../account/devices.ts')).terminate }),
  },
  {
    name: 'devices confirm',
    summary: 'Confirm that a new device is yours',
    args: [{ name: '<device>', help: DEVICE }],
    options: [YES],
    examples: ['tg-auth devices confirm 2', 'tg-auth devices confirm 1234567890123456789 --yes'],
    readOnly: true,
    load: async () => ({ run: (await import('../account/devices.ts')).confirm }),
  },
  {
    name: 'devices ttl',
    summary: 'Print or set the days after which an unused device is signed out',
    args: [{ name: '[days]', help: '1 to 366' }],
    examples: ['tg-auth devices ttl', 'tg-auth devices ttl 90'],
    readOnly: true,
    load: async () => ({ run: (await import('../account/devices.ts')).ttl }),
  },
  {
    name: 'devices accept',
    summary: 'Sign in the device that shows a QR code',
    args: [{ name: '<link>', help: 'the link in the QR code: tg://login?token=…' }],
    options: [YES],
    examples: ["tg-auth devices accept 'tg://login?token=…' --yes"],
    readOnly: true,
    load: async () => ({ run: (await import('../account/devices.ts')).accept }),
  },
];
