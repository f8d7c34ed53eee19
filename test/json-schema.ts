/** Checks what the program prints with --json against src/cli/schema.ts. */
import assert from 'node:assert/strict';
import type { Ajv2020 } from 'ajv/dist/2020.js';

let schemas: Promise<Ajv2020> | undefined;

/** Loaded only by tests that see JSON. */
async function load(): Promise<Ajv2020> {
  const [{ Ajv2020 }, { SCHEMA }] = await Promise.all([import('ajv/dist/2020.js'), import('../src/cli/schema.ts')]);
  return new Ajv2020({ allErrors: true, strict: true }).addSchema(SCHEMA, 'tg-auth');
}

/** The definition for an object that the program printed. */
function definitionOf(json: object): string {
  if ('event' in json) return 'event';
  if ('ok' in json && json.ok === false) return 'failure';
  assert.ok('command' in json, `no command in ${JSON.stringify(json)}`);
  return String(json.command).replace(' ', '-');
}

/** Fails if the object is not what the schema says of its command, or if the schema does not know the command. */
export async function checkJson(json: object): Promise<void> {
  schemas ??= load();
  const ajv = await schemas;
  const name = definitionOf(json);
  const validate = ajv.getSchema(`tg-auth#/$defs/${name}`);
  assert.ok(validate, `the schema has no definition of "${name}"`);
  assert.ok(validate(json), `${ajv.errorsText(validate.errors)} in ${JSON.stringify(json)}`);
}

/** Checks every line that is an answer, a failure or an event. Other programs of a script may print other lines. */
export async function checkLines(stdout: string): Promise<void> {
  for (const line of stdout.split('\n').slice(0, -1))
    if (/^\{"(ok|event)":/.test(line)) await checkJson(JSON.parse(line));
}

/** Checks the stdout of a command that ran with --json: only such objects, one on a line. */
export async function checkStdout(stdout: string): Promise<void> {
  for (const line of stdout.split('\n').slice(0, -1)) {
    assert.match(line, /^\{"(ok|event)":/, 'stdout has only JSON');
    await checkJson(JSON.parse(line));
  }
}
