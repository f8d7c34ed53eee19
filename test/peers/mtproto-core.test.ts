/**
 * @mtproto/core, which npm installs without a warning, as test:peers drives it. It computes wrongly with numbers that
 * begin with a zero byte: the auth_key, and A and S of a password check. So the numbers are seeded.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from '../scripts/cli.ts';
import { drive } from './foreign/drive.ts';
import { DRIVERS } from './foreign/install.ts';
import { JOURNEYS } from './foreign/journeys.ts';
import { LIBRARIES } from './foreign/libraries.ts';
import { TIMEOUT } from './peer.ts';

test('@mtproto/core signs in with a code, and with a password', TIMEOUT, async () => {
  const library = LIBRARIES.find(({ name }) => name === '@mtproto/core');
  assert.ok(library);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const command = [process.execPath, `${DRIVERS}/mtproto-core.driver.mjs`, root];
  for (const transport of library.transports)
    for (const journey of JOURNEYS.filter(({ name }) => name === 'code' || name === '2FA')) {
      const options = { journeys: [journey], seed: 'a' };
      const { outcomes, failures, layer } = await drive(library, command, transport, folder(), options);
      assert.deepEqual([outcomes, failures, layer], [{ [journey.name]: 'ok' }, {}, 158]);
    }
});
