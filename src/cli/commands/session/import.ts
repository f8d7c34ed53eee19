/** `session import`: stores a session from a string of any library. The format is recognised. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../errors.ts';
import { foreignSession, TDATA } from '../../../session/formats/foreign.ts';
import { notString, readSessionString, titleOf } from '../../../session/formats/index.ts';
import { type Session, signInState } from '../../../session/session.ts';
import { missing, type Question } from '../../ask/question.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { sessionFromString } from '../../settings/session-string.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const found = readSessionString(await textOf(ctx, input));
  const name = ctx.options.session.value;
  const session = await ctx.storedFor(found);
  const before = signInState(session.value);
  if (before !== false && !input.has('force'))
    throw new UsageError(`A session "${name}" already exists, and it ${before === true ? 'is' : 'may be'} signed in.`, {
      why: ['Choose another name with --session NAME, or replace it with --force.'],
    });
  await session.replace(await sessionFromString(ctx, found, session.value));
  report(ctx, titleOf(found.format), session.value);
  const { dc, network, user } = session.value;
  const json = {
    result: name,
    session: name,
    format: found.format,
    dc,
    network,
    user: user === undefined ? null : String(user.id),
    bot: user?.bot ?? null,
    apiId: found.api_id ?? null,
  };
  return { text: name, json };
}

const STRING: Question = {
  message: 'Session string',
  flag: 'it on stdin (-), with --file FILE,',
  variable: 'TG_AUTH_SESSION_STRING',
  secret: true,
  check: readSessionString,
};

/** Never takes the string as an argument: other users of the machine can read those. */
async function textOf(ctx: Context, input: Input): Promise<string> {
  const { sessionString } = ctx.options;
  const [dash] = input.args;
  const file = input.text('file');
  if ((dash !== undefined && dash !== '-') || (sessionString.from === 'flag' && sessionString.value !== '-'))
    throw new UsageError(
      'A session string cannot be an argument: other users of this machine can read the process list.',
      { why: ['Pass it on stdin (-), with --file FILE, in TG_AUTH_SESSION_STRING or at the prompt.'] },
    );
  if (dash !== undefined && file !== undefined) throw new UsageError('- and --file cannot be combined.');
  if (file !== undefined) return fromFile(ctx, file);
  if (dash === undefined && sessionString.from === 'environment' && sessionString.value !== undefined)
    return sessionString.value;
  if (dash === undefined && sessionString.from === 'default' && ctx.outside.stdin.isTTY === true)
    return ctx.ask(STRING);
  const text = await ctx.read();
  if (text.trim() === '') throw missing(STRING, 'stdin is empty');
  return text;
}

async function fromFile(ctx: Context, file: string): Promise<string> {
  const { headOf, readInput } = await import('../../ask/secret-file.ts');
  const foreign = isTdata(file) ? TDATA : foreignSession(headOf(file));
  if (foreign !== undefined) throw notString(foreign);
  const { text, isOpen } = await readInput(file, {
    uid: ctx.outside.uid,
    signal: ctx.deadline.signal,
    readsUtf16: true,
  });
  if (isOpen) {
    ctx.out.warn(`Other users of this machine can read ${file}, and with it they can use your account.`);
    ctx.out.hint({ say: 'Make it private', run: `chmod go= "${file}"` });
  }
  return text;
}

/** Telegram Desktop's folder, or the one that holds it. */
function isTdata(folder: string): boolean {
  return ['key_datas', 'key_data', 'tdata/key_datas'].some((name) => existsSync(join(folder, name)));
}

function report({ out, options }: Context, title: string, { dc, user, network }: Session): void {
  const name = options.session.value;
  const where = network === 'production' ? `DC ${dc}` : `DC ${dc} of the network ${network}`;
  const who = user === undefined ? 'user unknown' : `user ${user.id}${user.bot === true ? ', a bot' : ''}`;
  out.success(`Stored the ${title} session as "${name}": ${where}, ${who}.`);
  if (user === undefined) out.hint({ say: 'Ask Telegram for the user', run: 'tg-auth whoami' });
  out.hint('Stop the other program: Telegram ends a session that two programs use (AUTH_KEY_DUPLICATED).');
}
