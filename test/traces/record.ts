/**
 * Records the traces of this folder again: `node --import tsx test/traces/record.ts`. That is needed after a change of
 * what goes over the wire that was intended, such as another layer.
 */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tracing } from '../cli/trace/traced.ts';

const CALL = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84'];
const flags = ['--trace', '--trace-secrets'];

test('record the traces', async () => {
  const { run, sandbox } = await tracing();
  const keep = async (name: string, traced: ReturnType<typeof run>, outcome: RegExp) => {
    const one = await traced;
    assert.match(one.outcome, outcome);
    copyFileSync(one.file, join('test/traces', name));
  };
  await keep('fresh-key.jsonl', run(CALL, { flags }), /^true$/);
  await keep('stored-key.jsonl', run(CALL, { flags }), /^true$/);
  const env = { TG_AUTH_PASSWORD: 'sandbox' };
  assert.match((await run(['send-code', '9996621002'], { env })).outcome, /^\w+$/);
  sandbox.fault('wrong-salt@a1', 'gzip');
  await keep('password.jsonl', run(['sign-in', '9996621002', '--code', '22222'], { env, flags }), /^\d+$/);
});
