/** `session export`: prints the session as a string for another library or machine. */
import { lookup } from '../../../catalogue.ts';
import { NetworkError, UsageError } from '../../../errors.ts';
import type { Address, Network } from '../../../net/datacentres.ts';
import { contentsOf } from '../../../session/formats/convert.ts';
import { FORMAT_NAMES, type FormatName, titleOf, writeSessionString } from '../../../session/formats/index.ts';
import { type Session, signInState } from '../../../session/session.ts';
import { MAX_SIGNED_PORT } from '../../../tl/ranges.ts';
import { writeSecret } from '../../ask/secret-file.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { isString } from '../../settings/session-string.ts';
import { oneOf, parseValue } from '../../settings/setting.ts';

/** Formats with no address of a data centre, but with the api_id and the user. */
const WITHOUT_ADDRESS: readonly FormatName[] = ['pyrogram', 'mtkruto'];
const WITHOUT_TEST: readonly FormatName[] = ['telethon', 'gramjs'];

export async function run(ctx: Context, input: Input): Promise<Result> {
  const { format, file } = destinationOf(ctx, input);
  const session = (await ctx.session()).value;
  const string = await stringOf(ctx, session, format);
  if (file !== undefined) writeTo(ctx, input, file, string);
  await warn(ctx, session, format);
  const result = file ?? string;
  return { text: result, exact: true, json: { result, format, ...placeJson(ctx, session) } };
}

/** Where a session string goes. */
export interface Destination {
  readonly format: FormatName;
  /** `undefined`: to stdout. */
  readonly file: string | undefined;
}

/** Reads --format and --output. Throws `UsageError`, also if a terminal would show the string. */
export function destinationOf(ctx: Context, input: Input): Destination {
  const format = parseValue(oneOf(...FORMAT_NAMES), input.text('format') ?? 'tg-auth', '--format');
  const output = input.text('output');
  if (output === '') throw new UsageError('--output must be the name of a file.');
  const file = output === '-' ? undefined : output;
  if (file === undefined && !input.has('show') && ctx.outside.stdout.isTTY === true)
    throw new UsageError('A session string stays visible on a terminal, and anyone with it can use your account.', {
      why: ['Write it to a file with --output FILE, or allow it with --show.'],
    });
  return { format, file };
}

/** Writes the string to a file that only its owner can read, if the file is new or --force allows to replace it. */
export function writeTo(ctx: Context, input: Input, file: string, string: string): void {
  const { uid, random } = ctx.outside;
  const isPrivate = writeSecret(file, `${string}\n`, uid, input.has('force') ? random : undefined);
  ctx.out.success(`Wrote the session string to ${file}.${isPrivate ? ' Only you can read it.' : ''}`);
}

/** The name of the session, where it lives and who is signed in. */
export function placeJson({ options }: Context, { dc, network, user }: Session) {
  const session = isString(options) ? null : options.session.value;
  return { session, dc, network, user: user === undefined ? null : String(user.id) };
}

function addressOf({ dc, addresses }: Session, network: Network): Address | undefined {
  return [...network.addresses(dc), ...(addresses[dc] ?? [])][0];
}

/** The session as a string. Throws `UsageError` if it cannot be one; `NetworkError` without an address. */
export async function stringOf(ctx: Context, session: Session, format: FormatName): Promise<string> {
  const place = addressOf(session, await ctx.network());
  const withoutAddress = WITHOUT_ADDRESS.includes(format);
  const state = signInState(session);
  const contents = contentsOf(session, { address: place, api_id: withoutAddress ? ctx.api_id() : undefined });
  if (contents === undefined || (state === false && format !== 'tg-auth')) throw notSignedIn(contents !== undefined);
  if (state === 'unknown' && withoutAddress)
    throw new UsageError(`${titleOf(format)} needs the user id, which the string of this session did not contain.`, {
      next: { say: 'Store the session, then ask Telegram for the user', run: 'tg-auth whoami' },
    });
  if (place === undefined && format !== 'tg-auth' && !withoutAddress)
    throw new NetworkError('DC_UNKNOWN', { dc: session.dc });
  return writeSessionString(format, contents);
}

/** Says what to know about a string. */
export async function warn(ctx: Context, session: Session, format: FormatName): Promise<void> {
  const { out } = ctx;
  const place = addressOf(session, await ctx.network());
  const state = signInState(session);
  if (state === false) out.warn('This session is not signed in. The string holds only its key.');
  else out.warn('Anyone with this string can use your account. Keep it like a password.');
  if (format === 'gramjs' && place !== undefined && place.port > MAX_SIGNED_PORT)
    out.warn(
      `GramJS and teleproto read the port ${place.port} as ${place.port - 65_536}. Set it again in the other program.`,
    );
  out.hint('Use it in one program at a time. Telegram ends a session that two programs use (AUTH_KEY_DUPLICATED).');
  if (ctx.command === 'session export' && state !== false && session.user?.bot !== true)
    out.hint({ say: 'For another program, make a second session', run: 'tg-auth session clone' });
  if (state === 'unknown') out.hint({ say: 'Check that it is still signed in', run: 'tg-auth whoami' });
  if (session.network === 'test' && WITHOUT_TEST.includes(format))
    out.hint('The string does not record that it belongs to a test data centre. Set that in the other program.');
  if (session.network.startsWith('server-') && WITHOUT_ADDRESS.includes(format))
    out.hint('The string does not contain the address of its server. The other program would connect to Telegram.');
}

/** The error that the server would answer with. A session with a key may still be signed in. */
function notSignedIn(hasKey: boolean): UsageError {
  const type = 'AUTH_KEY_UNREGISTERED';
  const { sentence, exit } = lookup(type, 401);
  return hasKey
    ? new UsageError('As far as this machine knows, this session is not signed in.', {
        type,
        exit,
        next: { say: 'Ask Telegram', run: 'tg-auth whoami' },
      })
    : new UsageError(sentence, { type, exit, next: { say: 'Sign in', run: 'tg-auth login' } });
}
