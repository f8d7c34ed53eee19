/** The hellos, field by field: a single difference from a browser reveals fake TLS. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../src/bytes.ts';
import { readClientHello, serverHello } from '../../src/sandbox/protocol/fake-tls-server.ts';
import { clientHello } from '../../src/transport/tls-hello.ts';
import { seeded } from '../pair.ts';

/** Parses a hello; random fields become their length. */
function parse(hello: Uint8Array, isClient: boolean) {
  let at = 0;
  const take = (length: number) => {
    assert.ok(at + length <= hello.length, 'the hello has what its lengths say');
    at += length;
    return toHex(hello.subarray(at - length, at));
  };
  const vector = (size: number) => take(Number.parseInt(take(size), 16));
  const head = [take(3), Number.parseInt(take(2), 16), take(1), Number.parseInt(take(3), 16), take(2)];
  const random = take(32);
  const session_id = vector(1);
  const ciphers = isClient ? vector(2) : take(2);
  const compression = isClient ? vector(1) : take(1);
  const end = at + 2 + Number.parseInt(toHex(hello.subarray(at, at + 2)), 16);
  take(2);
  const extensions: [type: string, content: string][] = [];
  while (at < end) extensions.push([take(2), vector(2)]);
  assert.equal(at, hello.length);
  return { head, random, session_id, ciphers, compression, extensions };
}

const GREASE = /^([0-9a-f])a\1a$/;
const CIPHERS = '130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035';
const KEY = /[0-9a-f]{64}$/;

test("a client's hello is like Chrome's", () => {
  const hello = clientHello('example.com', seeded('hello'));
  const { head, random, session_id, ciphers, compression, extensions } = parse(hello, true);
  assert.deepEqual(head, ['160301', 512, '01', 508, '0303']);
  assert.equal(random, '00'.repeat(32));
  assert.equal(session_id.length, 64);
  assert.equal(compression, '00');
  const cipher = ciphers.slice(0, 4);
  assert.match(cipher, GREASE);
  assert.equal(ciphers.slice(4), CIPHERS);
  const of = (type: string) => extensions.find(([each]) => each === type)?.[1] ?? '';
  const [group, version] = [of('000a').slice(4, 8), of('002b').slice(2, 6)];
  const [first, last] = [extensions[0]?.[0] ?? '', extensions.at(-2)?.[0] ?? ''];
  for (const each of [group, version, first, last]) assert.match(each, GREASE);
  assert.notEqual(first, last);
  const padding = '00'.repeat((extensions.at(-1)?.[1].length ?? 0) / 2);
  const key = of('0033').slice(-64);
  assert.match(key, KEY);
  assert.deepEqual(extensions, [
    [first, ''],
    ['0000', '000e00000b6578616d706c652e636f6d'],
    ['0017', ''],
    ['ff01', '00'],
    ['000a', `0008${group}001d00170018`],
    ['000b', '0100'],
    ['0023', ''],
    ['0010', '000c02683208687474702f312e31'],
    ['0005', '0100000000'],
    ['000d', '001004030804040105030805050108060601'],
    ['0012', ''],
    ['0033', `0029${group}000100001d0020${key}`],
    ['002d', '0101'],
    ['002b', `06${version}03040303`],
    ['001b', '020002'],
    [last, '00'],
    ['0015', padding],
  ]);
});

test("a server's hello chooses the first cipher and repeats the session_id", () => {
  const { head, extensions, ...rest } = parse(serverHello(new Uint8Array(32).fill(7), seeded('server')), false);
  assert.deepEqual(head, ['160303', 122, '02', 118, '0303']);
  assert.deepEqual(rest, {
    random: '00'.repeat(32),
    session_id: '07'.repeat(32),
    ciphers: '1301',
    compression: '00',
  });
  const [[type, share] = ['', ''], versions] = extensions;
  assert.equal(type, '0033');
  assert.match(share, /^001d0020[0-9a-f]{64}$/);
  assert.deepEqual(versions, ['002b', '0304']);
});

test('GREASE values vary, and its two extensions never have the same type', () => {
  const drawn = Array.from({ length: 200 }, (_, i) => parse(clientHello('a', seeded(`grease ${i}`)), true));
  assert.equal(new Set(drawn.map(({ ciphers }) => ciphers.slice(0, 4))).size, 16);
  for (const { extensions } of drawn) {
    assert.equal(new Set(extensions.map(([type]) => type)).size, extensions.length);
    assert.match(extensions.at(-2)?.[0] ?? '', GREASE);
  }
});

test('the domain is read after other extensions, and a cut hello is refused', () => {
  const hello = clientHello('example.com', seeded('hello'));
  const { session_id, domain } = readClientHello(hello);
  assert.deepEqual([session_id, domain], [hello.subarray(44, 76), 'example.com']);
  const broken = { type: 'FRAME_MALFORMED' };
  for (const length of [43, 60, 90, 120]) assert.throws(() => readClientHello(hello.subarray(0, length)), broken);
  const nameless = hello.slice();
  nameless[11 + 32 + 33 + 2 + 32 + 2 + 2 + 4 + 1] = 0x99; // the type of server_name
  assert.throws(() => readClientHello(nameless), broken);
  assert.throws(() => clientHello('a'.repeat(183), seeded('hello')), RangeError);
  assert.equal(clientHello('a'.repeat(182), seeded('hello')).length, 517);
});
