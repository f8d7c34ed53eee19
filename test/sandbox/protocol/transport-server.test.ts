/** The server's side of each transport: recognised by its first bytes, answered in the same one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concat, fromLe32, le32 } from '../../../src/bytes.ts';
import { serverTransport } from '../../../src/sandbox/protocol/transport-server.ts';
import { TRANSPORTS } from '../../../src/transport/names.ts';
import { obfuscate } from '../../../src/transport/obfuscated.ts';
import { clientTransport, isObfuscated } from '../../../src/transport/transport.ts';
import { seeded } from '../../pair.ts';

const random = seeded('transports');
/** An encrypted payload: 24 bytes and a block of 16, not beginning like a plain one. */
const PAYLOAD = Uint8Array.from({ length: 40 }, (_, i) => i + 1);
const TAGS = { 'obfuscated-abridged': 0xef, obfuscated: 0xee, 'obfuscated-padded': 0xdd } as const;

for (const name of TRANSPORTS.filter((each) => each !== 'websocket'))
  test(`${name} is recognised, and its own kind of client reads the answer`, () => {
    const [client, server] = [clientTransport(name, { random, dc: 2 }), serverTransport({ random })];
    for (const payload of [PAYLOAD, concat(PAYLOAD, new Uint8Array(64))]) {
      assert.deepEqual(server.unpack(client.pack(payload)), [payload]);
      assert.deepEqual(client.unpack(server.pack(payload)), [payload]);
    }
    assert.equal(server.name, name);
    const strict = serverTransport({ random, onlyObfuscated: true });
    const hello = clientTransport(name, { random, dc: 2 }).pack(concat(PAYLOAD, PAYLOAD));
    if (isObfuscated(name)) assert.equal(strict.unpack(hello).length, 1);
    else assert.throws(() => strict.unpack(hello), /the transport must be obfuscated/);
  });

for (const [name, tag] of Object.entries(TAGS))
  test(`an obfuscated header with the tag ${tag.toString(16)} is that of ${name}`, () => {
    const { header } = obfuscate({ tag, dc: 2 }, random);
    const server = serverTransport({ random });
    assert.deepEqual(server.unpack(header), []);
    assert.equal(server.name, name);
  });

describe('a padded frame', () => {
  const open = () => {
    const server = serverTransport({ random });
    server.unpack(new Uint8Array(4).fill(0xdd));
    return server;
  };

  test('for a client has 0 to 3 bytes of padding, all of them in turn', () => {
    const server = open();
    const paddings = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const frame = server.pack(PAYLOAD);
      assert.equal(le32(frame), frame.length - 4);
      assert.deepEqual(frame.subarray(4, 4 + PAYLOAD.length), PAYLOAD);
      paddings.add(frame.length - 4 - PAYLOAD.length);
    }
    assert.deepEqual([...paddings].sort(), [0, 1, 2, 3]);
  });

  test('from a client has 0 to 15', () => {
    const plain = concat(new Uint8Array(8), fromLe32(4), fromLe32(0), fromLe32(8), fromLe32(1), fromLe32(2));
    for (const payload of [PAYLOAD, plain])
      for (let padding = 0; padding < 16; padding++) {
        const frame = concat(fromLe32(payload.length + padding), payload, random(padding));
        assert.deepEqual(open().unpack(frame), [payload], `${padding} bytes`);
      }
  });
});
