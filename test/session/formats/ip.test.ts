import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrivate } from '../../../src/session/formats/ip.ts';

test('hosts of this machine and of private networks, in every spelling', () => {
  for (const host of [
    ...['127.0.0.1', '127.255.0.9', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '127.0.0.1.', '0.0.0.0', '0'],
    ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'],
    ...['100.64.0.1', '100.127.255.255', '::1', '::', '0:0:0:0:0:0:0:1', 'fc00::1', 'fdff::1', 'fe80::1', 'FEBF::1'],
    ...['fec0::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.0.0.1', '::192.168.0.1', '::ffff:0:10.0.0.1'],
    ...[
      '64:ff9b::127.0.0.1',
      'localhost',
      'LOCALHOST.',
      'a.localhost',
      'localhost.localdomain',
      'sandbox',
      'nas.local',
    ],
  ])
    assert.equal(isPrivate(host), true, host);
});

test('hosts of the internet', () => {
  for (const host of [
    ...['149.154.167.51', '95.161.76.100', '9.255.255.255', '11.0.0.0', '100.63.0.1', '100.128.0.1', '172.15.0.1'],
    ...['172.32.0.1', '169.253.0.1', '192.167.0.1', '192.169.0.1', '126.0.0.1', '128.0.0.1', '203.0.113.5'],
    ...[
      '2001:67c:4e8:f002::a',
      'fbff::1',
      'ff02::1',
      '::ffff:149.154.167.51',
      'venus.web.telegram.org',
      'localhost.org',
    ],
  ])
    assert.equal(isPrivate(host), false, host);
});
