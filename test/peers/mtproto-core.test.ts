/** @mtproto/core, which npm installs without a warning, as test:peers drives it. Its keys take it a second each. */
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
  const journeys = JOURNEYS.filter(({ name }) => name === 'code' || name === '2FA');
  for (const transport of library.transports) {
    const { outcomes, layer } = await drive(library, command, transport, folder(), journeys);
    assert.deepEqual(outcomes, { code: 'ok', '2FA': 'ok' });
    assert.equal(layer, 158);
  }
});
