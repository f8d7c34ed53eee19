/** `session list`, `show`, `rename`, `delete`: the sessions that are stored on this machine. None of them connects. */
import { showPhone } from '../../auth/phone.ts';
import { duration } from '../../catalogue.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Session } from '../../session/session.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import type { Json } from '../tell/output.ts';

export const sessionList: Command = {
  name: 'session list',
  byDefault: true,
  summary: 'Print the names of the stored sessions of this network',
  examples: ['tg-auth session list', 'tg-auth session list --test --json'],
  async run(ctx) {
    const { id } = await ctx.network();
    const all = (await ctx.store()).list();
    const here = all.filter(({ network }) => network === id).map(({ name }) => name);
    const elsewhere = all.filter(({ network }) => network !== id);
    if (here.length === 0) ctx.out.say('There is no stored session of this network yet. tg-auth login makes one.');
    for (const network of new Set(elsewhere.map((each) => each.network)))
      ctx.out.hint(
        `Others are of the network ${network}${HOW[network] ?? '; its --server and --server-key show them'}.`,
      );
    const chosen = ctx.options.session.value;
    const result = all.map(({ network, name }) => ({ name, network, current: network === id && name === chosen }));
    return { text: here.join('\n'), json: { method: null, result } };
  },
};

const HOW: Readonly<Record<string, string>> = { production: '', test: '; --test shows them' };

export const sessionShow: Command = {
  name: 'session show',
  summary: 'Print what a stored session holds, but for its secrets',
  args: [{ name: '[name]', help: 'default: the one that --session names' }],
  examples: ['tg-auth session show', 'tg-auth session show work --json'],
  async run(ctx, { args }) {
    const [name = ctx.options.session.value] = args;
    await mustExist(ctx, name);
    ctx.facts.session = name;
    const { value, sealed } = await ctx.openStored(name);
    const json = contents(ctx, name, value, sealed);
    const text = Object.entries(json).flatMap(([key, each]) => linesOf(key, each));
    return { text: text.join('\n'), json: { method: null, result: json } };
  },
};

export const sessionRename: Command = {
  name: 'session rename',
  summary: 'Give a stored session another name',
  args: [
    { name: '<from>', help: 'its name' },
    { name: '<to>', help: 'the new one' },
  ],
  examples: ['tg-auth session rename default work'],
  async run(ctx, { args }) {
    const [from = '', to = ''] = args;
    if (from === to) throw new UsageError('That is its name already.');
    const { id } = await ctx.network();
    await (await ctx.store()).rename(from, to, id, ctx.lockOptions());
    ctx.out.success(`The session "${from}" is now called "${to}".`);
    return { text: to, json: { method: null, result: to } };
  },
};

export const sessionDelete: Command = {
  name: 'session delete',
  summary: 'Remove a stored session from this machine',
  args: [{ name: '[name]', help: 'default: the one that --session names' }],
  options: [{ name: '--yes', help: 'do not ask' }],
  examples: ['tg-auth session delete work --yes'],
  async run(ctx, input) {
    const [name = ctx.options.session.value] = input.args;
    await mustExist(ctx, name);
    ctx.out.warn(`At Telegram it stays signed in. To end it there too:  tg-auth logout --session ${name}`);
    if (!input.has('yes') && !(await ctx.confirm(`Remove the session "${name}" from this machine?`, '--yes')))
      return { text: 'false', no: true, json: { method: null, result: false } };
    const { id } = await ctx.network();
    await (await ctx.store()).remove(name, id, ctx.lockOptions());
    ctx.out.success(`The session "${name}" is gone from this machine.`);
    return { text: 'true', json: { method: null, result: true } };
  },
};

async function mustExist(ctx: Context, session: string): Promise<void> {
  const { id } = await ctx.network();
  const all = (await ctx.store()).list();
  if (!all.some(({ name, network }) => network === id && name === session))
    throw new StoreError('STORE_MISSING', { session });
}

/** Everything but keys and hashes. */
function contents(ctx: Context, name: string, session: Session, encrypted: boolean): { readonly [key: string]: Json } {
  const { network, dc, keys, user, pending, dropped, time_offset, waits = {} } = session;
  return {
    name,
    network,
    dc,
    user: user === undefined ? null : String(user.id),
    bot: user?.bot ?? null,
    encrypted,
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
    waits: Object.entries(waits).map(([what, until]) => ({
      what,
      until,
      left: duration(Math.max(0, until - ctx.outside.now() / 1000)),
    })),
  };
}

function linesOf(key: string, value: Json): string[] {
  if (!Array.isArray(value)) return [`${key}: ${value ?? '-'}`];
  return value.map((each: Json) => {
    const fields = typeof each === 'object' && each !== null ? Object.entries(each) : undefined;
    const text = fields?.map(([name, field]) => `${name} ${String(field ?? '-')}`).join(', ') ?? String(each);
    return `${key}: ${printable(text)}`; // on one line, whatever a file holds
  });
}
