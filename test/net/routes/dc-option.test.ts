/** Which addresses of help.getConfig are usable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesIn, isUsable } from '../../../src/net/routes/dc-option.ts';

const option = { _: 'dcOption', id: 2, ip_address: '127.0.0.1', port: 443 } as const;

test('a plain address is usable with each transport', () => {
  for (const transport of ['intermediate', 'obfuscated', 'websocket', undefined] as const)
    assert.ok(isUsable(option, transport));
});

test('an address for obfuscated streams is usable with obfuscated transports only', () => {
  for (const transport of ['obfuscated', 'obfuscated-padded', 'websocket', undefined] as const)
    assert.ok(isUsable({ ...option, tcpo_only: true }, transport));
  for (const transport of ['abridged', 'intermediate', 'padded', 'full'] as const)
    assert.ok(!isUsable({ ...option, tcpo_only: true }, transport));
});

test('an address for media or files, or with a secret, is not usable', () => {
  for (const more of [{ cdn: true }, { media_only: true }, { secret: new Uint8Array(16) }] as const)
    assert.ok(!isUsable({ ...option, ...more }, undefined));
});

test('an address with an impossible id, host or port is not usable', () => {
  for (const id of [-(2 ** 31), -1, 0, 1000, 2 ** 31 - 1]) assert.ok(!isUsable({ ...option, id }, undefined), `${id}`);
  for (const port of [-(2 ** 31), -1, 0, 65_536, 70_000])
    assert.ok(!isUsable({ ...option, port }, undefined), `${port}`);
  for (const ip_address of ['', ' ', '127.0.0.1 ', 'a/b', 'a@b', '\u001b[2J', '1'.repeat(101)])
    assert.ok(!isUsable({ ...option, ip_address }, undefined), ip_address);
});

test('addresses are grouped by data centre, each once, without unusable ones', () => {
  const options = [option, { ...option, id: 3, port: 80 }, option, { ...option, port: 80 }, { ...option, port: 0 }];
  assert.deepEqual(addressesIn(options, undefined), {
    2: [
      { host: '127.0.0.1', port: 443 },
      { host: '127.0.0.1', port: 80 },
    ],
    3: [{ host: '127.0.0.1', port: 80 }],
  });
});

test('of too many data centres and addresses, the first ones are kept', () => {
  const ports = Array.from({ length: 20_000 }, (_, i) => ({ ...option, port: 1 + i }));
  assert.equal(addressesIn(ports, undefined)[2]?.length, 10);
  const ids = ports.map((each, i) => ({ ...each, id: 1 + (i % 900) }));
  const found = Object.entries(addressesIn(ids, undefined));
  assert.equal(found.length, 30);
  assert.ok(found.every(([, addresses]) => addresses.length === 10));
});
