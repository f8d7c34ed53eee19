/**
 * `session clone`: makes a second session of the account, with a key of its own, and stores or exports it.
 *
 * The new key is stored as an unfinished clone before the server can sign it in. After a crash, the next run with the
 * same name goes on with that key. A clone that fails is signed out and deleted; if that fails too, it stays stored.
 */
import { lstatSync } from 'node:fs';
import { type Device, whoAmI } from '../../../auth/account.ts';
import { cloneSession, endClone } from '../../../auth/clone.ts';
import { passwordQuestion } from '../../../auth/password.ts';
import { nameOf, rememberedUser, type User } from '../../../auth/user.ts';
import { malformed } from '../../../auth/valid-answer.ts';
import { EXIT } from '../../../catalogue.ts';
import { StoreError, TgAuthError, UsageError } from '../../../errors.ts';
import type { SessionHandle } from '../../../library.ts';
import type { Client } from '../../../net/client.ts';
import { emptySession, hasKey } from '../../../session/session.ts';
import { PASSWORD, provePassword, repeatWithPassword } from '../../ask/password.ts';
import { knownSecret } from '../../ask/secret.ts';
import { alreadyExists } from '../../ask/secret-file.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { isString } from '../../settings/session-string.ts';
import { requireKey } from '../../signed-in.ts';
import { type Clone, freeName, openClone, type Target } from './clone-target.ts';
import { type Destination, destinationOf, placeJson, stringOf, warn, writeTo } from './export.ts';

const METHOD = 'auth.acceptLoginToken';
/** How long a failed clone may take to be signed out, beyond the deadline of the command. */
const GRACE_MS = 5000;

export async function run(ctx: Context, input: Input): Promise<Result> {
  const target = targetOf(ctx, input);
  ctx.credentials(); // throws early if they are missing
  const source = await ctx.session();
  await requireKey(ctx, METHOD);
  if (source.value.user?.bot === true) throw forBots(ctx, target);
  const client = await ctx.client();
  ctx.out.busy('Asking Telegram');
  const owner = await whoAmI(client);
  if (owner.bot) throw forBots(ctx, target);
  const clone = await openClone(ctx, target, owner.id);
  const password = await passwordFor(ctx, input);
  const attempt: Attempt = { clone, client, owner: owner.id, password };
  try {
    repeatWithPassword(ctx);
    const user = await signIn(ctx, input, attempt);
    if (target.destination !== undefined) return await deliver(ctx, input, attempt, target.destination, user);
    return await keep(ctx, attempt, user);
  } catch (error) {
    attempt.fresh?.close();
    client.close();
    await giveUp(ctx, error, attempt);
    throw error;
  }
}

/** What a run has made so far. */
interface Attempt {
  readonly clone: Clone;
  /** The client of the session that is cloned. */
  readonly client: Client;
  readonly owner: bigint;
  /** `undefined` if a prompt asks for it, or the account has none. */
  readonly password: string | undefined;
  fresh?: Client;
  /** The clone, once its token was accepted. */
  device?: Device;
}

/** Signs the clone in. */
async function signIn(ctx: Context, input: Input, attempt: Attempt): Promise<User> {
  const { client, owner, password: known } = attempt;
  const { name, session, resumes } = attempt.clone;
  if (resumes) ctx.out.say(`Going on with the unfinished clone "${name}".`);
  else {
    const { network, addresses, routes = {}, time_offset } = (await ctx.session()).value;
    const start = { ...emptySession(network, client.state.dc), addresses, routes, time_offset };
    await session.replace({ ...start, clone: { user: owner } });
  }
  const fresh = await ctx.clientOf(session);
  attempt.fresh = fresh;
  ctx.out.busy('Making a new session');
  const end = await cloneSession(client, fresh, {
    ...ctx.credentials(),
    resumes,
    signal: ctx.deadline.signal,
    onAccepted: (device) => {
      attempt.device = device;
    },
  });
  if (end.kind === 'passwordNeeded' && end.dc !== undefined) await session.change({ dc: end.dc });
  const user = end.kind === 'signedIn' ? end.user : await provePassword(ctx, input, { ...end, known, client: fresh });
  if (user.id !== owner) malformed('the new session belongs to another account');
  await session.change({ dc: fresh.state.dc });
  return user;
}

/** Reads what is to become of the clone. Throws `UsageError`. */
function targetOf(ctx: Context, input: Input): Target {
  const [name] = input.args;
  const exports = ['format', 'output'].some((option) => input.text(option) !== undefined) || input.has('show');
  if (name !== undefined && exports)
    throw new UsageError('A name cannot be combined with --format, --output and --show: those do not store the clone.');
  if (!exports && (name !== undefined || !isString(ctx.options))) return { name, destination: undefined };
  const destination = destinationOf(ctx, input);
  const { file } = destination;
  if (file !== undefined && !input.has('force') && lstatSync(file, { throwIfNoEntry: false })?.isFile() === true)
    throw alreadyExists(file);
  return { name, destination };
}

function forBots(ctx: Context, { name = freeName(ctx.options.session.value) }: Target): UsageError {
  return new UsageError("A bot's session cannot be cloned: Telegram does not let bots accept a login.", {
    type: 'BOT_METHOD_INVALID',
    exit: EXIT.rpc,
    next: { say: 'Sign the bot in again with its token', run: `tg-auth login --bot --session ${name}` },
  });
}

/** The password, if no prompt will ask for it. Throws `UsageError` if it is required: nothing has been made yet. */
async function passwordFor(ctx: Context, input: Input): Promise<string | undefined> {
  const known = await knownSecret(ctx, input, PASSWORD);
  if (known !== undefined || ctx.canAsk) return known;
  const { has_password } = await passwordQuestion(await ctx.client());
  if (has_password !== true) return undefined;
  throw new UsageError('This account also needs its password.', {
    type: 'SESSION_PASSWORD_NEEDED',
    exit: EXIT.password,
    why: [`Two-step verification is on. Pass ${PASSWORD.flag} or set ${PASSWORD.variable}.`],
    next: { say: 'Pipe the password to it', run: `{again} ${PASSWORD.flag}` },
  });
}

/** Completes a clone that stays stored. */
async function keep(ctx: Context, { clone, device }: Attempt, user: User): Promise<Result> {
  const { name, session } = clone;
  await session.change({ user: rememberedUser(user), clone: undefined });
  ctx.out.idle();
  ctx.out.success(`Cloned the session as "${name}", signed in as ${nameOf(user)}. Both sessions stay signed in.`);
  confirmHint(ctx, device);
  if (!isString(ctx.options)) ctx.out.hint({ say: 'Use it', run: `tg-auth whoami --session ${name}` });
  const json = { result: name, format: null, ...placeJson(ctx, session.value), session: name };
  return { text: name, json: { method: METHOD, ...json, ...originJson(ctx, device) } };
}

/** Writes the string of a clone, then forgets the clone. The string must arrive, or nobody holds the session. */
async function deliver(
  ctx: Context,
  input: Input,
  { clone: { session }, device, owner }: Attempt,
  { format, file }: Destination,
  user: User,
): Promise<Result> {
  const { clone: _, ...rest } = session.value;
  const signedIn = { ...rest, user: rememberedUser(user) };
  const string = await stringOf(ctx, signedIn, format);
  await session.change({ clone: { user: owner, exported: true } });
  ctx.out.idle();
  if (file !== undefined) writeTo(ctx, input, file, string);
  await warn(ctx, signedIn, format);
  confirmHint(ctx, device);
  const json = { method: METHOD, result: file ?? string, format, ...placeJson(ctx, signedIn), session: null };
  ctx.out.answer(file ?? string, { ...json, ...originJson(ctx, device) }, { exact: true });
  if (file === undefined && (await ctx.outside.stdout.flushed?.()) === false) {
    ctx.deadline.signal.throwIfAborted();
    throw new StoreError('STREAM_UNWRITABLE', { stream: 'stdout', reason: 'no process reads it' });
  }
  await forget(ctx, session);
  return { status: EXIT.done };
}

function originJson(ctx: Context, device: Device | undefined) {
  const source = isString(ctx.options) ? null : ctx.options.session.value;
  return { source, hash: device === undefined ? null : String(device.hash) };
}

function confirmHint(ctx: Context, device: Device | undefined): void {
  if (device?.unconfirmed !== true) return;
  ctx.out.hint({ say: 'Confirm the new session', run: `tg-auth devices confirm ${device.hash}` });
}

/** Signs the clone out and forgets it. If that fails, says how to find and end it. */
async function giveUp(ctx: Context, error: unknown, { clone, device }: Attempt): Promise<void> {
  const { session, name, isStored } = clone;
  const type = error instanceof TgAuthError ? error.type : 'BUG';
  if (!hasKey(session.value)) return forget(ctx, session);
  if (await isEnded(ctx, session, device)) {
    if (device !== undefined) ctx.causes.set(type, 'The new session was signed out again.');
    return forget(ctx, session);
  }
  ctx.causes.set(type, 'The new session may still be signed in: tg-auth could not end it.');
  ctx.steps.set(type, [
    { say: 'Find it among the devices', run: 'tg-auth devices' },
    ...(device === undefined ? [] : [{ say: 'End it', run: `tg-auth devices terminate ${device.hash}` }]),
    ...(isStored ? [{ say: 'Or end it with its own key', run: `tg-auth logout --session ${name}` }] : []),
  ]);
}

async function isEnded(ctx: Context, session: SessionHandle, device: Device | undefined): Promise<boolean> {
  ctx.out.busy('Ending the new session');
  const signal = AbortSignal.timeout(GRACE_MS);
  const [source, fresh] = [
    await ctx.clientOf(await ctx.session(), { signal }),
    await ctx.clientOf(session, { signal }),
  ];
  try {
    return await endClone(source, fresh, device?.hash);
  } finally {
    source.close();
    fresh.close();
    ctx.out.idle();
  }
}

/** Deletes the stored key of a clone that is of no more use. */
async function forget(ctx: Context, session: SessionHandle): Promise<void> {
  try {
    await session.remove();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    ctx.out.warn(error.message);
  }
}
