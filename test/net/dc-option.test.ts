/** Which addresses of help.getConfig are of use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUsable } from '../../src/net/dc-option.ts';

const option = { _: 'dcOption', id: 2, ip_address: '127.0.0.1', port: 443 } as const;

test('an address for everybody is, with each transport', () => {
  for (const transport of ['intermediate', 'obfuscated', 'websocket', undefined] as const)
    assert.ok(isUsable(option, transport));
});

test('one that takes obfuscated streams alone is where such may be sent', () => {
  for (const transport of ['obfuscated', 'obfuscated-padded', 'websocket', undefined] as const)
    assert.ok(isUsable({ ...option, tcpo_only: true }, transport));
  for (const transport of ['abridged', 'intermediate', 'padded', 'full'] as const)
    assert.ok(!isUsable({ ...option, tcpo_only: true }, transport));
});

test('one for media or files, or with a secret, is not', () => {
  for (const more of [{ cdn: true }, { media_only: true }, { secret: new Uint8Array(16) }] as const)
    assert.ok(!isUsable({ ...option, ...more }, undefined));
});
