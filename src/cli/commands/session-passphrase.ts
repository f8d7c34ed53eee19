/** `session passphrase`: puts a stored session behind a passphrase, behind another one, or behind none. */
import { StoreError, UsageError } from '../../errors.ts';
import { PASSPHRASE } from '../ask/passphrase.ts';
import { type Secret, secretOf } from '../ask/secret.ts';
import type { Command } from '../command.ts';

const NEW: Secret = {
  ...PASSPHRASE,
  message: 'New passphrase',
  option: 'new',
  flag: '--new - (or --remove)',
  variable: 'TG_AUTH_NEW_PASSPHRASE',
};

export const sessionPassphrase: Command = {
  name: 'session passphrase',
  summary: 'Encrypt a stored session with a passphrase, change it, or take it away',
  options: [
    { name: '--new <->', help: 'only as -: the new passphrase from stdin [TG_AUTH_NEW_PASSPHRASE]; else asked for' },
    { name: '--remove', help: 'store it unencrypted again' },
  ],
  examples: [
    'tg-auth session passphrase',
    'TG_AUTH_NEW_PASSPHRASE=$(pass tg-auth) tg-auth session passphrase --session work',
    'TG_AUTH_PASSPHRASE=$(pass tg-auth) tg-auth session passphrase --remove',
  ],
  async run(ctx, input) {
    const remove = input.has('remove');
    if (remove && input.text('new') !== undefined) throw new UsageError('--new and --remove exclude each other.');
    const { session, network } = ctx.options;
    if (network.kind === 'sandbox') throw new UsageError('An embedded sandbox stores nothing that could be encrypted.');
    const { id } = await ctx.network();
    const name = session.value;
    if (!(await ctx.store()).list().some((each) => each.network === id && each.name === name))
      throw new StoreError('STORE_MISSING', { session: name });
    const open = await ctx.openStored(name);
    const fresh = remove ? undefined : await secretOf(ctx, input, NEW);
    if (fresh !== undefined && input.text('new') === undefined && ctx.outside.env.TG_AUTH_NEW_PASSPHRASE === undefined)
      await ctx.ask({
        ...NEW,
        message: 'New passphrase, once more',
        check(text) {
          if (text !== fresh) throw new UsageError('That is not the same.');
        },
      });
    ctx.out.busy('Encrypting');
    await open.setPassphrase(fresh);
    ctx.out.idle();
    if (remove) ctx.out.success(`The session "${name}" is stored unencrypted.`);
    else ctx.out.success(`The session "${name}" is encrypted. Without its passphrase it is lost: keep that safe.`);
    return { text: 'true', json: { method: null, result: true, encrypted: !remove } };
  },
};
