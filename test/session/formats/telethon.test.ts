/** The length and the first bytes of a Telethon string tell whether its address is IPv4 or IPv6. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSessionString, writeSessionString } from '../../../src/session/formats/index.ts';
import { seeded } from '../../pair.ts';

const auth_key = seeded('telethon')(256);
const written = (host: string) => writeSessionString('telethon', { dc: 2, auth_key, address: { host, port: 443 } });

for (const host of ['149.154.167.51', '127.0.0.1', '::1', '2001:67c:4e8:f002::a', '2a0a:f280::a', '3fff::1', 'fd00::1'])
  test(`the address ${host} comes back`, () => {
    const expected = { format: 'telethon', dc: 2, auth_key, address: { host, port: 443 } };
    assert.deepEqual(readSessionString(written(host)), expected);
  });

for (const host of ['100::1', '4000::1', 'fb00::1'])
  test(`an address like ${host}, which is unassigned, is damage`, () => {
    assert.throws(() => readSessionString(written(host)), /like one from Telethon, but it is 16 characters too long/);
  });

for (const host of ['2001:67c:4e8:f002::a', '2a0a:f280::a'])
  test(`a string with ${host} that was cut is too short for IPv6, not too long for IPv4`, () => {
    assert.throws(
      () => readSessionString(written(host).slice(0, -6)),
      /like one from Telethon, but it is \d characters too short/,
    );
  });
