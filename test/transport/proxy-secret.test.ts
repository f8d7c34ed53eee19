import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, toHex, utf8 } from '../../src/bytes.ts';
import { parseProxySecret } from '../../src/transport/proxy-secret.ts';

const key = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i);
const HEX = toHex(key);

/** Every spelling of the bytes. */
function spellings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const padded = buffer.toString('base64');
  const url = buffer.toString('base64url');
  return [
    toHex(bytes),
    toHex(bytes).toUpperCase(),
    padded,
    padded.replace(/=+$/, ''),
    url,
    url.padEnd(padded.length, '='),
  ];
}

test('length and first byte tell the kinds apart, in hex and in base64', () => {
  for (const text of spellings(key)) assert.deepEqual(parseProxySecret(text), { kind: 'plain', key }, text);
  for (const text of spellings(concat(Uint8Array.of(0xdd), key)))
    assert.deepEqual(parseProxySecret(text), { kind: 'padded', key }, text);
  const domain = 'www.Example-1.com';
  for (const text of spellings(concat(Uint8Array.of(0xee), key, utf8(domain))))
    assert.deepEqual(parseProxySecret(text), { kind: 'tls', key, domain }, text);
});

test('a plain key may begin with the byte of another kind', () => {
  const other = concat(Uint8Array.of(0xee), key.subarray(1));
  assert.deepEqual(parseProxySecret(toHex(other)), { kind: 'plain', key: other });
});

test('base64 of only hex digits is not read as hex', () => {
  const text = 'abcdefabcdefabcdefabcA';
  assert.deepEqual(parseProxySecret(text), { kind: 'plain', key: new Uint8Array(Buffer.from(text, 'base64url')) });
});

test('any other text is refused', () => {
  const tls = (domain: string) => `ee${HEX}${Buffer.from(domain).toString('hex')}`;
  assert.ok(parseProxySecret(tls('a'.repeat(182))));
  for (const text of [
    '',
    HEX.slice(1),
    HEX.slice(2),
    `${HEX}00`,
    `dd${HEX}00`,
    `ee${HEX}`,
    `cc${HEX}`,
    tls('a'.repeat(183)),
    tls('exa mple'),
    tls('exämple.com'),
    tls('example.com\0'),
    `${HEX} `,
    `${HEX}=`,
    Buffer.from(key).toString('base64').replace('==', '==='),
    Buffer.from(key).toString('base64url').replace(/.$/, 'B'),
    'a'.repeat(21),
    'ee'.repeat(1 << 20),
  ])
    assert.equal(parseProxySecret(text), undefined, text.slice(0, 400));
});

test('a random text never throws', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.string({ unit: fc.constantFrom(...'ed019aF-_=') }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const secret = parseProxySecret(each);
      assert.ok(secret === undefined || secret.key.length === 16);
    }),
  );
});
