/** The table of devices: what a device leaves out, or puts blanks around, leaves no gap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lied, says } from './liar.ts';

const DEVICE = {
  _: 'authorization',
  hash: 5n,
  device_model: ' Pixel  8 ',
  platform: '',
  system_version: '14',
  api_id: 1,
  app_name: 'Telegram',
  app_version: '',
  date_created: 1,
  date_active: 1,
  ip: '',
  country: '',
  region: '',
} as const;

test('empty fields of a device leave no doubled blanks', async () => {
  const answer = says('account.getAuthorizations', {
    _: 'account.authorizations',
    authorization_ttl_days: 180,
    authorizations: [DEVICE, { ...DEVICE, device_model: '' }],
  });
  const { said } = await lied('devices', answer);
  assert.match(said, /^5 {5}1970-01-01 00:00 {2}Telegram {2}Pixel 8, 14 {2}-$/m);
  assert.match(said, /^5 {5}1970-01-01 00:00 {2}Telegram {2}14 {11}-$/m);
  const accepted = await lied('devices accept tg://login?token=AAAA --yes', says('auth.acceptLoginToken', DEVICE));
  assert.match(accepted.said, /✔ Signed in: Pixel 8, Telegram\.$/m);
});
