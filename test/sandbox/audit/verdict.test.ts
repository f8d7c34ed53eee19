/** The verdict for each kind of fact. test/sandbox/audit/audit.test.ts has the facts of real clients. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evidence } from '../../../src/sandbox/audit/cases.ts';
import type { Fact } from '../../../src/sandbox/audit/recorder.ts';
import { type Baseline, baselineOf, type Ended, verdictOn } from '../../../src/sandbox/audit/verdict.ts';

const DONE: Ended = { status: 0, signal: null, timedOut: false, output: '' };
const request = (method: string, params = '{}'): Fact => ({ fact: 'request', method, params });
const sent = (method: string, ...ids: bigint[]): Fact => ({ fact: 'sent', ids, methods: [method] });
const encrypted = (fields: Partial<Extract<Fact, { fact: 'encrypted' }>> = {}): Fact => ({
  ...{ fact: 'encrypted', auth_key_id: 1n, acks: [], states: [] },
  ...fields,
});
const step = (name: string, connection = 1): Fact => ({ fact: 'step', connection, name });
const BEGUN: Fact = { fact: 'exchange', connection: 1, name: 'req_pq' };
const FORGED: Fact = { fact: 'forged', connection: 1, auth_key_id: 7n, ids: [101n] };

const BASELINE = baselineOf([
  request('help.getConfig'),
  request('auth.sendCode'),
  request('auth.signIn'),
  request('updates.getState'),
  request('users.getUsers'),
]);
const ALL = [request('auth.sendCode'), request('auth.signIn'), request('users.getUsers')];

function verdict(
  evidence: Evidence,
  facts: readonly Fact[],
  ended: Partial<Ended> = {},
  baseline: Baseline = BASELINE,
) {
  const aim = { baseline, planted: 'planted', isAimed: evidence === 'answer' || evidence === 'content' };
  return verdictOn({ evidence }, facts, aim, { ...DONE, ...ended }).verdict;
}

test('the answer to auth.sendCode is the target, and what follows it leaves out background requests', () => {
  assert.deepEqual(BASELINE, {
    goals: ['auth.sendCode', 'auth.signIn', 'users.getUsers'],
    target: 'auth.sendCode',
    later: ['auth.signIn', 'users.getUsers'],
  });
  const bot = baselineOf([request('auth.importBotAuthorization'), request('users.getUsers')]);
  assert.deepEqual([bot.target, bot.later], ['auth.importBotAuthorization', ['users.getUsers']]);
  assert.equal(baselineOf([request('help.getConfig')]).target, 'help.getConfig');
});

describe('a client swallows a forgery if', () => {
  for (const [what, evidence, facts] of [
    ['it takes the next step of the exchange', 'step', [FORGED, step('req_DH_params')]],
    ['it answers bad values', 'half', [FORGED, step('req_DH_params'), step('set_client_DH_params')]],
    ['it uses a weak key', 'weak', [FORGED, { fact: 'weak', auth_key_id: 9n }, encrypted({ auth_key_id: 9n })]],
    ['it uses the key of a failed exchange', 'key', [FORGED, encrypted({ auth_key_id: 7n })]],
    ['it makes the next request', 'answer', [FORGED, request('auth.signIn')]],
    ['it acknowledges the message', 'answer', [FORGED, encrypted({ acks: [101n] })]],
    ['it makes the next request after a message with false content', 'content', [FORGED, request('auth.signIn')]],
    [
      'it sends a planted value back, even after the true answer',
      'answer',
      [FORGED, sent('auth.sendCode', 102n), request('auth.signIn', '{"phone_code_hash":"planted"}')],
    ],
    ['it answers a message twice', 'twice', [FORGED, encrypted({ states: [5n] }), encrypted({ states: [5n] })]],
  ] as const)
    test(what, () => {
      assert.equal(verdict(evidence, facts), 'swallowed');
      assert.equal(verdict(evidence, facts, { status: null, timedOut: true }), 'swallowed');
    });
});

describe('a client does not swallow a forgery if', () => {
  const again = [request('auth.sendCode'), sent('auth.sendCode', 201n), ...ALL];
  for (const [what, evidence, facts] of [
    ['it begins another exchange', 'step', [FORGED, BEGUN, step('x'), ...ALL]],
    ['another connection goes on', 'step', [FORGED, step('req_DH_params', 2), ...ALL]],
    ['it uses another key', 'weak', [FORGED, { fact: 'weak', auth_key_id: 9n }, encrypted(), ...ALL]],
    ['it gets the true answer', 'answer', [FORGED, ...again]],
    ['it acknowledges the true message', 'answer', [FORGED, sent('', 101n), encrypted({ acks: [101n] }), ...again]],
    ['the msg_id was a true one before', 'answer', [sent('', 101n), FORGED, encrypted({ acks: [101n] }), ...again]],
    ['it acknowledges a genuine message', 'content', [FORGED, encrypted({ acks: [101n] }), ...again]],
    ['it answers two messages once each', 'twice', [FORGED, encrypted({ states: [5n, 6n] }), ...ALL]],
  ] as const)
    test(what, () => assert.equal(verdict(evidence, facts), 'recovered'));
});

describe('the end of the command decides if nothing was swallowed:', () => {
  const last = baselineOf([request('auth.sendCode')]);
  for (const [expected, evidence, facts, ended, baseline] of [
    ['noticed', 'answer', [request('auth.sendCode'), FORGED], { status: 1 }, BASELINE],
    ['noticed', 'answer', [request('auth.sendCode'), FORGED], {}, BASELINE],
    ['noticed', 'none', ALL, { status: 1 }, BASELINE],
    ['hung', 'answer', [FORGED], { status: null, signal: 'SIGKILL', timedOut: true }, BASELINE],
    ['hung', 'none', ALL, { status: null, timedOut: true }, BASELINE],
    ['crashed', 'none', [], { status: null, signal: 'SIGSEGV' }, BASELINE],
    ['crashed', 'none', [], { status: 139 }, BASELINE],
    ['unseen', 'answer', [request('auth.sendCode'), FORGED], {}, last],
    ['noticed', 'answer', [request('auth.sendCode'), FORGED], { status: 30 }, last],
    ['unseen', 'twice', [FORGED, ...ALL], {}, BASELINE],
    ['unseen', 'weak', ALL, {}, BASELINE],
    ['recovered', 'none', ALL, {}, BASELINE],
  ] as const)
    test(`${expected}, after ${evidence} with ${JSON.stringify(ended)}`, () =>
      assert.equal(verdict(evidence, facts, ended, baseline), expected));
});
