/** `trace show`: prints a trace as text. */

import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { readTrace } from '../../trace/read.ts';
import { showTrace } from '../../trace/show.ts';

export async function run(_: Context, input: Input): Promise<Result> {
  const [file = ''] = input.args;
  const trace = readTrace(file);
  const text = showTrace(trace, { bytes: input.has('bytes') });
  return { text, exact: true, json: { result: text, events: trace.events.length } };
}
