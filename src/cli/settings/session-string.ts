/**
 * A session that comes as a string: which network it belongs to, and the session that it becomes there.
 *
 * A session from --session-string lives in memory, without a file or a lock, so that it works on machines without a
 * disk. The maker of a string may know its key and may have forged the rest: a string never chooses a server, and no
 * sign-in happens on its key.
 */
import type { Now } from '../../bytes.ts';
import type { NextStep } from '../../catalogue.ts';
import { UsageError } from '../../errors.ts';
import type { Network } from '../../net/datacentres.ts';
import { showAddress } from '../../net/dial/proxy.ts';
import type { SessionString } from '../../session/formats/index.ts';
import type { Session } from '../../session/session.ts';
import type { NetworkChoice, Options } from './options.ts';

/** What these functions need of a command's context. */
interface CommandOptions {
  readonly command: string;
  readonly options: Options;
}

/** Reads --session-string or its variable. Throws `UsageError` if it is malformed or contradicts another option. */
export async function readStringOption(
  { sessionString, session, network }: Options,
  readLine: (what: string) => Promise<string>,
): Promise<SessionString | undefined> {
  const { value, from, name } = sessionString;
  if (value === undefined) return undefined;
  if (network.kind === 'sandbox') {
    if (from !== 'flag') return undefined; // the sandbox starts a session of its own
    throw new UsageError(`--sandbox and ${name} cannot be combined: a new sandbox knows no sessions.`);
  }
  if (session.from === 'flag') throw new UsageError(`${session.name} and ${name} cannot be combined.`);
  const { readSessionString } = await import('../../session/formats/index.ts');
  return readSessionString(value === '-' ? await readLine('session string') : value);
}

/** Whether the session comes from --session-string, and nothing of it is stored. */
export function isString({ sessionString, network }: Options): boolean {
  return sessionString.value !== undefined && network.kind !== 'sandbox';
}

/** Returns the network to open for a string. Throws `UsageError` if the options name another one. */
export async function networkFor(ctx: CommandOptions, string: SessionString): Promise<NetworkChoice> {
  const wanted = ctx.options.network;
  if (wanted.kind === 'sandbox')
    throw new UsageError('An embedded sandbox cannot store a session: it ends with the command.');
  if (wanted.kind === 'server') return wanted;
  const { dc, address, network, test = await isOnTestDc(string) } = string;
  if (network !== undefined && string.test === undefined)
    throw new UsageError(`This session belongs to a server that is not Telegram's (${network}).`, {
      why: ['Name that server with --server HOST:PORT and --server-key FILE.'],
    });
  const { isPrivate } = await import('../../session/formats/ip.ts');
  if (address !== undefined && isPrivate(address.host))
    throw new UsageError(
      `This session belongs to a server on this machine or in a private network (${showAddress(address)}), not to Telegram.`,
      { next: ownServer(ctx, showAddress(address), dc) },
    );
  if (test === undefined) return wanted;
  if (wanted.test && !test)
    throw new UsageError("--test does not fit this session: it belongs to Telegram's production network.");
  return { kind: 'telegram', test };
}

function ownServer({ command, options }: CommandOptions, address: string, number: number): NextStep {
  const { session, dc } = options;
  const dcFlag = number === dc.value && dc.from !== 'flag' ? '' : ` --dc ${number}`;
  const sessionFlag = session.from === 'flag' ? ` --session ${session.value}` : '';
  const run = `tg-auth ${command} --server ${address} --server-key FILE${dcFlag}${sessionFlag}`;
  return { say: 'If that is your own server, name it', run };
}

/** Recognises a test DC by its address, for formats without a flag: the test DCs share no address with others. */
async function isOnTestDc({ dc, address }: SessionString): Promise<true | undefined> {
  const { testNetwork } = await import('../../net/datacentres.ts');
  return testNetwork()
    .addresses(dc)
    .some(({ host }) => host === address?.host)
    ? true
    : undefined;
}

/** Throws `UsageError` if a tg-auth string names another network than the one that was opened. */
export function checkNetwork(id: string, { network }: SessionString): void {
  if (network === undefined || network === id) return;
  throw new UsageError(`This session belongs to the network ${network}, but --server names the network ${id}.`);
}

/**
 * Returns the session in a string, on its network. `before`: the stored session that it replaces; its addresses are
 * kept if a server named them. Throws `UsageError` for a data centre that Telegram is not known to have.
 */
export async function sessionFromString(
  ctx: CommandOptions & { network(): Promise<Network>; readonly outside: { readonly now: Now } },
  string: SessionString,
  before?: Session,
): Promise<Session> {
  const { sessionOf } = await import('../../session/formats/convert.ts');
  const { id, addresses: table } = await ctx.network();
  const isOwn = Object.values(before?.keys ?? {}).every((key) => key.imported !== true && key.made !== undefined);
  const addresses = isOwn && before !== undefined ? before.addresses : {};
  const isTelegram = ctx.options.network.kind === 'telegram';
  if (isTelegram && table(string.dc).length === 0 && addresses[string.dc] === undefined)
    throw new UsageError(
      `This session belongs to data centre ${string.dc}, which Telegram's ${id} network does not have.`,
      { next: ownServer(ctx, 'HOST:PORT', string.dc) },
    );
  return { ...sessionOf(string, id, before && ctx.outside.now() / 1000), addresses };
}

/** Checks the session before a sign-in starts. Throws `UsageError` for a session string: its new key would be lost. */
export async function beginSignIn(
  ctx: CommandOptions & {
    session(): Promise<{ readonly value: Session }>;
    readonly out: { warn(text: string): void };
  },
): Promise<void> {
  requireStored(ctx);
  const { keys, dc } = (await ctx.session()).value;
  if (keys[dc]?.imported === true)
    ctx.out.warn('The key of this session came in a session string. Signing in replaces it with a new key.');
}

/** Checks the session before a sign-in continues. Throws `UsageError` for a session string. */
export function requireStored({ command, options }: CommandOptions): void {
  if (!isString(options)) return;
  const { name } = options.sessionString;
  throw new UsageError(
    `${command} requires a stored session: a sign-in makes a new key, and ${name} cannot store it.`,
    {
      next: { say: `Sign in without ${name}, then print the new session as a string`, run: 'tg-auth session export' },
    },
  );
}
