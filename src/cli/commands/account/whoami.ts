/**
 * `whoami`: prints the signed-in account in one line: id, name and phone, with tabs between them; with --check also
 * whether Telegram has limited or frozen it.
 */
import { whoAmI } from '../../../auth/account.ts';
import { type AccountLimits, accountLimits } from '../../../auth/limits.ts';
import { showPhone } from '../../../auth/phone.ts';
import { nameOf } from '../../../auth/user.ts';
import { type Json, printable } from '../../../printable.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { keepUser, requireKey, userJson } from '../../signed-in.ts';
import { date } from '../../tell/device.ts';

const STRANGERS = 'Telegram tells no client about limits on messages to strangers. Ask this bot:  https://t.me/spambot';
const BOTS = 'Telegram does not tell bots whether they are frozen.';
const NOT_SAID = 'Telegram did not say whether this account is frozen.';

export const NOTES = `\nWith --check, the line ends with ok, limited, frozen or deleted.\n${STRANGERS}\n`;

export async function run(ctx: Context, input: Input): Promise<Result> {
  await requireKey(ctx, 'users.getUsers');
  ctx.out.busy('Asking Telegram');
  const client = await ctx.client();
  const limits = input.has('check') ? await accountLimits(client) : undefined;
  const user = limits?.user ?? (await whoAmI(client));
  await keepUser(ctx, user);
  ctx.out.idle();
  const fields = [String(user.id), nameOf(user), user.phone === undefined ? '' : showPhone(printable(user.phone))];
  const json = { method: 'users.getUsers', result: String(user.id), ...(await userJson(ctx, user)) };
  if (limits === undefined) return { text: fields.join('\t').trimEnd(), json };
  tell(ctx, limits);
  return { text: [...fields, stateOf(limits)].join('\t'), json: { ...json, check: limitsJson(limits) } };
}

function stateOf({ deleted, limited, frozen }: AccountLimits): 'deleted' | 'frozen' | 'limited' | 'ok' {
  if (deleted) return 'deleted';
  if (frozen !== null && frozen !== false) return 'frozen';
  return limited ? 'limited' : 'ok';
}

function tell({ out }: Context, limits: AccountLimits): void {
  const { deleted, limited, restrictions, frozen } = limits;
  if (deleted) out.warn('This account is deleted.');
  if (limited) out.warn('Telegram has limited this account.');
  for (const { text, reason, platform } of restrictions)
    out.hint(
      `${printable(text === '' ? reason : text)}${platform === 'all' ? '' : ` (in apps for ${printable(platform)})`}`,
    );
  if (frozen !== null && frozen !== false) {
    const { since, until, appeal } = frozen;
    out.warn(`Telegram froze this account${since === undefined ? '' : ` on ${date(since)}`}: it is read-only.`);
    if (until !== undefined) out.hint(`Telegram deletes it after ${date(until)}, unless an appeal succeeds.`);
    if (appeal !== undefined) out.hint(`Appeal:  ${printable(appeal)}`);
  }
  if (stateOf(limits) === 'ok') out.success('Telegram reports no limits on this account.');
  for (const line of unknown(limits)) out.hint(line);
}

/** What this check cannot find out. */
function unknown({ user, frozen }: AccountLimits): string[] {
  return user.bot ? [BOTS] : [...(frozen === null ? [NOT_SAID] : []), STRANGERS];
}

function limitsJson(limits: AccountLimits): { readonly [key: string]: Json } {
  const { restrictions, frozen } = limits;
  const { since = null, until = null, appeal = null } = frozen === false ? {} : { ...frozen };
  return {
    state: stateOf(limits),
    restrictions: restrictions.map(({ platform, reason, text }) => ({ platform, reason, text })),
    frozen: frozen === null ? null : frozen !== false,
    frozenSince: since,
    deletedAfter: until,
    appeal,
    unknown: unknown(limits),
  };
}
