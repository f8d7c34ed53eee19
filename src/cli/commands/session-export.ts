/** `session export`: the session as a string that another library, or this program elsewhere, goes on with. */
import { lookup } from '../../catalogue.ts';
import { NetworkError, UsageError } from '../../errors.ts';
import type { Network } from '../../net/datacentres.ts';
import type { FormatName } from '../../session/formats/index.ts';
import type { Session } from '../../session/session.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { oneOf, parseValue } from '../settings/setting.ts';

const FORMATS = ['tg-auth', 'telethon', 'pyrogram', 'gramjs', 'mtcute', 'mtkruto'] as const satisfies FormatName[];

/** Those that know Telegram's DCs by themselves, and want to be told the application and the user instead. */
const WITHOUT_ADDRESS: readonly FormatName[] = ['pyrogram', 'mtkruto'];
const WITHOUT_TEST: readonly FormatName[] = ['telethon', 'gramjs'];

export const sessionExport: Command = {
  name: 'session export',
  summary: 'Print the session as a string, for another library or another machine',
  options: [
    {
      name: '--format <name>',
      help: `${FORMATS.join(', ')} (default: tg-auth); teleproto takes that of gramjs`,
      values: FORMATS,
    },
    { name: '--output <file>', help: 'into a new file that only you can read' },
    { name: '--force', help: 'replace that file' },
    { name: '--show', help: 'onto a terminal, where it stays to be seen' },
  ],
  examples: [
    'tg-auth session export --output session.txt',
    'tg-auth session export --format telethon --output telethon.txt',
    'tg-auth session export --format pyrogram --api-id 12345 | ssh host tg-auth session import -',
  ],
  async run(ctx, input) {
    const format = parseValue(oneOf(...FORMATS), input.text('format') ?? 'tg-auth', '--format');
    const file = input.text('output');
    checkPlace(ctx, input, file);
    const session = (await ctx.session()).value;
    const string = await write(ctx, session, await ctx.network(), format);
    if (file !== undefined) await save(ctx, file, string, input.has('force'));
    await tell(ctx, session, format);
    const { dc, network, user } = session;
    const result = file ?? string;
    return {
      text: result,
      exact: true,
      json: { method: null, format, result, dc, network, user: user === undefined ? null : String(user.id) },
    };
  },
};

/** A terminal keeps what it shows, in its scrollback and before the eyes of others. */
function checkPlace({ outside }: Context, input: Input, file: string | undefined): void {
  if (file !== undefined || input.has('show') || outside.stdout.isTTY !== true) return;
  throw new UsageError('This would show the session string on the terminal, and whoever sees it is signed in as you.', {
    next: 'Write it to a file with --output FILE, or say --show.',
  });
}

async function write(ctx: Context, session: Session, network: Network, format: FormatName): Promise<string> {
  const { titleOf, writeSessionString } = await import('../../session/formats/index.ts');
  const { contentsOf, signedIn } = await import('../../session/formats/convert.ts');
  const withoutAddress = WITHOUT_ADDRESS.includes(format);
  const state = signedIn(session);
  const [place] = [...network.addresses(session.dc), ...(session.addresses[session.dc] ?? [])];
  const contents = contentsOf(session, { address: place, api_id: withoutAddress ? ctx.api_id() : undefined });
  if (contents === undefined || (state === false && format !== 'tg-auth')) throw notSignedIn(contents !== undefined);
  if (state === 'unknown' && withoutAddress)
    throw new UsageError(
      `${titleOf(format)} wants to know whose session it is, and the string that this one came in did not say.`,
      {
        next: 'Store it, then let Telegram say whose it is:  tg-auth whoami',
      },
    );
  if (place === undefined && format !== 'tg-auth' && !withoutAddress)
    throw new NetworkError('DC_UNKNOWN', { dc: session.dc });
  return writeSessionString(format, contents);
}

async function tell({ out }: Context, session: Session, format: FormatName): Promise<void> {
  const { signedIn } = await import('../../session/formats/convert.ts');
  const state = signedIn(session);
  if (state === false) out.warn('Nobody is signed in with this session: the string holds no more than its key.');
  else out.warn('Whoever has this string is signed in as you: keep it like a password.');
  out.hint('Use it in one program at a time: Telegram ends a session that is used from two (AUTH_KEY_DUPLICATED).');
  if (state === 'unknown') out.hint('Whether it is still signed in was not asked here; tg-auth whoami asks.');
  if (session.network === 'test' && WITHOUT_TEST.includes(format))
    out.hint('It does not say that it is of a test DC: tell the program.');
  if (session.network.startsWith('server-') && WITHOUT_ADDRESS.includes(format))
    out.hint('It does not say where its server is: the program would look for it at Telegram.');
}

async function save({ out, outside }: Context, file: string, string: string, force: boolean): Promise<void> {
  const { writeSecret } = await import('../ask/secret-file.ts');
  writeSecret(file, `${string}\n`, force ? outside.random : undefined);
  out.success(`The session is in ${file}, which only you can read.`);
}

/** As the server would say it. A session that has a key may be signed in without our knowing. */
function notSignedIn(hasKey: boolean): UsageError {
  const type = 'AUTH_KEY_UNREGISTERED';
  const { sentence, exit } = lookup(type, 401);
  return hasKey
    ? new UsageError('Nobody is signed in with this session, as far as is known here.', {
        type,
        exit,
        next: 'If somebody is, let Telegram say so:  tg-auth whoami',
      })
    : new UsageError(sentence, { type, exit, next: 'Sign in:  tg-auth login' });
}
