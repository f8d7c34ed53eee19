/** `session import`: a session from a string of any library, which is recognised by itself, into the store. */
import { UsageError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import { missing, type Question } from '../ask/question.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { sessionFromString } from '../settings/session-string.ts';

export const sessionImport: Command = {
  name: 'session import',
  summary: 'Store a session that comes as a string, from another library or another machine',
  args: [
    {
      name: '[-]',
      help: 'read it from stdin, as is done too when stdin is a pipe; else [TG_AUTH_SESSION_STRING], else a prompt',
    },
  ],
  options: [
    { name: '--file <file>', help: 'read it from this file' },
    { name: '--force', help: 'replace a session of this name that is signed in' },
  ],
  examples: [
    'tg-auth session import',
    'tg-auth session import --file telethon.txt --session work',
    'ssh host tg-auth session export | tg-auth session import -',
  ],
  async run(ctx, input) {
    const { readSessionString, titleOf } = await import('../../session/formats/index.ts');
    const { signedIn } = await import('../../session/formats/convert.ts');
    const found = readSessionString(await textOf(ctx, input, readSessionString));
    const name = ctx.options.session.value;
    const session = await ctx.storedFor(found);
    const before = signedIn(session.value);
    if (before !== false && !input.has('force'))
      throw new UsageError(
        `There is a session "${name}" already, and it ${before === true ? 'is' : 'may be'} signed in.`,
        {
          next: 'Choose another name with --session NAME, or let this one take its place with --force.',
        },
      );
    await session.replace(await sessionFromString(ctx, found, session.value));
    tell(ctx, titleOf(found.format), session.value);
    const { dc, network, user } = session.value;
    const json = {
      method: null,
      result: name,
      format: found.format,
      dc,
      network,
      user: user === undefined ? null : String(user.id),
      bot: user?.bot ?? null,
      apiId: found.api_id ?? null,
    };
    return { text: name, json };
  },
};

/** From an argument never: other users of the machine can read those. */
async function textOf(ctx: Context, input: Input, check: Question['check']): Promise<string> {
  const ask: Question = {
    message: 'Session string',
    flag: 'it on stdin (-) or with --file FILE',
    variable: 'TG_AUTH_SESSION_STRING',
    secret: true,
    check,
  };
  const { sessionString } = ctx.options;
  const [dash] = input.args;
  const file = input.text('file');
  if ((dash !== undefined && dash !== '-') || (sessionString.from === 'flag' && sessionString.value !== '-'))
    throw new UsageError(
      'A session string is not taken as an argument, where other users of this machine can read it.',
      {
        next: 'Give it on stdin (-), with --file FILE or in TG_AUTH_SESSION_STRING, or type it in when asked.',
      },
    );
  if (dash !== undefined && file !== undefined) throw new UsageError('- and --file exclude each other.');
  if (file !== undefined) return fromFile(ctx, file);
  if (dash === undefined && sessionString.from === 'environment' && sessionString.value !== undefined)
    return sessionString.value;
  if (dash === undefined && sessionString.from === 'default' && ctx.outside.stdin.isTTY === true) return ctx.ask(ask);
  const text = await ctx.read();
  if (text.trim() === '') throw missing(ask, 'stdin is empty');
  return text;
}

async function fromFile(ctx: Context, file: string): Promise<string> {
  const { readInput } = await import('../ask/secret-file.ts');
  const { text, isOpen } = readInput(file, ctx.outside.uid);
  if (isOpen) {
    ctx.out.warn(`Other users of this machine can read ${file}, and whoever does is signed in as you.`);
    ctx.out.hint(`Keep it to yourself:  chmod go= "${file}"`);
  }
  return text;
}

function tell({ out, options }: Context, title: string, { dc, user, network }: Session): void {
  const name = options.session.value;
  const where = network === 'production' ? `DC ${dc}` : `DC ${dc} of the network ${network}`;
  const who = user === undefined ? 'it does not say whose' : `user ${user.id}${user.bot === true ? ', a bot' : ''}`;
  out.success(`Stored as "${name}", from ${title}: ${where}, ${who}.`);
  const flags = `${name === 'default' ? '' : ` --session ${name}`}${network === 'test' ? ' --test' : ''}`;
  if (user === undefined) out.hint(`Let Telegram say whose it is:  tg-auth whoami${flags}`);
  out.hint('Stop the program that it comes from: Telegram ends a session that is used from two (AUTH_KEY_DUPLICATED).');
}
