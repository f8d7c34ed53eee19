/** An audit of our own client, which passes, and of one that checks nothing, which believes every forgery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, CASES } from '../../../src/sandbox/audit/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { gullible, honest } from './clients.ts';

/** Most of them wait. */
const jobs = 16;
const must = CASES.filter(({ right }) => !right.includes('noticed'));
const may = CASES.filter((each) => !must.includes(each));

/** Where a client may give up, ours waits for what never comes until its own timeout. The first run has no fault. */
function impatient(): (sandbox: Sandbox) => ReturnType<typeof honest> {
  let timeoutMs = 60_000;
  return (sandbox) => {
    const ended = honest(sandbox, timeoutMs);
    timeoutMs = 2000;
    return ended;
  };
}

test('our own client passes', async () => {
  const results = [
    ...(await audit({ cases: must, jobs, run: (sandbox) => honest(sandbox, 60_000) })),
    ...(await audit({ cases: may, jobs, run: impatient() })),
  ];
  assert.deepEqual(
    results.filter(({ right }) => right !== true).map(({ fault, because, ended }) => [fault, because, ended.output]),
    [],
  );
});

/** What no client can believe, because nothing can be read in it. */
const UNREADABLE = ['params-fail@h2', 'flip:40', 'unknown-constructor'];

test('a client that checks nothing swallows every forgery', async () => {
  const forgeries = CASES.filter(({ name, evidence }) => evidence !== 'none' && !UNREADABLE.includes(name));
  const results = await audit({ cases: forgeries, jobs, run: (sandbox) => gullible(sandbox) });
  const others = results.filter(({ verdict }) => verdict !== 'swallowed');
  assert.deepEqual(
    others.map(({ fault, verdict, because, ended }) => [fault, verdict, because, ended.output]),
    [],
  );
  const weak = results.filter((result) => result.case.evidence === 'weak');
  assert.ok(weak.length > 0 && weak.every(({ ended }) => ended.status === 0), 'weak values lead to a key that works');
});
