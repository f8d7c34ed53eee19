/** mtcute against a sandbox with faults: it accepts what is only unusual, and notices what is wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { peerOf, sandboxFor, sendCode, TIMEOUT } from './peer.ts';

describe('mtcute accepts the fault', TIMEOUT, () => {
  const faults = [
    ...['gzip', 'containers', 'reorder', 'duplicate', 'split', 'delay:5'],
    ...['wrong-salt', 'dh-retry', 'clock:3600', 'clock:-3600'],
  ];
  for (const fault of faults)
    test(fault, async () => {
      await using sandbox = await sandboxFor({ faults: [fault] });
      await using peer = peerOf(sandbox);
      await peer.client.connect();
      const sent = await peer.client.call(sendCode('9996621234'));
      assert.ok(sent._ === 'auth.sentCode');
      assert.deepEqual(sent.type, { _: 'auth.sentCodeTypeApp', length: 5 });
      const config = await peer.client.call({ _: 'help.getConfig' });
      assert.equal(config.dcOptions.length, sandbox.dcs.length);
      assert.deepEqual([peer.connections, peer.complaints], [1, []]);
    });
});

describe('mtcute reports the fault, and its next attempt succeeds', TIMEOUT, () => {
  // Other faults make mtcute wait for seconds, until its own ping is overdue.
  const faults: readonly (readonly [fault: string, complaint: RegExp])[] = [
    ['nonce', /Step 1: invalid nonce from server/],
    ['fingerprint', /Could not find server public key .*: 1\b/],
    ['pq:prime', /pq is prime/],
    ['server-nonce', /Step 2: invalid server nonce/],
    ['params-fail', /Unknown object id: 0x79cb045d/],
    ['dh-hash', /Step 3: invalid inner data hash/],
    ['dh-nonce', /Step 3: invalid nonce/],
    ['dh-server-nonce', /Step 3: invalid server nonce/],
    ['dh-prime:composite', /dh_prime is not prime/],
    ['dh-prime:unsafe', /dh_prime is not a safe prime/],
    ['dh-prime:short', /not in the 2048-bit range/],
    ['dh-ga:one', /g_a is not within \(1, dh_prime - 1\)/],
    ['dh-ga:small', /g_a is not within \(2\^\{2048-64\}/],
    ['new-nonce-hash', /Step 4: invalid nonce hash/],
    ['dh-fail', /but got mt_dh_gen_fail/],
    ['close@a1', /the connection ended/],
    ['truncate@a1', /the connection ended/],
    ['transport-error:404@a1', /transport error 404/],
    ['unknown-constructor', /unknown object deadbeef/],
  ];
  for (const [fault, complaint] of faults)
    test(fault, async () => {
      await using sandbox = await sandboxFor({ faults: [fault] });
      await using peer = peerOf(sandbox);
      await peer.client.connect();
      assert.equal((await peer.client.call({ _: 'help.getConfig' })).thisDc, 2);
      assert.match(peer.complaints.join(), complaint);
      assert.equal(peer.connections, 2);
    });
});
