/** Each bad number in the challenge of a password check fails the check against it. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { SRP_FAULTS } from '../../../src/sandbox/faults/srp.ts';
import { honest, PASSWORD_PHONE } from '../audit/clients.ts';
import { fault, sandbox, testsAll } from '../faulty.ts';

describe('password checks', () => {
  for (const [spec, check] of [
    ['srp-prime:unsafe', /safe prime/],
    ['srp-g', /g generates/],
    ['srp-b:zero', /2\^1984/],
  ] as const)
    fault(spec, `fails the check of ${check.source}`, async () => {
      const { output } = await honest(sandbox, { phone: PASSWORD_PHONE });
      assert.match(output, check);
    });
  testsAll(SRP_FAULTS);
});
