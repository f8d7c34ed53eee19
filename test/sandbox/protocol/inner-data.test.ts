/** Both forms in which clients encrypt p_q_inner_data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat } from '../../../src/bytes.ts';
import { sha1 } from '../../../src/crypto/hash.ts';
import { rsaPad } from '../../../src/crypto/rsa.ts';
import type { Deviation } from '../../../src/sandbox/protocol/deviations.ts';
import { openInnerData } from '../../../src/sandbox/protocol/inner-data.ts';
import { generateRsaKey } from '../../../src/sandbox/protocol/rsa-key.ts';
import { mtproto } from '../../../src/tl/layer.ts';
import { seeded, serverKey } from '../../pair.ts';
import { rsaRaw } from './inner-data.ts';

const random = seeded('inner data');
const FIELDS = {
  pq: random(8),
  p: random(4),
  q: random(4),
  nonce: random(16),
  server_nonce: random(16),
  new_nonce: random(32),
};
const INNER = [
  { _: 'p_q_inner_data', ...FIELDS },
  { _: 'p_q_inner_data_dc', ...FIELDS, dc: 2 },
  { _: 'p_q_inner_data_temp', ...FIELDS, expires_in: 60 },
  { _: 'p_q_inner_data_temp_dc', ...FIELDS, dc: 2, expires_in: 60 },
] as const;
const DATA = mtproto.encode(INNER[1]);

const oldForm = (data: Uint8Array, padding = random(235 - data.length)) =>
  concat(Uint8Array.of(0), sha1(data), data, padding);

const nothing = () => false;
const anything = () => true;
const refused = { name: 'SecurityError' };

test('both forms hold each kind of inner data, and only the old one has to be tolerated', () => {
  for (const inner of INNER) {
    const data = mtproto.encode(inner);
    assert.deepEqual(openInnerData(rsaPad(data, serverKey, random), serverKey, nothing), inner);
    const tolerated: Deviation[] = [];
    const tolerates = (deviation: Deviation) => tolerated.push(deviation) > 0;
    assert.deepEqual(openInnerData(rsaRaw(oldForm(data)), serverKey, tolerates), inner);
    assert.deepEqual(tolerated, ['rsa-padding']);
    assert.throws(() => openInnerData(rsaRaw(oldForm(data)), serverKey, nothing), /padded by RSA_PAD/);
  }
});

test('a number without its leading zeros is the same number', () => {
  let encrypted = rsaRaw(oldForm(DATA));
  while (encrypted[0] !== 0) encrypted = rsaRaw(oldForm(DATA));
  assert.deepEqual(openInnerData(encrypted.subarray(1), serverKey, anything), INNER[1]);
  const onlyPadding = (deviation: Deviation) => deviation === 'rsa-padding';
  assert.throws(() => openInnerData(encrypted.subarray(1), serverKey, onlyPadding), refused);
});

test('the old form is refused with another hash, another first byte or other data', () => {
  const opened = oldForm(DATA);
  for (const at of [0, 1, 20, 21, 60, 21 + DATA.length - 1]) {
    const changed = opened.map((byte, i) => (i === at ? byte ^ 1 : byte));
    assert.throws(() => openInnerData(rsaRaw(changed), serverKey, anything), refused, `byte ${at}`);
  }
  const other = mtproto.encode({ _: 'pong', msg_id: 4n, ping_id: 1n });
  assert.throws(() => openInnerData(rsaRaw(oldForm(other)), serverKey, anything), refused);
});

test('any changed byte is refused', () => {
  for (const encrypted of [rsaPad(DATA, serverKey, random), rsaRaw(oldForm(DATA))])
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = encrypted.map((byte, i) => (i === at ? byte ^ mask : byte));
        assert.throws(() => openInnerData(changed, serverKey, anything), refused);
      }),
      { numRuns: 40 },
    );
});

test('a number above the modulus or of another length is refused', () => {
  for (const bad of [serverKey.n, new Uint8Array(256).fill(255), new Uint8Array(257), new Uint8Array(0)])
    assert.throws(() => openInnerData(bad, serverKey, anything), refused);
});

test('data encrypted with another key is refused', () => {
  const other = generateRsaKey(seeded('other'));
  assert.throws(() => openInnerData(rsaPad(DATA, other, seeded('x')), serverKey, anything), refused);
});
