import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { BASIC } from '../../src/tl/basic.ts';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import { currentText } from '../../src/tl/schema/current.ts';
import { legacyText } from '../../src/tl/schema/legacy.ts';
import { mtprotoText } from '../../src/tl/schema/mtproto.ts';
import { parseSchema } from '../../src/tl/schema.ts';

/** The CRC32 of a line without its id, written as the rule wants it (https://core.telegram.org/mtproto/TL). */
function idByRule(line: string): number {
  const normal = line
    .replace(/#[0-9a-f]+/, '')
    .replace(/[{}]/g, '')
    .replace(/[<>]/g, ' ')
    .replace(/ \w+:flags\d*\.\d+\?true/g, '')
    .replace(/([:?])bytes /g, '$1string ')
    .replace(/ +/g, ' ')
    .trim();
  return crc32(normal);
}

/** The one line whose id comes from an older spelling of it. */
const OLDER_SPELLING: Record<string, string> = {
  msg_container: 'msg_container messages:vector message = MessageContainer',
};

/** The types that a schema uses and no line of it defines, sorted. */
function openTypes(text: string): string[] {
  const { types, functions } = parseSchema(text);
  const builtIn = [...Object.keys(BASIC), '#', 'true', 'Object', '!X', 'X'];
  const defined = new Set([...builtIn, ...types.flatMap(({ name, result }) => [name, result])]);
  const used = [...types, ...functions].flatMap(({ fields, result }) => [...fields.map(({ type }) => type), result]);
  const names = new Set(used.map((type) => type.replace(/^[Vv]ector<(.+)>$/, '$1').replace(/^%/, '')));
  return [...names].filter((name) => !defined.has(name)).sort();
}

const SCHEMAS = [
  { name: 'mtproto', text: mtprotoText, codec: mtproto, open: [] },
  { name: 'legacy', text: legacyText, codec: legacy.codec, open: ['User', 'auth.Authorization'] },
  { name: 'current', text: currentText, codec: current.codec, open: [] },
];

for (const { name, text, codec, open } of SCHEMAS) {
  suite(`the ${name} schema`, () => {
    const parsed = parseSchema(text);
    const lines = [...parsed.types, ...parsed.functions];

    test('is parsed without losing a line', () => {
      assert.equal(lines.length, text.split(';').length - 1);
      assert.equal(text.split('---functions---').length, 2);
    });

    test('has the CRC32 of each line as its id', () => {
      for (const line of lines) assert.equal(line.id, idByRule(OLDER_SPELLING[line.name] ?? line.line), line.line);
    });

    test('uses no name and no id twice', () => {
      assert.equal(new Set(lines.map((line) => line.name)).size, lines.length);
      assert.equal(new Set(lines.map((line) => line.id)).size, lines.length);
    });

    test('defines every type it uses, except the open ones', () => {
      assert.deepEqual(openTypes(text), open);
    });

    test('is found by name and by id', () => {
      for (const line of lines) {
        assert.equal(codec.find(line.name)?.id, line.id);
        assert.equal(codec.find(line.id)?.name, line.name);
      }
      assert.equal(codec.find('no.such'), undefined);
      assert.equal(codec.find(0), undefined);
    });
  });
}

test('a line or field that is not TL throws SyntaxError', () => {
  for (const text of ['boolTrue = Bool;', 'ping#7abe77ec ping_id = Pong;', 'ping#7abe77ec ping_id:long;', 'x#1  = X;'])
    assert.throws(() => parseSchema(text), SyntaxError, text);
});

test('open types are found in fields, vectors and results', () => {
  const text = 'a#1 b:B c:Vector<C> d:%D e:flags.0?E = A;\n---functions---\nf#2 = F;';
  assert.deepEqual(openTypes(text), ['B', 'C', 'D', 'E', 'F']);
});
