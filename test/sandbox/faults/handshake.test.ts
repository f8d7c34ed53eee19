/** Each fault of the key exchange does what the table says and fails the check against it. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { NetworkError, SecurityError } from '../../../src/errors.ts';
import { HANDSHAKE_FAULTS } from '../../../src/sandbox/faults/handshake.ts';
import { fault, testsAll } from '../faulty.ts';

describe('key exchanges', () => {
  for (const [spec, check] of [
    ['nonce', /nonce is ours/],
    ['nonce@h2', /nonce is ours/],
    ['nonce@h3', /nonce is ours/],
    ['server-nonce', /server_nonce/],
    ['server-nonce@h3', /server_nonce/],
    ['fingerprint', /server key/],
    ['pq', /pq/],
    ['pq:large', /pq/],
    ['pq:zero', /pq/],
    ['dh-hash', /hash/],
    ['dh-nonce', /nonce is ours/],
    ['dh-server-nonce', /server_nonce/],
    ['dh-prime:composite', /safe prime/],
    ['dh-prime:unsafe', /safe prime/],
    ['dh-prime:short', /2048 bits/],
    ['dh-g', /g /],
    ['dh-g:1', /g /],
    ['dh-g:9', /g /],
    ['dh-ga:one', /g_a/],
    ['dh-ga:minus-one', /g_a/],
    ['dh-ga:small', /g_a/],
    ['dh-ga:large', /g_a/],
    ['dh-ga:zero', /g_a/],
    ['new-nonce-hash', /new_nonce_hash1/],
    ['retry-hash', /new_nonce_hash2/],
  ] as const)
    fault(spec, `fails the check of ${check.source}`, (client) =>
      assert.rejects(client.exchange(), (error) => error instanceof SecurityError && check.test(error.check)),
    );
  for (const spec of ['params-fail', 'dh-fail'])
    fault(spec, 'is a refusal with a correct hash', (client) => assert.rejects(client.exchange(), NetworkError));
  fault('dh-retry', 'takes one more message and works', async (client) => {
    await client.exchange();
    assert.equal(client.received, 4);
  });
  testsAll(HANDSHAKE_FAULTS);
});
