/**
 * A session that is given as a string: which network it belongs to, and what it becomes there.
 *
 * With --session-string it lives in memory, nothing of it is stored and no lock is taken, so that it works on machines without a disk. A string that says which network it is of is
 * believed; options that say another are refused, since its key is good for nothing there.
 */
import { UsageError } from '../errors.ts';
import type { Network } from '../net/datacentres.ts';
import type { SessionString } from '../session/formats/index.ts';
import type { Session } from '../session/session.ts';
import type { Context } from './context.ts';
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
  const { readSessionString } = await import('../session/formats/index.ts');
  return readSessionString(value === '-' ? await ctx.line('session string') : value);
}

/** The network to open for a string. Throws `UsageError` if it belongs to another one than is wanted. */
export async function networkOf(wanted: Options['network'], found: SessionString): Promise<Options['network']> {
  if (wanted.kind === 'sandbox')
    throw new UsageError('A session cannot be kept in an embedded sandbox, which ends with its command.');
  if (wanted.kind === 'server') return wanted;
  if (found.session !== undefined && found.test === undefined)
    throw new UsageError(`This session belongs to a server that is not Telegram's (${found.session.network}).`, {
      next: 'Say where it is, with --server HOST:PORT and --server-key FILE.',
    });
  const test = found.test ?? (await isOnTestDc(found));
  if (test === undefined) return wanted;
  if (wanted.test && !test)
    throw new UsageError("--test and this session exclude each other: it is one of Telegram's production network.");
  return { kind: 'telegram', test };
}

/** What the address tells where the format has no flag: the test DCs share theirs with no others. */
async function isOnTestDc({ dc, address }: SessionString): Promise<true | undefined> {
  const { testNetwork } = await import('../net/datacentres.ts');
  return testNetwork()
    .addresses(dc)
    .some(({ host }) => host === address?.host)
    ? true
    : undefined;
}

/** Throws `UsageError` if a string of our own names another network than the one that was opened. */
export function checkNetwork(id: string, { session }: SessionString): void {
  if (session === undefined || session.network === id) return;
  throw new UsageError(
    `This session belongs to another network (${session.network}) than the --server that was given (${id}).`,
  );
}

/** The session in a string, on its network. */
export async function sessionIn(found: SessionString, { id, addresses }: Network): Promise<Session> {
  const { sessionOf } = await import('../session/formats/convert.ts');
  return sessionOf(found, id, addresses(found.dc).length === 0 ? found.address : undefined);
}
