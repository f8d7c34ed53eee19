/** The syntax of faults, and several faults at once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/errors.ts';
import { FAULTS, parseFault } from '../../../src/sandbox/faults/index.ts';
import { TestClient } from '../client.ts';
import { sandbox, works } from '../faulty.ts';

describe('the syntax of faults', () => {
  test('every fault works with its name alone', () => {
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

  test('several faults can be active at once', async () => {
    sandbox.fault('gzip', 'split', 'containers');
    const client = await TestClient.connect(sandbox, { transport: 'obfuscated' });
    await works(client);
    client.close();
  });

  test('fault() removes all faults', async () => {
    sandbox.fault('close@every-h1');
    sandbox.fault();
    const client = await TestClient.connect(sandbox);
    await works(client);
    client.close();
  });
});
