import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { concat, fromHex, toHex, utf8 } from '../../src/bytes.ts';
import { TlError } from '../../src/errors.ts';
import { codec } from '../../src/tl/codec.ts';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';

const vectors = JSON.parse(readFileSync(new URL('../vectors/query.json', import.meta.url), 'utf8'));

/** A schema small enough to read the bytes of its values. */
const tiny = codec(`
boolFalse#bc799737 = Bool;
boolTrue#997275b5 = Bool;
text#1 text:string = Text;
data#2 data:bytes = Data;
numbers#3 int:int long:long double:double = Numbers;
list#4 items:Vector<Text> = List;
bareList#5 items:vector<text> last:%Text = BareList;
shared#6 flags:# seen:flags.0?true name:flags.0?string age:flags.0?int more:# far:more.31?int sure:flags.1?Bool = Shared;
nest#7 inner:Vector<Nest> = Nest;
---functions---
ask#8 what:string = Text;
wrap#9 {X:Type} query:!X = X;
`);

const hexOf = (value: Parameters<typeof tiny.encode>[0]) => toHex(tiny.encode(value));
const malformed = (offset: number, expected: RegExp, found: RegExp | string) => (error: unknown) =>
  error instanceof TlError &&
  error.offset === offset &&
  expected.test(error.expected) &&
  (found instanceof RegExp ? found.test(error.found) : error.found === found);

suite("Telegram's own examples", () => {
  for (const { method, params, serialized } of vectors.queries) {
    test(`${method} has the bytes of its documentation page, and decodes from them`, () => {
      assert.equal(toHex(legacy.codec.encodeLine(method, params)), serialized);
      assert.deepEqual(legacy.codec.decodeCall(fromHex(serialized)), { _: method, ...params });
    });
  }
  for (const { serialized, value } of vectors.answers) {
    test(`the answer ${serialized} to auth.sendCall is ${value}`, () => {
      assert.equal(legacy.codec.decodeAnswer('auth.sendCall', fromHex(serialized)), value);
      assert.equal(toHex(legacy.codec.encodeAnswer('auth.sendCall', value)), serialized);
    });
  }
});

suite('strings and bytes', () => {
  for (const length of [0, 1, 2, 3, 4, 253, 254, 255, 256, 65_535, 65_536, 100_001]) {
    test(`of ${length} bytes`, () => {
      const bytes = new Uint8Array(length).fill(97);
      const encoded = tiny.encode({ _: 'data', data: bytes });
      const head = length < 254 ? 1 : 4;
      assert.equal(encoded.length, 4 + Math.ceil((head + length) / 4) * 4);
      assert.deepEqual(
        [...encoded.subarray(4, 4 + head)],
        length < 254 ? [length] : [254, length & 255, (length >> 8) & 255, length >> 16],
      );
      assert.ok(encoded.subarray(4 + head + length).every((byte) => byte === 0));
      assert.deepEqual(tiny.decode('Data', encoded), { _: 'data', data: bytes });
      const text = tiny.encode({ _: 'text', text: 'a'.repeat(length) });
      assert.deepEqual(text.subarray(4), encoded.subarray(4));
      assert.deepEqual(tiny.decode('Text', text), { _: 'text', text: 'a'.repeat(length) });
    });
  }

  test('are measured in bytes of UTF-8, not in characters', () => {
    assert.equal(hexOf({ _: 'text', text: 'é€😀' }), '0100000009c3a9e282acf09f98800000');
  });

  test('with half a surrogate pair are refused: UTF-8 cannot encode it', () => {
    assert.throws(() => tiny.encode({ _: 'text', text: '\ud83d' }), /text\.text: string/);
  });

  test('that need more than three length bytes are refused', () => {
    assert.throws(() => tiny.encode({ _: 'data', data: new Uint8Array(1 << 24) }), TlError);
    assert.throws(() => tiny.encode({ _: 'text', text: 'a'.repeat(1 << 24) }), TlError);
  });

  test('may have any bytes as padding', () => {
    assert.deepEqual(tiny.decode('Text', fromHex('01000000026162ff')), { _: 'text', text: 'ab' });
  });

  test('are copies of the input, as plain Uint8Array', () => {
    const encoded = tiny.encode({ _: 'data', data: Uint8Array.of(1, 2, 3) });
    const decoded = tiny.decode('Data', Buffer.from(encoded));
    assert.deepEqual(
      [Object.getPrototypeOf(encoded), Object.getPrototypeOf(decoded.data)],
      [Uint8Array.prototype, Uint8Array.prototype],
    );
    assert.equal(decoded.data.buffer.byteLength, 3);
  });

  const broken: [string, string, ReturnType<typeof malformed>][] = [
    ['invalid UTF-8', '0100000002c32800', malformed(5, /UTF-8/, /./)],
    ['a surrogate in UTF-8', '0100000003eda080', malformed(5, /UTF-8/, /./)],
    ['the length byte 255', '01000000ff000000', malformed(4, /length of a string/, '255')],
    ['a length beyond the end', '0100000009616263', malformed(5, /string \(9 bytes\)/, '3 bytes')],
    ['a huge length', '01000000feffffff61626364', malformed(8, /string \(16777215 bytes\)/, '4 bytes')],
    ['a length cut off', '01000000fe01', malformed(5, /length of a string/, '1 byte')],
    ['no length at all', '01000000', malformed(4, /string/, '0 bytes')],
    ['missing padding', '010000000261', malformed(5, /string \(2 bytes\)/, '1 byte')],
    ['padding cut off', '01000000026162', malformed(7, /padding/, '0 bytes')],
  ];
  for (const [name, hex, error] of broken)
    test(`${name} is refused`, () => void assert.throws(() => tiny.decode('Text', fromHex(hex)), error));
});

suite('numbers', () => {
  const limits = [
    { int: 0x7fffffff, long: 2n ** 63n - 1n, double: Number.MAX_VALUE },
    { int: -0x80000000, long: -(2n ** 63n), double: Number.NEGATIVE_INFINITY },
    { int: -1, long: -1n, double: Number.NaN },
    { int: 0, long: 0n, double: -0 },
  ];
  for (const numbers of limits)
    test(`${numbers.int}, ${numbers.long}, ${numbers.double}`, () => {
      const value = { _: 'numbers' as const, ...numbers };
      assert.deepEqual(tiny.decode('Numbers', tiny.encode(value)), value);
    });

  test('are little-endian', () => {
    assert.equal(
      hexOf({ _: 'numbers', int: 1, long: 2n, double: 1 }),
      '03000000010000000200000000000000000000000000f03f',
    );
  });

  const beyond: [string, unknown][] = [
    ['int', 2 ** 31],
    ['int', -(2 ** 31) - 1],
    ['int', 1.5],
    ['int', Number.NaN],
    ['int', 1n],
    ['int', '1'],
    ['long', 2n ** 63n],
    ['long', -(2n ** 63n) - 1n],
    ['long', 1],
    ['double', 1n],
    ['double', undefined],
  ];
  for (const [field, value] of beyond)
    test(`${field} refuses the ${typeof value} ${value}`, () => {
      const good = { int: 1, long: 1n, double: 1 };
      assert.throws(
        () => tiny.encodeLine('numbers', { ...good, [field]: value }),
        new RegExp(`numbers\\.${field}: ${field}`),
      );
    });
});

suite('flags', () => {
  test('are computed from the present fields, in several words', () => {
    assert.equal(hexOf({ _: 'shared' }), '060000000000000000000000');
    assert.equal(hexOf({ _: 'shared', far: 7 }), '06000000000000000000008007000000');
    assert.equal(hexOf({ _: 'shared', seen: true, name: '', age: 1 }), '0600000001000000000000000100000000000000');
  });

  test('count a Bool that is false as present', () => {
    const value = { _: 'shared' as const, sure: false };
    assert.deepEqual(tiny.decode('Shared', tiny.encode(value)), value);
  });

  test('treat false as an absent flags.N?true', () => {
    assert.equal(toHex(tiny.encodeLine('shared', { seen: false })), hexOf({ _: 'shared' }));
  });

  for (const half of [
    { seen: true },
    { name: 'x' },
    { age: 1 },
    { name: 'x', age: 1 },
    { seen: false, name: 'x', age: 1 },
    { seen: true, age: 1 },
  ])
    test(`shared by several fields refuse only some of them: ${JSON.stringify(half)}`, () => {
      assert.throws(() => tiny.encodeLine('shared', half), TlError);
    });

  test('that the schema does not know are ignored', () => {
    assert.deepEqual(tiny.decode('Shared', fromHex('06000000f0ffff7f00000000')), { _: 'shared' });
  });
});

suite('vectors', () => {
  const one = { _: 'text' as const, text: 'abc' };

  test('are boxed with a V, bare with a v', () => {
    assert.equal(hexOf({ _: 'list', items: [one] }), '0400000015c4b51c010000000100000003616263');
    assert.equal(hexOf({ _: 'bareList', items: [one], last: one }), '05000000010000000361626303616263');
    assert.deepEqual(tiny.decode('BareList', fromHex('05000000010000000361626303616263')), {
      _: 'bareList',
      items: [one],
      last: one,
    });
  });

  const broken: [string, string, ReturnType<typeof malformed>][] = [
    ['another constructor instead of the vector', '0400000016c4b51c00000000', malformed(4, /Vector/, /./)],
    [
      'a count beyond the end',
      '0400000015c4b51c020000000100000003616263'.slice(0, 32),
      malformed(8, /at most 1 items/, '2'),
    ],
    ['a huge count', '0400000015c4b51cffffffff0100000003616263', malformed(8, /at most 2 items/, '4294967295')],
    ['a count cut off', '0400000015c4b51c0100', malformed(8, /count of a vector/, '2 bytes')],
  ];
  for (const [name, hex, error] of broken)
    test(`${name} is refused`, () => void assert.throws(() => tiny.decode('List', fromHex(hex)), error));

  test('refuse a value that is not an array, and name a wrong item', () => {
    assert.throws(() => tiny.encodeLine('list', { items: {} }), /list\.items: an array, found object/);
    assert.throws(() => tiny.encodeLine('list', { items: [one, 1] }), /list\.items\[1\]: Text, found number/);
  });
});

suite('boxed types', () => {
  test('refuse the constructor of another type, a method and an unknown id', () => {
    assert.throws(() => tiny.decode('Text', fromHex('0200000000000000')), malformed(0, /constructor of Text/, 'data'));
    assert.throws(() => tiny.decode('Text', fromHex('0800000000000000')), malformed(0, /constructor of Text/, 'ask'));
    assert.throws(() => tiny.decode('Text', fromHex('efbeadde')), malformed(0, /constructor of Text/, /#deadbeef/));
    assert.throws(() => tiny.decode('Text', new Uint8Array()), malformed(0, /Text/, '0 bytes'));
    assert.throws(() => tiny.encodeLine('list', { items: [{ _: 'data', data: new Uint8Array() }] }), TlError);
    assert.throws(() => tiny.encodeLine('list', { items: [{ _: 'ask', what: '' }] }), TlError);
  });

  test('Bool is one of two words', () => {
    assert.throws(() => legacy.codec.decodeAnswer('auth.sendCall', fromHex('00000000')), malformed(0, /Bool/, '#0'));
    assert.throws(() => legacy.codec.decodeAnswer('auth.sendCall', fromHex('b57572')), malformed(0, /Bool/, '3 bytes'));
  });

  test('a call does not decode as a value, nor a value as a call', () => {
    const [call, value] = [tiny.encodeCall('ask', { what: '' }), tiny.encode({ _: 'text', text: '' })];
    assert.throws(() => tiny.decodeAny(call), malformed(0, /a constructor/, 'ask'));
    assert.throws(() => tiny.decodeCall(value), malformed(0, /a method/, 'text'));
    assert.deepEqual(
      [tiny.decodeLine(call), tiny.decodeLine(value)],
      [
        { _: 'ask', what: '' },
        { _: 'text', text: '' },
      ],
    );
  });

  test('a name that is not in the schema is refused at offset 0', () => {
    assert.throws(() => tiny.encodeLine('nothing', {}), malformed(0, /a name of the schema/, "'nothing'"));
  });

  test('an unknown name is refused', () => {
    assert.throws(() => tiny.encodeLine('no.such', {}), /no\.such/);
    assert.throws(() => tiny.encodeLine('toString', {}), TlError);
    assert.throws(() => tiny.encodeLine('text', null), /text, found null/);
  });
});

suite('the end of a value', () => {
  const value = { _: 'text' as const, text: 'abc' };
  const more = concat(tiny.encode(value), utf8('more'));

  test('is the end of its bytes', () => {
    assert.throws(() => tiny.decode('Text', more), malformed(8, /the end/, '4 more bytes'));
    assert.throws(() => tiny.decodeAny(more), malformed(8, /the end/, '4 more bytes'));
    assert.throws(() => tiny.decodeAnswer('ask', more), malformed(8, /the end/, '4 more bytes'));
  });

  test('may be returned instead', () => {
    assert.deepEqual(tiny.decodePrefix('Text', more), { value, length: 8 });
    assert.deepEqual(tiny.decodeAnswer('ask', more, { trailing: true }), value);
  });
});

suite('encoded values', () => {
  test('a wrapper encodes and decodes its query as bytes', () => {
    const query = tiny.encodeCall('ask', { what: 'abc' });
    const wrapped = tiny.encodeCall('wrap', { query });
    assert.equal(toHex(wrapped), '090000000800000003616263');
    assert.deepEqual(tiny.decodeCall(wrapped), { _: 'wrap', query });
  });

  test('a message in a container has the number of bytes in its `bytes` field', () => {
    const message = { _: 'message' as const, msg_id: 1n, seqno: 2, bytes: 4, body: Uint8Array.of(1, 2, 3, 4) };
    const encoded = mtproto.encode({ _: 'msg_container', messages: [message, message] });
    assert.equal(toHex(encoded.subarray(0, 8)), 'dcf8f17302000000');
    assert.deepEqual(mtproto.decodeAny(encoded), { _: 'msg_container', messages: [message, message] });
    assert.throws(() => mtproto.encode({ _: 'msg_container', messages: [{ ...message, bytes: 8 }] }), TlError);
    for (const bytes of [5, -1, 0x7fffffff]) {
      new DataView(encoded.buffer).setInt32(8 + 20 + 12, bytes, true);
      assert.throws(() => mtproto.decodeAny(encoded), malformed(44, /body/, '4 bytes'));
    }
  });

  test('the result of rpc_result stays encoded', () => {
    const result = fromHex('b5757299');
    const encoded = mtproto.encode({ _: 'rpc_result', req_msg_id: 7n, result });
    assert.deepEqual(mtproto.decodeAny(encoded), { _: 'rpc_result', req_msg_id: 7n, result });
  });
});

suite('nesting', () => {
  const deep = (depth: number) => {
    const level = fromHex('0700000015c4b51c01000000');
    return concat(...Array.from({ length: depth }, () => level), fromHex('0700000015c4b51c00000000'));
  };

  test('as deep as a real value is read', () => {
    assert.equal(tiny.decode('Nest', deep(20)).inner.length, 1);
  });

  test('that would exhaust the stack is refused', () => {
    for (const depth of [40, 20_000]) assert.throws(() => tiny.decode('Nest', deep(depth)), /nesting of at most 64/);
    const arrays = (depth: number) =>
      concat(...Array.from({ length: depth }, () => fromHex('634744f715c4b51c01000000')));
    assert.throws(() => current.codec.decode('JSONValue', arrays(20_000)), /nesting of at most 64/);
  });
});
