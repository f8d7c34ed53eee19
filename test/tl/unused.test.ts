/** Every line of a schema has a use: a line that nothing needs makes the program larger and the next layer harder. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { surroundingMethods, surroundingTypes } from '../../src/sandbox/layers/text.ts';
import { currentText } from '../../src/tl/schema/current.ts';
import { legacyText } from '../../src/tl/schema/legacy.ts';
import { mtprotoText } from '../../src/tl/schema/mtproto.ts';
import { parseSchema } from '../../src/tl/schema.ts';

const TEXTS = /^tl\/schema\/|^sandbox\/layers\/(past|surroundings)\.ts$/;

const CODE = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !TEXTS.test(file))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n');

/** The names of lines and types in quotes, as code calls methods and makes values. */
function namesIn(code: string): ReadonlySet<string> {
  return new Set([...code.matchAll(/(['"`])([\w.]+)\1/g)].map(([, , name = '']) => name));
}

/**
 * The lines that no code uses, sorted. Code uses a line if it names the line or its type, or if the type is in a line
 * in use. Wrappers (`query:!X`) are in use too: the sandbox removes every one of them.
 */
function unusedLines(text: string, code: string): string[] {
  const { types, functions } = parseSchema(text);
  const named = namesIn(code);
  const isWrapper = (type: string | undefined) => type === '!X';
  const inUse = new Set(
    [...types, ...functions].filter(
      ({ name, result, fields, isMethod }) =>
        named.has(name) || (isMethod ? isWrapper(fields.at(-1)?.type) : named.has(result)),
    ),
  );
  for (const { fields, result, isMethod } of inUse) {
    const reached = [...fields.map(({ type }) => type), ...(isMethod ? [result] : [])];
    const plain = new Set(reached.map((type) => type.replace(/^[Vv]ector<(.+)>$/, '$1').replace(/^%/, '')));
    for (const line of types) if (plain.has(line.result) || plain.has(line.name)) inUse.add(line);
  }
  return [...types, ...functions].filter((line) => !inUse.has(line)).map(({ name }) => name);
}

const SCHEMAS = {
  mtproto: mtprotoText,
  legacy: legacyText,
  current: currentText,
  'of the sandbox alone': `${surroundingTypes}---functions---${surroundingMethods}`,
};

/** Lines that the commands on the password will use. */
const SOON = [
  'account.passwordSettings',
  'account.resetPasswordFailedWait',
  'account.resetPasswordRequestedWait',
  'account.resetPasswordOk',
  'account.getPasswordSettings',
  'account.updatePasswordSettings',
  'account.resetPassword',
  'account.declinePasswordReset',
  'account.confirmPasswordEmail',
  'account.resendPasswordEmail',
  'account.cancelPasswordEmail',
];

for (const [name, text] of Object.entries(SCHEMAS))
  test(`code uses every line of the schema ${name}`, () => {
    assert.deepEqual(
      unusedLines(text, CODE).filter((line) => !SOON.includes(line)),
      [],
    );
  });

test('a line is in use by its name, by its type, or by a line in use', () => {
  const text = `
a.one#1 b:B = A; a.two#2 = A; b#3 c:flags.0?Vector<c> = B; c#4 = C; d#5 = D; e#6 e:E = E;
---functions---
f#7 d:D = A; wrapped#8 {X:Type} query:!X = X; g#9 = E;`;
  assert.deepEqual(unusedLines(text, ''), ['a.one', 'a.two', 'b', 'c', 'd', 'e', 'f', 'g']);
  assert.deepEqual(unusedLines(text, "call('f')"), ['e', 'g']);
  assert.deepEqual(unusedLines(text, "decode('B')"), ['a.one', 'a.two', 'd', 'e', 'f', 'g']);
  assert.deepEqual(unusedLines(text, "{ _: 'a.one' }"), ['a.two', 'd', 'e', 'f', 'g']);
  assert.deepEqual(unusedLines(text, '"f" f: "g"'), []);
});
