/**
 * A session that is given as a string: which network it belongs to, and what it becomes there.
 *
 * With --session-string it lives in memory, nothing of it is stored and no lock is taken, so that it works on machines without a disk. Whoever
 * made a string may know its key, and can have written anything else into it: it chooses no server, and no sign-in happens on its key.
 */
import { UsageError } from '../../errors.ts';
import { showAddress } from '../../net/dial/proxy.ts';
import type { SessionString } from '../../session/formats/index.ts';
import type { Session } from '../../session/session.ts';
import type { Context } from '../context.ts';
import type { Options } from './options.ts';

/** What --session-string or its variable holds. Throws `UsageError` if it is none, or contradicts another option. */
export async function givenString(ctx: Context): Promise<SessionString | undefined> {
  const { sessionString, session, network } = ctx.options;
  const { value, from, name } = sessionString;
  if (value === undefined) return undefined;
  if (network.kind === 'sandbox') {
    if (from !== 'flag') return undefined; // it begins with a session of its own, whatever is in the environment
    throw new UsageError(`--sandbox and ${name} exclude each other: an embedded sandbox knows no session yet.`);
  }
  if (session.from === 'flag') throw new UsageError(`${session.name} and ${name} exclude each other.`);
  const { readSessionString } = await import('../../session/formats/index.ts');
  return readSessionString(value === '-' ? await ctx.line('session string') : value);
}

/** Whether the session is one of --session-string, of which nothing is stored. */
export function isString({ sessionString, network }: Options): boolean {
  return sessionString.value !== undefined && network.kind !== 'sandbox';
}

/** The network to open for a string. Throws `UsageError` if it belongs to another one than is wanted. */
export async function networkOf(ctx: Context, found: SessionString): Promise<Options['network']> {
  const wanted = ctx.options.network;
  if (wanted.kind === 'sandbox')
    throw new UsageError('A session cannot be kept in an embedded sandbox, which ends with its command.');
  if (wanted.kind === 'server') return wanted;
  const { dc, address, network, test = await isOnTestDc(found) } = found;
  if (network !== undefined && found.test === undefined)
    throw new UsageError(`This session belongs to a server that is not Telegram's (${network}).`, {
      next: 'Say where it is, with --server HOST:PORT and --server-key FILE.',
    });
  const { isPrivate } = await import('../../session/formats/ip.ts');
  if (address !== undefined && isPrivate(address.host))
    throw new UsageError(
      `This session is of a server on this machine or in a private network (${showAddress(address)}), which is not Telegram's.`,
      { next: sayServer(ctx, showAddress(address), dc) },
    );
  if (test === undefined) return wanted;
  if (wanted.test && !test)
    throw new UsageError("--test and this session exclude each other: it is one of Telegram's production network.");
  return { kind: 'telegram', test };
}

function sayServer({ command, options }: Context, address: string, dc: number): string {
  const { from, value } = options.dc;
  const { session } = options;
  const more = `${dc === value && from !== 'flag' ? '' : ` --dc ${dc}`}${session.from === 'flag' ? ` --session ${session.value}` : ''}`;
  return `If it is of your own server, name that:  tg-auth ${command} --server ${address} --server-key FILE${more}`;
}

/** What the address tells where the format has no flag: the test DCs share theirs with no others. */
async function isOnTestDc({ dc, address }: SessionString): Promise<true | undefined> {
  const { testNetwork } = await import('../../net/datacentres.ts');
  return testNetwork()
    .addresses(dc)
    .some(({ host }) => host === address?.host)
    ? true
    : undefined;
}

/** Throws `UsageError` if a string of our own names another network than the one that was opened. */
export function checkNetwork(id: string, { network }: SessionString): void {
  if (network === undefined || network === id) return;
  throw new UsageError(
    `This session belongs to another network (${network}) than the --server that was given (${id}).`,
  );
}

/**
 * The session in a string, on its network. `before`: the stored one that it replaces, whose addresses the server told. Throws `UsageError` for
 * a data centre that Telegram is not known to have.
 */
export async function sessionIn(ctx: Context, found: SessionString, before?: Session): Promise<Session> {
  const { sessionOf } = await import('../../session/formats/convert.ts');
  const { id, addresses: table } = await ctx.network();
  const isOwn = Object.values(before?.keys ?? {}).every((key) => key.imported !== true && key.made !== undefined);
  const addresses = isOwn && before !== undefined ? before.addresses : {};
  const isTelegram = ctx.options.network.kind === 'telegram';
  if (isTelegram && table(found.dc).length === 0 && addresses[found.dc] === undefined)
    throw new UsageError(
      `This session is of data centre ${found.dc}, which Telegram's ${id} network is not known to have.`,
      {
        next: sayServer(ctx, 'HOST:PORT', found.dc),
      },
    );
  return { ...sessionOf(found, id, before && ctx.outside.now() / 1000), addresses };
}

/** Before a sign-in begins. Throws `UsageError` for a session string: the new key would be gone with the command. */
export async function beginSignIn(ctx: Context): Promise<void> {
  requireStored(ctx);
  const { keys, dc } = (await ctx.session()).value;
  if (keys[dc]?.imported === true)
    ctx.out.warn('The key of this session came in a session string. To sign in, a new key takes its place.');
}

/** Before a sign-in goes on. Throws `UsageError` for a session string. */
export function requireStored({ command, options }: Context): void {
  if (!isString(options)) return;
  const { name } = options.sessionString;
  throw new UsageError(`${command} needs a stored session. A sign-in makes a new key, which ${name} cannot keep.`, {
    next: `Sign in without ${name}, then print the new session as a string:  tg-auth session export`,
  });
}
