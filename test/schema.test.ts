/** `npm run schema`, which finds what a new layer changes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { differences } from '../.ci/schema.ts';
import { serverText } from '../src/sandbox/layers/schema.ts';
import { current } from '../src/tl/layer.ts';
import { type Combinator, parseSchema } from '../src/tl/schema.ts';
import { removeFolder, temporaryFolder } from './session/folder.ts';

const OURS = parseSchema(serverText);

/** Our lines as TDLib writes them: a comment, `vector`, and methods before the types of the API. */
const TL = `// Layer: ${current.number}
vector#1cb5c415 {t:Type} # [ t ] = Vector t;
---functions---
${lines(OURS.functions)}
---types---
${lines(OURS.types).replaceAll('Vector<', 'vector<')}
`;

function lines(of: readonly Combinator[]): string {
  return of.map(({ line }) => `${line};`).join('\n');
}

/** Our lines in the JSON of core.telegram.org. */
const JSON_FORM = JSON.stringify({
  constructors: OURS.types.map((line) => ({ predicate: line.name, ...jsonLine(line) })),
  methods: OURS.functions.map((line) => ({ method: line.name, ...jsonLine(line) })),
});

function jsonLine({ id, fields, result }: Combinator) {
  const params = fields.map(({ name, type, flag }) => ({
    name,
    type: flag === undefined ? type : `${flag.field}.${flag.bit}?${type}`,
  }));
  return { id: String(id | 0), params, type: result };
}

const NEW = `auth.sendSmoke#2 phone_number:string = auth.SentCode;
auth.requestFirebaseSms#5 = Bool;
messages.sendSmoke#6 = Bool;
---types---
auth.sentCodeTypeSmoke#1 length:int = auth.SentCodeType;
messageEntitySmoke#3 offset:int = MessageEntity;
inputMessageEntitySmoke#4 = MessageEntity;
`;

describe('the comparison with a schema', () => {
  test('finds nothing in our own lines, as TL or as JSON', () => {
    assert.deepEqual(differences(TL), []);
    assert.deepEqual(differences(JSON_FORM), []);
  });

  test('names the layer, a changed id, a changed field and a missing line, in both forms', () => {
    const changed = (text: string) => text.replace('auth.codeTypeCall#741cd3e3', 'auth.codeTypeCall#741cd3e4');
    assert.deepEqual(differences(changed(TL).replace(/^.*/, '// LAYER 999')), [
      `layer     - ${current.number}\n          + 999`,
      'changed   - auth.codeTypeCall#741cd3e3 = auth.CodeType\n          + auth.codeTypeCall#741cd3e4 = auth.CodeType',
    ]);
    const field = TL.replace('dc_id:int token:bytes', 'dc_id:long token:bytes').replace(/^boolTrue.*\n/m, '');
    assert.deepEqual(differences(field), [
      'missing   - boolTrue#997275b5 = Bool',
      'changed   - auth.loginTokenMigrateTo#68e9916 dc_id:int token:bytes = auth.LoginToken\n' +
        '          + auth.loginTokenMigrateTo#68e9916 dc_id:long token:bytes = auth.LoginToken',
    ]);
    const flag = JSON_FORM.replace('"flags.1?int"', '"flags.2?int"');
    assert.deepEqual(
      differences(flag).map((line) => line.split('\n').length),
      [2],
    );
  });

  test('names new lines of auth and of types that answers contain, and no others', () => {
    const found = differences(TL.replace('---types---\n', NEW));
    assert.deepEqual(
      found.map((line) => line.replace(/#.*/, '')),
      ['new       + auth.sendSmoke', 'new       + auth.sentCodeTypeSmoke', 'new       + messageEntitySmoke'],
    );
  });

  test('names errors of our methods without an entry in the catalogue', () => {
    const errors = {
      '400': {
        SMOKE_INVALID: ['messages.sendSmoke', 'auth.signIn', 'auth.sendCode'],
        MESSAGE_EMPTY: ['messages.sendMessage'],
        PHONE_CODE_INVALID: ['auth.signIn'],
      },
      '420': { 'FLOOD_WAIT_%d': ['auth.sendCode'], 'SMOKE_WAIT_%d': ['auth.sendCode'] },
    };
    assert.deepEqual(differences(JSON.stringify({ errors, descriptions: {} })), [
      'error     400 SMOKE_INVALID: auth.signIn, auth.sendCode',
      'error     420 SMOKE_WAIT_X: auth.sendCode',
    ]);
  });

  test('refuses a file without a schema', () => {
    assert.throws(() => differences('hello'), /has no line of TL/);
  });

  test('prints what differs in several files, and exits with 1', () => {
    const folder = temporaryFolder();
    after(() => removeFolder(folder));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const run = (...files: string[]) => {
      const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', '.ci/schema.ts', ...files]);
      return [status, stdout.toString()];
    };
    const same = file('same.tl', TL);
    const less = file('less.json', JSON_FORM.replace('"predicate":"boolTrue"', '"predicate":"theTruth"'));
    assert.deepEqual(run(same, less), [
      1,
      'missing   - boolTrue#997275b5 = Bool\nnew       + theTruth#997275b5 = Bool\n',
    ]);
  });
});
