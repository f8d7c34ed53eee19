/** The words for faults, and several of them at once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/errors.ts';
import { FAULTS, parseFault } from '../../../src/sandbox/faults/index.ts';
import { TestClient } from '../client.ts';
import { sandbox, works } from '../faulty.ts';

describe('the words for faults', () => {
  test('every fault is made by its own name alone', () => {
    for (const { usage } of FAULTS) {
      const name = usage.replace(/[:@].*$/, '');
      const made = parseFault(name);
      assert.ok(made.wrap ?? made.now ?? made.serve, name);
    }
  });

  for (const spec of [
    '',
    'closed',
    'close:1',
    'delay:soon',
    'split@a1',
    'close@b1',
    'close@h0',
    'dh-prime:even',
    'rpc-error:FLOOD',
  ])
    test(`'${spec}' is refused`, () => assert.throws(() => parseFault(spec), UsageError));

  test('two faults can be at work at once', async () => {
    sandbox.misbehave('gzip', 'split', 'containers');
    const client = await TestClient.connect(sandbox, { transport: 'obfuscated' });
    await works(client);
    client.close();
  });

  test('none is at work any more once it is taken back', async () => {
    sandbox.misbehave('close@every-h1');
    sandbox.misbehave();
    const client = await TestClient.connect(sandbox);
    await works(client);
    client.close();
  });
});
