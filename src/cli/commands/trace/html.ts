/** `trace html`: makes a page of a trace. */
import { UsageError } from '../../../errors.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { pageOf } from '../../trace/page/page.ts';
import { readTrace } from '../../trace/read.ts';

export async function run({ out, outside }: Context, input: Input): Promise<Result> {
  const [file = ''] = input.args;
  const output = input.text('output');
  if (output === '') throw new UsageError('--output must be the name of a file.');
  const page = pageOf(readTrace(file));
  if (output === undefined || output === '-') return { text: page.trimEnd(), exact: true, json: { result: page } };
  const { writeSecret } = await import('../../ask/secret-file.ts');
  writeSecret(output, page, outside.uid, input.has('force') ? outside.random : undefined);
  out.success(`Wrote the page to ${output}. Open it in a browser.`);
  return { text: output, exact: true, json: { result: output } };
}
