/** `session list`, `show`, `rename`, `delete` and `passphrase`: manage the stored sessions. None of them connects. */
import { showPhone } from '../../../auth/phone.ts';
import { duration, lineOfStep, type NextStep } from '../../../catalogue.ts';
import { StoreError, UsageError } from '../../../errors.ts';
import type { Json } from '../../../printable.ts';
import { printable } from '../../../printable.ts';
import { type Session, secondsLeft, signInState } from '../../../session/session.ts';
import type { SessionStore } from '../../../session/store.ts';
import { PASSPHRASE } from '../../ask/passphrase.ts';
import { knownSecret, type Secret } from '../../ask/secret.ts';
import { DECLINED, type Input, type Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { PASSWORD_NEEDED } from '../../pending-code.ts';
import { table } from '../../tell/table.ts';

export async function list(ctx: Context): Promise<Result> {
  const { id } = await ctx.network();
  const shown = summariesOf(await ctx.store());
  const here = shown.filter(({ network }) => network === id);
  const elsewhere = new Set(shown.map(({ network }) => network).filter((network) => network !== id));
  if (here.length === 0) {
    ctx.out.say('No stored sessions of this network.');
    ctx.out.hint({ say: 'Sign in', run: 'tg-auth login' });
  }
  for (const network of elsewhere)
    ctx.out.hint(`Other sessions belong to the network ${network}${howToList(network)}.`);
  for (const each of here) hintClone(ctx, each, here);
  const chosen = ctx.options.session.value;
  const result = shown.map(({ network, name, state, user, account, phone }) => {
    return { session: name, network, current: network === id && name === chosen, state, user, account, phone };
  });
  const rows = here.map(({ name, account, phone, state }) => {
    return [name, [account, phone].filter((part) => part !== null).join(' ') || '-', STATES[state]];
  });
  const { isTTY = false } = ctx.outside.stdout;
  return {
    text: isTTY ? table(rows, { columns: ctx.out.columns }) : rows.map((row) => row.join('\t')).join('\n'),
    json: { result },
  };
}

const STATES = {
  'signed-in': 'signed in',
  'signed-out': 'signed out',
  'code-pending': 'code requested, not signed in',
  'qr-pending': 'QR code shown, not signed in',
  'password-pending': 'code accepted, password needed',
  imported: 'imported, not checked yet',
  'clone-unfinished': 'clone not finished, may be signed in',
  'clone-exported': 'clone whose string may have been written',
  encrypted: 'encrypted, passphrase needed',
  unreadable: 'unreadable',
} as const;

interface Summary {
  readonly state: keyof typeof STATES;
  readonly user: string | null;
  readonly account: string | null;
  readonly phone: string | null;
}

interface Listed extends Summary {
  readonly network: string;
  readonly name: string;
}

function summariesOf(store: SessionStore): readonly Listed[] {
  return store.list().map(({ network, name }) => ({ network, name, ...summaryOf(peek(store, name, network)) }));
}

/** Says how to finish an unfinished clone. Each session of its account can accept it. */
function hintClone({ out }: Context, { network, name, state, user }: Listed, all: readonly Listed[]): void {
  const source = all.find((each) => each.state === 'signed-in' && each.user === user && each.network === network);
  const from = source === undefined ? '' : ` --session ${source.name}`;
  if (state === 'clone-unfinished') out.hint({ say: `Finish "${name}"`, run: `tg-auth session clone ${name}${from}` });
  if (state === 'clone-exported')
    out.hint({ say: `If no program uses the string of "${name}", end it`, run: `tg-auth logout --session ${name}` });
}

/** What is known of a session without its passphrase and without a connection. */
function summaryOf(session: Session | 'encrypted' | 'unreadable'): Summary {
  const none = { user: null, account: null, phone: null };
  if (session === 'encrypted' || session === 'unreadable') return { state: session, ...none };
  const { user, pending, qr, clone } = session;
  if (user !== undefined) {
    const { id, name: account = `user ${id}`, phone } = user;
    return {
      state: 'signed-in',
      user: String(id),
      account: printable(account),
      phone: phone === undefined ? null : showPhone(phone),
    };
  }
  if (clone !== undefined)
    return {
      ...none,
      state: clone.exported === true ? 'clone-exported' : 'clone-unfinished',
      user: String(clone.user),
    };
  if (signInState(session) === 'unknown') return { state: 'imported', ...none };
  const [latest] = Object.entries(pending).sort(([, a], [, b]) => b.asked - a.asked);
  if (qr !== undefined && qr.asked >= (latest?.[1].asked ?? qr.asked))
    return { state: qr.link === undefined ? 'password-pending' : 'qr-pending', ...none };
  if (latest === undefined) return { state: 'signed-out', ...none };
  const [phone, { type }] = latest;
  return { state: type === PASSWORD_NEEDED ? 'password-pending' : 'code-pending', ...none, phone: showPhone(phone) };
}

function peek(store: SessionStore, name: string, network: string): Session | 'encrypted' | 'unreadable' {
  try {
    const session = store.peek(name, network) ?? 'unreadable';
    return session === 'sealed' ? 'encrypted' : session;
  } catch (error) {
    if (error instanceof StoreError) return 'unreadable';
    throw error;
  }
}

function howToList(network: string): string {
  if (network === 'production') return '';
  return network === 'test' ? ' (list them with --test)' : ' (list them with its --server and --server-key)';
}

export async function show(ctx: Context, { args: [name = ctx.options.session.value] }: Input): Promise<Result> {
  await requireSession(ctx, name);
  ctx.facts.session = name;
  const { value, sealed } = await ctx.openStored(name);
  hintClone(ctx, { network: value.network, name, ...summaryOf(value) }, summariesOf(await ctx.store()));
  const json = contents(ctx, name, value, sealed);
  if (value.user === undefined) for (const step of pendingSteps(value, name)) ctx.out.hint(step);
  const text = Object.entries(json).flatMap(([key, each]) => linesOf(key, each));
  return { text: text.join('\n'), wraps: true, json: { result: json } };
}

/** How to go on with what is pending. */
function pendingSteps({ pending, qr }: Session, name: string): NextStep[] {
  const go = (say: string, run: string) => ({ say, run: `tg-auth ${run} --session ${name}` });
  const codes = Object.entries(pending).map(([digits, { type }]) => {
    const phone = showPhone(digits);
    if (type === PASSWORD_NEEDED) return go(`Go on with ${phone}`, `sign-in ${phone} --password -`);
    if (type === 'setUpEmailRequired') return go(`Go on with ${phone}`, `send-code ${phone} --email -`);
    return go(`Go on with ${phone}`, `sign-in ${phone} --code -`);
  });
  if (qr === undefined) return codes;
  return [go('Go on with the QR code', `login --qr --wait${qr.link === undefined ? ' --password -' : ''}`), ...codes];
}

export async function rename(ctx: Context, { args: [from = '', to = ''] }: Input): Promise<Result> {
  if (from === to) throw new UsageError('The session already has this name.');
  const { id } = await ctx.network();
  await (await ctx.store()).rename(from, to, id, ctx.lockOptions());
  ctx.out.success(`Renamed session "${from}" to "${to}".`);
  return { text: to, json: { result: to, session: to } };
}

export async function remove(ctx: Context, input: Input): Promise<Result> {
  const [name = ctx.options.session.value] = input.args;
  await requireSession(ctx, name);
  const { id } = await ctx.network();
  const store = await ctx.store();
  const { state } = summaryOf(peek(store, name, id));
  const isSignedIn = state === 'signed-in';
  if (isSignedIn || state === 'imported' || state === 'encrypted' || state.startsWith('clone-')) {
    ctx.out.warn(`Telegram keeps this session signed in${isSignedIn ? '' : ', if it is'}.`);
    const instead = ctx.out.step({ say: 'To end it there too', run: `tg-auth logout --session ${name}` });
    ctx.out.hint(
      input.has('yes') ? 'To end it there, use the list of devices in another session or app.' : lineOfStep(instead),
    );
  }
  if (!input.has('yes') && !(await ctx.confirm(`Delete session "${name}" from this machine?`, '--yes')))
    return DECLINED;
  await store.remove(name, id, ctx.lockOptions());
  ctx.out.success(`Deleted session "${name}" from this machine.`);
  return { text: 'true', json: { result: true, session: name } };
}

const NEW_PASSPHRASE: Secret = {
  ...PASSPHRASE,
  message: 'New passphrase',
  option: 'new',
  flag: '--new - (or --remove)',
  variable: 'TG_AUTH_NEW_PASSPHRASE',
};

export async function passphrase(ctx: Context, input: Input): Promise<Result> {
  const { session, network } = ctx.options;
  if (network.kind === 'sandbox') throw new UsageError('An embedded sandbox stores no session to encrypt.');
  const name = session.value;
  await requireSession(ctx, name);
  const open = await ctx.openStored(name);
  const fresh = input.has('remove') ? undefined : await newPassphrase(ctx, input);
  ctx.out.busy('Encrypting');
  await open.setPassphrase(fresh);
  ctx.out.idle();
  ctx.out.success(
    fresh === undefined
      ? `Session "${name}" is now stored unencrypted.`
      : `Encrypted session "${name}". Keep the passphrase safe. It cannot be recovered.`,
  );
  return { text: 'true', json: { result: true, session: name, encrypted: fresh !== undefined } };
}

async function newPassphrase(ctx: Context, input: Input): Promise<string> {
  const known = await knownSecret(ctx, input, NEW_PASSPHRASE);
  if (known !== undefined) return known;
  const typed = await ctx.ask(NEW_PASSPHRASE);
  const check = (text: string) => {
    if (text !== typed) throw new UsageError('The passphrases differ.');
  };
  await ctx.ask({ ...NEW_PASSPHRASE, message: 'New passphrase again', check });
  return typed;
}

async function requireSession(ctx: Context, session: string): Promise<void> {
  const { id } = await ctx.network();
  const all = (await ctx.store()).list();
  if (!all.some(({ name, network }) => network === id && name === session))
    throw new StoreError('STORE_MISSING', { session });
}

/** The session without keys and hashes. */
function contents(ctx: Context, name: string, session: Session, encrypted: boolean): { readonly [key: string]: Json } {
  const { network, dc, keys, user, pending, qr, dropped, time_offset, clone, waits = {} } = session;
  return {
    session: name,
    network,
    dc,
    user: user === undefined ? null : String(user.id),
    bot: user?.bot ?? null,
    encrypted,
    clone: clone === undefined ? null : clone.exported === true ? 'exported' : 'unfinished',
    keys: Object.keys(keys).map(Number),
    importedKeys: Object.keys(keys).flatMap((id) => (keys[Number(id)]?.imported === true ? [Number(id)] : [])),
    clockOffset: time_offset,
    dropped,
    pending: Object.entries(pending).map(([phone, { type, asked, deadline, next_type }]) => ({
      phone: showPhone(phone),
      type,
      asked,
      nextType: next_type ?? null,
      deadline: deadline ?? null,
    })),
    qr: qr === undefined ? null : { asked: qr.asked, passwordNeeded: qr.link === undefined },
    waits: Object.entries(waits).map(([what, wait]) => {
      const [method = '', phone = null] = what.split(' ');
      const until = wait.asked + wait.seconds;
      return { method, phone, until, retryAfter: secondsLeft(wait, ctx.outside.now()) };
    }),
  };
}

function linesOf(key: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [`${key}: ${value ?? '-'}`];
  return [value].flat().map((each: Json) => {
    const fields = typeof each === 'object' && each !== null ? Object.entries(each) : undefined;
    const text = fields?.map(([name, field]) => `${name} ${shown(name, field)}`).join(', ') ?? String(each);
    return `${key}: ${printable(text)}`; // on one line, whatever a file holds
  });
}

function shown(name: string, field: Json | undefined): string {
  return name === 'retryAfter' ? duration(Number(field)) : String(field ?? '-');
}
