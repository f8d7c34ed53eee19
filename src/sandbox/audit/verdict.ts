/** The verdict on a client, from what the server saw. Functions of facts: nothing here runs or waits. */
import type { Case, Verdict } from './cases.ts';
import type { Fact } from './recorder.ts';

/** How a command ended. */
export interface Ended {
  /** The exit code; `null` if a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  /** The deadline ended it. */
  readonly timedOut: boolean;
  /** The end of what it printed. */
  readonly output: string;
}

/** What the command asks without a fault. */
export interface Baseline {
  /** Requests that a login needs, in the order of their first appearance. */
  readonly goals: readonly string[];
  /** The request whose answer is forged. */
  readonly target: string | undefined;
  /** The goals that the command asks only after that answer. */
  readonly later: readonly string[];
}

export interface Finding {
  readonly verdict: Verdict;
  /** Why, in one sentence. */
  readonly because: string;
}

export interface Aim {
  readonly baseline: Baseline;
  /** The value that was planted in the forged answer. */
  readonly planted: string | undefined;
  /** The fault changes the answer to the baseline's target, so that a true one must follow. */
  readonly isAimed: boolean;
}

/** Their answers hold a value that the next request sends back. */
const PLANTABLE = ['auth.sendCode', 'account.getPassword'];
/** Clients ask other things in the background and in no fixed order. */
const GOAL = /^auth\.|^account\.getPassword$|^users\.get/;

export function baselineOf(facts: readonly Fact[]): Baseline {
  const asked = [...new Set(facts.flatMap((fact) => (fact.fact === 'request' ? [fact.method] : [])))];
  const found = asked.filter((method) => GOAL.test(method));
  const goals = found.length > 0 ? found : asked;
  const target = PLANTABLE.find((method) => goals.includes(method)) ?? goals.at(-2) ?? goals[0];
  return aimedAt(target, goals);
}

/** The same command with another request as the target. */
export function aimedAt(target: string | undefined, goals: readonly string[]): Baseline {
  const later = target === undefined ? [] : goals.slice(goals.indexOf(target) + 1);
  return { goals, target, later };
}

export function verdictOn(
  { evidence }: Pick<Case, 'evidence'>,
  facts: readonly Fact[],
  { baseline, planted, isAimed }: Aim,
  ended: Ended,
): Finding {
  const at = facts.findIndex(({ fact }) => fact === 'forged');
  const forged = facts[at];
  const after = at < 0 ? facts : facts.slice(at + 1);
  const known = new Set(facts.slice(0, Math.max(at, 0)).flatMap((fact) => (fact.fact === 'sent' ? fact.ids : [])));
  const belief = forged?.fact === 'forged' && beliefIn(evidence, after, { forged, known, baseline, planted });
  if (belief) return { verdict: 'swallowed', because: belief };
  if (ended.timedOut) return { verdict: 'hung', because: 'It had not ended at the deadline.' };
  const signal = ended.signal ?? crashOf(ended.status);
  if (signal !== undefined) return { verdict: 'crashed', because: `It ended with ${signal}.` };
  const { goals, target, later } = baseline;
  const cameTrue = !isAimed || after.some((fact) => fact.fact === 'sent' && fact.methods.includes(target ?? ''));
  const reached = goals.every((goal) => facts.some((fact) => fact.fact === 'request' && fact.method === goal));
  if (forged === undefined && evidence !== 'none')
    return { verdict: 'unseen', because: 'It never got as far as this fault.' };
  if (ended.status !== 0) return { verdict: 'noticed', because: `It stopped with exit code ${ended.status}.` };
  if (!reached) return { verdict: 'noticed', because: 'It stopped.' };
  if (!cameTrue && later.length === 0)
    return { verdict: 'unseen', because: `Nothing follows the answer to ${target}, and it ended with exit code 0.` };
  if (evidence === 'twice' && !after.some((fact) => fact.fact === 'encrypted' && fact.states.length > 0))
    return { verdict: 'unseen', because: 'It did not answer the repeated message at all.' };
  if (!cameTrue) return { verdict: 'noticed', because: 'It stopped.' };
  return { verdict: 'recovered', because: 'The true answer arrived.' };
}

interface Forgery {
  readonly forged: Extract<Fact, { fact: 'forged' }>;
  /** The msg_ids that were sent before it. */
  readonly known: ReadonlySet<bigint>;
  readonly baseline: Baseline;
  readonly planted: string | undefined;
}

/** Says how the client shows that it believed a forgery; `undefined` if it does not. */
function beliefIn(evidence: Case['evidence'], after: readonly Fact[], forgery: Forgery): string | undefined {
  const { auth_key_id } = forgery.forged;
  switch (evidence) {
    case 'step':
      return stepAfter(after, forgery, () => true);
    case 'half':
      return stepAfter(after, forgery, (name) => name === 'set_client_DH_params');
    case 'weak': {
      const weak = after.flatMap((fact) => (fact.fact === 'weak' ? [fact.auth_key_id] : []));
      return usesKey(after, weak) ? 'It used the key that follows from the bad values.' : undefined;
    }
    case 'key':
      return auth_key_id !== undefined && usesKey(after, [auth_key_id])
        ? 'It used the key of the failed exchange.'
        : undefined;
    case 'answer':
    case 'content':
      return beliefInAnswer(after, forgery, { byAck: evidence === 'answer' });
    case 'twice': {
      const states = after.flatMap((fact) => (fact.fact === 'encrypted' ? fact.states : []));
      return new Set(states).size < states.length ? 'It answered one message twice.' : undefined;
    }
    case 'none':
      return undefined;
  }
}

/** The next step of the forged exchange, on its connection and before the client begins another. */
function stepAfter(
  after: readonly Fact[],
  { forged: { connection } }: Forgery,
  isWanted: (name: string) => boolean,
): string | undefined {
  for (const fact of after) {
    if ((fact.fact !== 'step' && fact.fact !== 'exchange') || fact.connection !== connection) continue;
    if (fact.fact === 'exchange') return undefined;
    if (isWanted(fact.name)) return `It went on with the key exchange: ${fact.name}.`;
  }
  return undefined;
}

function usesKey(after: readonly Fact[], ids: readonly bigint[]): boolean {
  return after.some((fact) => fact.fact === 'encrypted' && ids.includes(fact.auth_key_id));
}

/** `byAck`: the client must not even acknowledge the message. A planted value is the best proof. */
function beliefInAnswer(
  after: readonly Fact[],
  { forged, known, baseline, planted }: Forgery,
  { byAck }: { readonly byAck: boolean },
): string | undefined {
  const sent = new Set(known);
  const isTrue = (fact: Fact) => fact.fact === 'sent' && fact.methods.includes(baseline.target ?? '');
  const trueAt = after.findIndex(isTrue);
  const before = trueAt < 0 ? after : after.slice(0, trueAt);
  for (const fact of after)
    if (fact.fact === 'request' && planted !== undefined && fact.params.includes(`"${planted}"`))
      return `It sent a value of the forged answer back in ${fact.method}.`;
  for (const fact of before)
    if (fact.fact === 'request' && baseline.later.includes(fact.method))
      return `It made the next request: ${fact.method}.`;
  for (const fact of before) {
    if (fact.fact === 'sent') for (const id of fact.ids) sent.add(id);
    if (byAck && fact.fact === 'encrypted' && fact.acks.some((id) => forged.ids.includes(id) && !sent.has(id)))
      return 'It acknowledged the forged message.';
  }
  return undefined;
}

/** The signal in the exit code of a shell whose command crashed. */
function crashOf(status: number | null): string | undefined {
  const names: Readonly<Record<number, string>> = {
    4: 'SIGILL',
    6: 'SIGABRT',
    7: 'SIGBUS',
    8: 'SIGFPE',
    11: 'SIGSEGV',
  };
  return status === null ? 'a signal' : names[status - 128];
}
