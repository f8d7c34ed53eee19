/** `trace replay`: gives a trace with secrets to the client again, and checks what it sends. */
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { readTrace } from '../../trace/read.ts';
import { replay } from '../../trace/replay.ts';

export async function run({ deadline }: Context, input: Input): Promise<Result> {
  const [file = ''] = input.args;
  const frames = await replay(readTrace(file), deadline.signal);
  return { text: 'true', json: { result: true, frames } };
}
