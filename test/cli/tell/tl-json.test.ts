import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { concat, fromHex, toHex } from '../../../src/bytes.ts';
import { decodeJson, encodeJson } from '../../../src/cli/tell/tl-json.ts';
import { fromWords } from '../../../src/cli/tell/tl-words.ts';
import { UsageError } from '../../../src/errors.ts';
import { current, legacy, mtproto } from '../../../src/tl/layer.ts';
import { adviceOf } from '../../advice.ts';
import { randomSchema } from '../../tl/random.ts';

const { queries } = JSON.parse(readFileSync(new URL('../../vectors/query.json', import.meta.url), 'utf8'));
const ALL = [current.codec, legacy.codec, mtproto];

/** Through JSON text, as the commands print and read it. */
const throughText = (value: unknown) => JSON.parse(JSON.stringify(value));
const usage = (message: RegExp) => (error: unknown) =>
  error instanceof UsageError && error.exit === 2 && message.test(error.message);

for (const { method, params, serialized } of queries)
  test(`${method} from Telegram's page converts in both directions`, () => {
    assert.equal(toHex(encodeJson([legacy.codec], method, params)), serialized);
    assert.deepEqual(decodeJson([legacy.codec], fromHex(serialized)), { _: method, ...params });
  });

for (const [name, codec] of Object.entries({ mtproto, legacy: legacy.codec, current: current.codec }))
  test(`a value of every line of the ${name} schema survives a round trip`, () => {
    const random = randomSchema(codec.text);
    for (const line of random.lines)
      fc.assert(
        fc.property(random.of(line), (value) => {
          const bytes = codec.encodeLine(line.name, value);
          const json = throughText(decodeJson([codec], bytes));
          const fields = line.result === 'Bool' && !line.isMethod ? {} : json;
          assert.equal(toHex(encodeJson([codec], line.name, fields)), toHex(bytes));
        }),
        { numRuns: 5 },
      );
  });

suite('to JSON', () => {
  test('a Bool is true or false', () => {
    assert.equal(decodeJson(ALL, fromWords('997275b5')), true);
    assert.equal(decodeJson(ALL, fromWords('bc799737')), false);
  });

  test('a long is a string of digits, bytes are hex', () => {
    assert.deepEqual(decodeJson(ALL, mtproto.encode({ _: 'pong', msg_id: -1n, ping_id: 2n ** 60n })), {
      _: 'pong',
      msg_id: '-1',
      ping_id: '1152921504606846976',
    });
    assert.deepEqual(decodeJson(ALL, mtproto.encode({ _: 'gzip_packed', packed_data: Uint8Array.of(0, 255) })), {
      _: 'gzip_packed',
      packed_data: '00ff',
    });
  });

  test('a double that JSON lacks becomes its name', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]) {
      const name = Object.is(value, -0) ? '-0' : String(value);
      const bytes = current.codec.encode({ _: 'jsonNumber', value });
      assert.deepEqual(decodeJson(ALL, bytes), { _: 'jsonNumber', value: name });
      assert.deepEqual(encodeJson(ALL, 'jsonNumber', { value: name }), bytes);
    }
  });

  test('a wrapped query is decoded through two layers', () => {
    const query = legacy.codec.encodeCall('auth.sendCall', { phone_number: '7', phone_code_hash: 'h' });
    const inner = { api_id: 1, device_model: 'd', system_version: 's', app_version: 'a', lang_code: 'en' };
    const wrapped = current.codec.encodeCall('invokeWithLayer', {
      layer: 49,
      query: legacy.codec.encodeCall('initConnection', { ...inner, query }),
    });
    assert.deepEqual(decodeJson(ALL, wrapped), {
      _: 'invokeWithLayer',
      layer: 49,
      query: { _: 'initConnection', ...inner, query: { _: 'auth.sendCall', phone_number: '7', phone_code_hash: 'h' } },
    });
  });

  test('an encoded value that no schema knows, or that is too deep, stays hex', () => {
    const result = fromHex('efbeadde01000000');
    assert.deepEqual(decodeJson(ALL, mtproto.encode({ _: 'rpc_result', req_msg_id: 1n, result })), {
      _: 'rpc_result',
      req_msg_id: '1',
      result: 'efbeadde01000000',
    });
    const level = fromHex('b75994bf'); // invokeWithoutUpdates
    const deep = concat(...Array.from({ length: 5000 }, () => level));
    assert.match(JSON.stringify(decodeJson(ALL, deep)), /"query":"(b75994bf)+"/);
  });

  test('an answer is decoded by its method', () => {
    const bytes = current.codec.encodeAnswer('users.getUsers', [{ _: 'userEmpty', id: 7n }]);
    assert.deepEqual(decodeJson(ALL, bytes, 'users.getUsers'), [{ _: 'userEmpty', id: '7' }]);
    assert.throws(() => decodeJson(ALL, bytes), usage(/with id 1cb5c415/));
    assert.throws(() => decodeJson(ALL, bytes, 'users.getUser'), usage(/named 'users.getUser'/));
  });

  test('invalid bytes are refused with the position of the error', () => {
    assert.throws(() => decodeJson(ALL, new Uint8Array()), usage(/with id 00000000/));
    assert.throws(
      () => decodeJson(ALL, fromWords('03c51564 3939370b')),
      usage(/^Byte 5, in word 2: expected string \(11 bytes\)/),
    );
  });

  test("the extra word on Telegram's pages is explained", () => {
    const { words, one_word_more } = queries[0];
    const bytes = fromWords([...words, one_word_more].join(' '));
    assert.throws(
      () => decodeJson(ALL, bytes),
      (error) =>
        usage(/^Byte 36, in word 10: expected the end/)(error) && /leave it out/.test(adviceOf(error as UsageError)),
    );
  });
});

suite('from JSON', () => {
  const call = { phone_number: '7', phone_code_hash: 'h' };

  test('the first schema with the name is used', () => {
    assert.deepEqual(encodeJson(ALL, 'auth.sendCall', call), legacy.codec.encodeCall('auth.sendCall', call));
    const bytes = encodeJson([legacy.codec, current.codec], 'auth.sendCode', {
      phone_number: '7',
      sms_type: 0,
      api_id: 1,
      api_hash: 'a',
      lang_code: 'en',
    });
    assert.equal(legacy.codec.decodeCall(bytes)._, 'auth.sendCode');
  });

  test('values nest by the name in _, encoded ones too', () => {
    const params = {
      phone_number: '7',
      api_id: 1,
      api_hash: 'a',
      settings: { _: 'codeSettings', token: 't', app_sandbox: false, logout_tokens: ['00ff'] },
    };
    const query = encodeJson(ALL, 'auth.sendCode', params);
    assert.deepEqual(current.codec.decodeCall(query), {
      _: 'auth.sendCode',
      ...params,
      settings: { ...params.settings, logout_tokens: [Uint8Array.of(0, 255)] },
    });
    const wrapped = { layer: current.number, query: { _: 'auth.sendCode', ...params } };
    assert.deepEqual(current.codec.decodeCall(encodeJson(ALL, 'invokeWithLayer', wrapped)), {
      _: 'invokeWithLayer',
      layer: current.number,
      query,
    });
    assert.deepEqual(
      encodeJson(ALL, 'rpc_result', { req_msg_id: 1, result: true }),
      encodeJson(ALL, 'rpc_result', { req_msg_id: '1', result: 'b5757299' }),
    );
  });

  const wrong: [what: string, name: string, json: unknown, message: RegExp][] = [
    ['an unknown method', 'auth.sendCal', call, /No method or constructor named 'auth.sendCal'/],
    [
      'an unknown field',
      'auth.sendCall',
      { phone_nmber: '7', phone_code_hash: 'h' },
      /has no field 'phone_nmber'. Its fields: phone_number, phone_code_hash\./,
    ],
    ['a field of a line without any', 'help.getConfig', { x: 1 }, /Its fields: none/],
    ['a flags word', 'codeSettings', { flags: 1 }, /no field 'flags'/],
    ['a missing field', 'auth.sendCall', { phone_number: '7' }, /auth.sendCall.phone_code_hash: string; found nothing/],
    ['a value of another type', 'auth.sendCall', { ...call, phone_number: 7 }, /phone_number: string; found number/],
    ['null', 'auth.sendCall', null, /found null/],
    ['a text for an object', 'auth.sendCall', 'x', /found string/],
    ['a long that is no number', 'ping', { ping_id: '0x10' }, /ping.ping_id must be a whole number/],
    ['a long with a fraction', 'ping', { ping_id: 1.5 }, /ping.ping_id: long of 64 bits; found number/],
    ['a long that JSON has rounded', 'ping', { ping_id: 2 ** 60 }, /ping.ping_id: long/],
    ['a long beyond 64 bits', 'ping', { ping_id: '9223372036854775808' }, /ping.ping_id: long/],
    ['bytes not in hex', 'gzip_packed', { packed_data: 'AP8=' }, /gzip_packed.packed_data must be bytes in hex/],
    ['half a byte', 'gzip_packed', { packed_data: '0' }, /must be bytes in hex/],
    [
      'an encoded value that is not whole words',
      'invokeWithoutUpdates',
      { query: '000000' },
      /must be whole 32-bit words/,
    ],
    ['an int128 of another length', 'req_pq', { nonce: '00' }, /int128, 16 bytes; found 1 byte/],
    ['an item that does not fit', 'msgs_ack', { msg_ids: ['1', 'x'] }, /msgs_ack.msg_ids\[1\] must be a whole number/],
    [
      'a constructor of another type',
      'auth.sendCode',
      { phone_number: '7', api_id: 1, api_hash: 'a', settings: { _: 'jsonNull' } },
      /CodeSettings; found object/,
    ],
    ['an unknown wrapped method', 'invokeWithoutUpdates', { query: { _: 'no.such' } }, /named 'no.such'/],
    ['a double in words', 'jsonNumber', { value: 'twelve' }, /jsonNumber.value: double; found string/],
  ];
  for (const [what, name, json, message] of wrong)
    test(`${what} is refused`, () => void assert.throws(() => encodeJson(ALL, name, json), usage(message)));

  test('nesting too deep for the stack is refused', () => {
    const arrays = `${'{"_":"jsonArray","value":['.repeat(5000)}${']}'.repeat(5000)}`;
    assert.throws(() => encodeJson(ALL, 'jsonArray', JSON.parse(arrays)), usage(/more than 64 levels deep/));
    const wrappers = `${'{"_":"invokeWithoutUpdates","query":'.repeat(5000)}""${'}'.repeat(5000)}`;
    assert.throws(
      () => encodeJson(ALL, 'invokeWithoutUpdates', JSON.parse(wrappers)),
      usage(/more than 64 levels deep/),
    );
  });
});
