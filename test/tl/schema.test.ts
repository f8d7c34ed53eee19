import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import { currentText } from '../../src/tl/schema/current.ts';
import { legacyText } from '../../src/tl/schema/legacy.ts';
import { mtprotoText } from '../../src/tl/schema/mtproto.ts';
import { parseSchema } from '../../src/tl/schema.ts';
import { idByRule, openTypes } from './lines.ts';

/** The one line whose id comes from an older spelling of it. */
const OLDER_SPELLING: Record<string, string> = {
  msg_container: 'msg_container messages:vector message = MessageContainer',
};

const SCHEMAS = [
  { name: 'mtproto', text: mtprotoText, codec: mtproto, open: ['HttpWait'] },
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
