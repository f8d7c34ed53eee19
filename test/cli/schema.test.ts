/** The JSON Schema of --json. Every test that sees JSON checks it against the schema; these check the schema itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { SCHEMA } from '../../src/cli/schema.ts';
import { checkJson } from '../json-schema.ts';

const validate = new Ajv2020({ strict: true }).compile(SCHEMA);

const SENT = {
  ...{ ok: true, command: 'send-code', method: 'auth.sendCode', result: 'bea629', phone: '+9996621234', dc: 2 },
  ...{ type: 'app', length: 5, nextType: 'call', timeout: 60 },
  next: [{ say: 'No code? You can ask for a voice call', run: 'tg-auth send-call +9996621234' }],
};
const EXPIRED = {
  ...{ ok: false, command: 'sign-in', exitCode: 12 },
  error: {
    ...{ type: 'PHONE_CODE_EXPIRED', code: 400, parameter: null, message: 'The code has expired.' },
    ...{ why: ['A code works for a few minutes.'], retryAfter: null },
  },
  next: [],
};
const SAID = { event: 'say', phone: '+9996621234', delivery: 'app', text: 'Login code: 22222', code: '22222' };

describe('the schema of --json', () => {
  test('describes every command, and nothing else', () => {
    const outputs = [SCHEMA.oneOf].flat().map((each) => JSON.stringify(each).replace(/^.*\/|"}$/g, ''));
    const commands = COMMANDS.map(({ name }) => name.replace(' ', '-')).filter((name) => name !== 'sandbox');
    assert.deepEqual(outputs.sort(), [...commands, 'help', '--version', 'failure', 'event'].sort());
  });

  test('allows a success, a failure and an event', async () => {
    for (const json of [SENT, EXPIRED, { ...EXPIRED, command: null }, { ...EXPIRED, exitCode: 143 }, SAID]) {
      assert.ok(validate(json), JSON.stringify(validate.errors));
      await checkJson(json);
    }
  });

  const { next: _, ...withoutNext } = SENT;
  const { why: __, ...withoutWhy } = EXPIRED.error;
  const wrong: Readonly<Record<string, object>> = {
    'a missing key': withoutNext,
    'a key too many': { ...SENT, hint: 'x' },
    'a number without +': { ...SENT, phone: '9996621234' },
    'an unknown command': { ...SENT, command: 'send-codes' },
    'another method': { ...SENT, method: 'auth.sendCall' },
    'the keys of another command': { ...SENT, command: 'whoami' },
    'a next step without a command': { ...SENT, next: [{ say: 'Use --force.' }] },
    'a failure with a hint': { ...EXPIRED, error: { ...withoutWhy, hint: 'x' } },
    'a failure with exit code 0': { ...EXPIRED, exitCode: 0 },
    'a failure with a result': { ...EXPIRED, result: false },
    'an unknown event': { ...SAID, event: 'told' },
    'an event without +': { ...SAID, phone: '9996621234' },
  };
  for (const [what, json] of Object.entries(wrong))
    test(`refuses ${what}`, async () => {
      assert.equal(validate(json), false);
      await assert.rejects(checkJson(json), { name: 'AssertionError' });
    });
});
