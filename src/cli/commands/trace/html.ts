/** `trace html`: writes a trace as a page. */
import { UsageError } from '../../../errors.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { pageOf } from '../../trace/page/page.ts';
import { readTrace } from '../../trace/read.ts';

export async function run({ out }: Context, input: Input): Promise<Result> {
  const [file = ''] = input.args;
  const output = input.text('output');
  if (output === '') throw new UsageError('--output must be the name of a file.');
  const { header, events } = readTrace(file);
  const page = pageOf({ header, events });
  const length = Buffer.byteLength(page);
  if (output === undefined || output === '-') return { text: page, exact: true, json: { result: page, length } };
  const { openLog } = await import('../../sandbox/log-file.ts');
  const opened = openLog(output, { what: 'The page', empty: true });
  try {
    opened.append(page);
  } finally {
    opened.close();
  }
  out.success(`Wrote the page to ${output}.`);
  return { text: output, exact: true, json: { result: output, length } };
}
