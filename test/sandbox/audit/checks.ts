/** Two audits for tests: our own client must pass, and one that checks nothing must believe every forgery. */
import assert from 'node:assert/strict';
import { type Audit, audit, type Case } from '../../../src/sandbox/audit/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { gullible, honest, PASSWORD_PHONE } from './clients.ts';

/** Most of them wait. */
const jobs = 16;

/** Where a client may give up, ours does when an answer does not come. The first run has no fault. */
function impatient(): (sandbox: Sandbox) => ReturnType<typeof honest> {
  let givesUp = false;
  return (sandbox) => {
    const ended = honest(sandbox, { givesUp });
    givesUp = true;
    return ended;
  };
}

/** Audits with the cases that apply, and with an account that has a password for the others, whose check takes long. */
async function auditAll(
  cases: readonly Case[],
  run: (sandbox: Sandbox) => ReturnType<typeof honest>,
  withPassword: typeof run,
) {
  const { results, skipped }: Audit = await audit({ cases, jobs, run });
  if (skipped.length === 0) return results;
  return [...results, ...(await audit({ cases: skipped, jobs, run: withPassword })).results];
}

export async function oursPasses(cases: readonly Case[]): Promise<void> {
  const patient = (sandbox: Sandbox) => honest(sandbox);
  const withPassword = (sandbox: Sandbox) => honest(sandbox, { phone: PASSWORD_PHONE });
  const must = cases.filter(({ right }) => !right.includes('noticed'));
  const may = cases.filter((each) => !must.includes(each));
  const results = [
    ...(await auditAll(must, patient, withPassword)),
    ...(await auditAll(may, impatient(), withPassword)),
  ];
  assert.equal(results.length, cases.length);
  const wrong = results.filter(({ right }) => right !== true);
  assert.deepEqual(
    wrong.map(({ fault, because, ended }) => [fault, because, ended.output]),
    [],
  );
}

/** What no client can believe, because nothing can be read in it. */
const UNREADABLE = ['params-fail@h2', 'flip:40', 'unknown-constructor'];

export async function gullibleSwallows(cases: readonly Case[]): Promise<void> {
  const forgeries = cases.filter(({ name, evidence }) => evidence !== 'none' && !UNREADABLE.includes(name));
  const results = await auditAll(
    forgeries,
    (sandbox) => gullible(sandbox),
    (sandbox) => gullible(sandbox, PASSWORD_PHONE),
  );
  assert.equal(results.length, forgeries.length);
  const others = results.filter(({ verdict }) => verdict !== 'swallowed');
  assert.deepEqual(
    others.map(({ fault, verdict, because, ended }) => [fault, verdict, because, ended.output]),
    [],
  );
  const weak = results.filter((result) => result.case.evidence === 'weak');
  assert.ok(weak.length > 0 && weak.every(({ ended }) => ended.status === 0), 'weak values lead to a key that works');
}
