/** `sandbox audit`: runs a client against every fault of the sandbox, and says which it noticed. */
import { availableParallelism } from 'node:os';
import { NetworkError, SecurityError, UsageError } from '../../../errors.ts';
import type { Json } from '../../../printable.ts';
import { type Audit, audit, type Case, casesFor, countsOf } from '../../../sandbox/audit/index.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { junitOf, reportOf, rowsOf } from '../../sandbox/audit-report.ts';
import { runGuest } from '../../sandbox/audit-run.ts';
import { writeReport } from '../../sandbox/named-file.ts';
import { int, parseValue } from '../../settings/setting.ts';
import { pasteable } from '../../tell/next-steps.ts';
import { shellQuote } from '../../tell/shell-quote.ts';

const SECONDS = { default: 20, max: 3600 } as const;
/** More clients at a time would slow each other down, and miss their deadlines. */
const MAX_JOBS = 8;

export async function run(ctx: Context, input: Input): Promise<Result> {
  const cases = casesFor(input.list('only'));
  if (input.has('list')) return listOf(cases);
  const command = input.args;
  if (command.length === 0)
    throw new UsageError('A command is required.', {
      next: { say: 'Audit a client', run: 'tg-auth sandbox audit -- ./login.sh' },
    });
  const seconds = numberOf(input, 'each', SECONDS.max) ?? SECONDS.default;
  const file = input.text('junit');
  if (file !== undefined) writeReport(file, junitOf([])); // it fails now rather than after some minutes
  const control = numberOf(input, 'control', 65_535, 0);
  let done = 0;
  ctx.out.busy('Running the command without a fault');
  const found = await audit({
    cases,
    jobs: control ? 1 : Math.min(availableParallelism(), MAX_JOBS), // one sandbox at a time has this port
    sandbox: { control, now: ctx.outside.now },
    run: (sandbox, signal) => runGuest(ctx, sandbox, { command, seconds, signal }),
    onResult({ fault, verdict, because, ms }) {
      ctx.out.trace(`${fault}: ${verdict} after ${ms} ms. ${because}`);
      ctx.out.busy(`${++done} of ${cases.length} faults`);
    },
  });
  if (file !== undefined) writeReport(file, junitOf(found.results));
  return resultOf(ctx, found, { command: pasteable(command), control });
}

function numberOf(input: Input, option: string, max: number, min = 1): number | undefined {
  const text = input.text(option);
  return text === undefined ? undefined : parseValue(int(`a number, ${min} to ${max}`, min, max), text, `--${option}`);
}

function listOf(cases: readonly Case[]): Result {
  const firsts = cases.filter(({ title }, i) => cases.findIndex((other) => other.title === title) === i);
  const text = firsts.map(({ title, rule, page, right }) => {
    const names = cases.filter((each) => each.title === title).map(({ name }) => name);
    return [title, `  ${rule}`, `  ${page}`, `  Right: ${right.join(' or ')}`, `  ${names.join(' ')}`].join('\n');
  });
  const json = cases.map(({ name, title, rule, page, right }) => ({ name, title, rule, page, right }));
  return { text: text.join('\n'), wraps: true, json: { result: json } };
}

function resultOf(
  ctx: Context,
  found: Audit,
  { command, control }: { readonly command: string; readonly control: number | undefined },
): Result {
  const { results, skipped } = found;
  const summary: Json = Object.fromEntries(countsOf(results));
  const wrong = results.filter(({ right }) => right === false);
  const swallowed = wrong.filter(({ verdict }) => verdict === 'swallowed');
  const shown = swallowed.length > 0 ? swallowed : wrong;
  const fault = `${shellQuote(shown[0]?.fault ?? '')}${control === undefined ? '' : ` --control ${control}`}`;
  const values = { count: shown.length, total: results.length, fault, command };
  const error =
    swallowed.length > 0
      ? new SecurityError('an audited client notices every forgery', 'AUDIT_SWALLOWED', values)
      : wrong.length > 0
        ? new NetworkError('AUDIT_FAILED', values)
        : undefined;
  return {
    text: reportOf(found, ctx.out.columns),
    wraps: true,
    json: { result: error === undefined, summary, faults: rowsOf(results), skipped: skipped.map(({ name }) => name) },
    ...(error !== undefined && { error }),
  };
}
