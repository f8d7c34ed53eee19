/**
 * Audits a client: lets it run against a sandbox without a fault, then once for each fault, and judges it by what the
 * sandbox saw. How the client runs is the caller's business.
 */
import { UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { defaultMoment } from '../faults/index.ts';
import { type Sandbox, type SandboxOptions, start } from '../start.ts';
import { CASES, type Case, VERDICTS } from './cases.ts';
import { Recorder } from './recorder.ts';
import { aimedAt, type Baseline, baselineOf, type Ended, type Finding, verdictOn } from './verdict.ts';

export { CASES, type Case, VERDICTS } from './cases.ts';
export type { Ended } from './verdict.ts';

export interface AuditOptions {
  readonly cases: readonly Case[];
  /** Runs the client to its end, at the latest until the signal. */
  readonly run: (sandbox: Sandbox, signal: AbortSignal) => Promise<Ended>;
  readonly sandbox?: SandboxOptions;
  /** How many clients run at a time. */
  readonly jobs: number;
  /** Called with each result, in the order in which the clients end. */
  readonly onResult?: (result: CaseResult) => void;
}

export interface CaseResult extends Finding {
  readonly case: Case;
  /** What `sandbox --fault` takes for the same fault. */
  readonly fault: string;
  /** Whether the verdict is right; `unseen` is neither right nor wrong. */
  readonly right: boolean | undefined;
  readonly ended: Ended;
  readonly ms: number;
}

export interface Audit {
  /** In the order of the cases. */
  readonly results: readonly CaseResult[];
  /** Cases that need a request which the client does not make. */
  readonly skipped: readonly Case[];
}

/** Tries each case. Throws `UsageError` if the client fails without a fault. */
export async function audit({ cases, run, sandbox = {}, jobs, onResult }: AuditOptions): Promise<Audit> {
  const stop = new AbortController();
  const how = { sandbox, run: (guest: Sandbox) => run(guest, stop.signal) };
  const first = await observed(new Recorder(), how, []);
  const { ended } = first;
  if (ended.timedOut || ended.status !== 0) throw failedFirst(ended);
  const baseline = baselineOf(first.facts);
  if (baseline.goals.length === 0)
    throw new UsageError('The command made no request to the sandbox.', {
      type: 'AUDIT_NO_REQUEST',
      why: ['It finds the address in TG_AUTH_SERVER and the key in TG_AUTH_SERVER_KEY.', ...tailOf(ended)],
    });
  const results = new Map<Case, CaseResult>();
  const isSkipped = ({ target }: Case) => target !== undefined && !baseline.goals.includes(target);
  const waiting = cases.filter((each) => !isSkipped(each));
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await tryCase(next, baseline, how);
      results.set(next, result);
      onResult?.(result);
    }
  };
  const stopAll = (error: unknown) => {
    waiting.length = 0;
    stop.abort(error);
    throw error;
  };
  const ends = await Promise.allSettled(Array.from({ length: jobs }, () => worker().catch(stopAll)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { results: cases.flatMap((each) => results.get(each) ?? []), skipped: cases.filter(isSkipped) };
}

interface How {
  readonly sandbox: SandboxOptions;
  readonly run: (sandbox: Sandbox) => Promise<Ended>;
}

async function tryCase(each: Case, first: Baseline, how: How): Promise<CaseResult> {
  const baseline = each.target === undefined ? first : aimedAt(each.target, first.goals);
  const fault = specOf(each, baseline);
  const isForgery = each.evidence === 'answer' || each.evidence === 'content';
  const recorder = new Recorder(isForgery ? baseline.target : undefined);
  const startMs = Date.now();
  const { ended, facts } = await observed(recorder, how, [fault]);
  const aim = { baseline, planted: recorder.planted, isAimed: isForgery || fault !== each.name };
  const finding = verdictOn(each, facts, aim, ended);
  const right = finding.verdict === 'unseen' ? undefined : each.right.includes(finding.verdict);
  return { case: each, fault, right, ended, ms: Date.now() - startMs, ...finding };
}

/** Runs a client against a sandbox of its own. */
async function observed(recorder: Recorder, { sandbox: options, run }: How, faults: readonly string[]) {
  const sandbox = await start({ ...options, faults, onEvent: recorder.onEvent }, recorder.watch);
  try {
    const ended = await run(sandbox);
    return { ended, facts: [...recorder.facts] };
  } finally {
    await sandbox.close();
  }
}

/** Aims a fault of messages at the answer to the baseline's target. */
function specOf({ name }: Case, { target }: Baseline): string {
  return defaultMoment(name)?.startsWith('a') && target?.includes('.') ? `${name}@${target}` : name;
}

function failedFirst(ended: Ended): UsageError {
  const how = ended.timedOut
    ? 'had not ended at its deadline'
    : `ended with ${ended.signal ?? `exit code ${ended.status}`}`;
  return new UsageError(`The command must succeed without a fault, but it ${how}.`, {
    type: 'AUDIT_COMMAND_FAILED',
    why: [...(ended.timedOut ? ['Give it more time with --each.'] : []), ...tailOf(ended)],
  });
}

const TAIL_LINES = 8;

function tailOf({ output }: Ended): string[] {
  const lines = output.trimEnd().split('\n').slice(-TAIL_LINES);
  return lines.filter((line) => line.trim() !== '').map((line) => printable(line));
}

/** How many results have each verdict, without verdicts that none has. */
export function countsOf(results: readonly CaseResult[]): ReadonlyMap<string, number> {
  const count = (wanted: string) => results.filter(({ verdict }) => verdict === wanted).length;
  const counts = Object.keys(VERDICTS).map((verdict) => [verdict, count(verdict)] as const);
  return new Map(counts.filter(([, found]) => found > 0));
}

/** Returns the cases whose name a pattern matches. `*` stands for any text; without it, names that begin with it. */
export function casesFor(patterns: readonly string[]): readonly Case[] {
  if (patterns.length === 0) return CASES;
  const matches = patterns.map((pattern) => {
    const words = pattern.split('*').map((word) => word.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${words.join('.*')}${pattern.includes('*') ? '$' : ''}`);
  });
  for (const [i, pattern] of patterns.entries())
    if (!CASES.some(({ name }) => matches[i]?.test(name)))
      throw new UsageError(`No fault matches '${pattern}'.`, {
        next: { say: 'See all faults', run: 'tg-auth sandbox audit --list' },
      });
  return CASES.filter(({ name }) => matches.some((match) => match.test(name)));
}
