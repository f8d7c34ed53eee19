/** MTKruto strings with one wrong field each, which are refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSessionString } from '../../../src/session/formats/index.ts';
import { Writer } from '../../../src/tl/writer.ts';
import { seeded } from '../../pair.ts';

const KEY = seeded('mtkruto')(256);
const GOOD = { dc: '2', auth_key: KEY, api_id: 7, bot: 0, id: 5n };

function text(changed: Partial<typeof GOOD>, parts = 5): string {
  const { dc, auth_key, api_id, bot, id } = { ...GOOD, ...changed };
  const writer = new Writer();
  writer.string(dc);
  writer.bytes(auth_key);
  if (parts > 2) writer.int(api_id);
  if (parts > 3) writer.raw(Uint8Array.of(bot));
  if (parts > 4) writer.long(id);
  const folded = Buffer.from([...writer.done()].flatMap((byte) => (byte === 0 ? [0, 1] : [byte])));
  return folded.toString('base64url');
}

test('a string is read with all its fields, and in its shorter forms', () => {
  const found = { format: 'mtkruto', dc: 2, test: false, auth_key: KEY };
  const user = { id: 5n, bot: false };
  assert.deepEqual(readSessionString(text({})), { ...found, api_id: 7, user });
  assert.deepEqual(readSessionString(text({ bot: 1 })), { ...found, api_id: 7, user: { id: 5n, bot: true } });
  assert.deepEqual(readSessionString(text({}, 3)), { ...found, api_id: 7 });
  assert.deepEqual(readSessionString(text({}, 2)), found);
  assert.deepEqual(readSessionString(text({ api_id: 0, id: 0n })), found);
  assert.deepEqual(readSessionString(text({ dc: '2-test' }, 2)), { ...found, test: true });
});

for (const [what, changed] of [
  ['a DC that is no number', { dc: '2x' }],
  ['a key that is a byte short', { auth_key: KEY.subarray(1) }],
  ['a key that is a byte long', { auth_key: seeded('mtkruto')(257) }],
  ['something between bot and person', { bot: 2 }],
  ['a negative user id', { id: -5n }],
] as const)
  test(`${what} is damage`, () => {
    for (const parts of 'dc' in changed || 'auth_key' in changed ? [2, 3, 5] : [5])
      assert.throws(() => readSessionString(text(changed, parts)), {
        name: 'UsageError',
        message: /looks like one from MTKruto, but it is damaged/,
      });
  });

test('a length between two layouts is cut off', () => {
  assert.throws(() => readSessionString(text({}, 4)), { name: 'UsageError', message: /MTKruto, but it is cut off/ });
});
