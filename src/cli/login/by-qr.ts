/** `login --qr`: shows a QR code, and its link, until a device that is signed in has read it; then the password, if there is one. */
import { type QrToken, signInByQr } from '../../auth/qr.ts';
import type { User } from '../../auth/user.ts';
import { provePassword } from '../ask/password.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { hasColor } from '../tell/output.ts';
import { drawQr } from '../tell/qr-code.ts';

export async function byQr(ctx: Context, input: Input): Promise<{ readonly method: string; readonly user: User }> {
  const credentials = ctx.credentials();
  const client = await ctx.client();
  ctx.out.busy('Asking for a QR code');
  const end = await signInByQr(client, {
    ...credentials,
    now: () => ctx.outside.now() + 1000 * client.state.time_offset,
    signal: ctx.deadline.signal,
    onToken: (token) => show(ctx, token),
  });
  ctx.out.unpicture();
  if (end.kind === 'signedIn') return { method: 'auth.exportLoginToken', user: end.user };
  const { dc } = { dc: undefined, ...end };
  if (dc !== undefined) await (await ctx.session()).change({ dc }); // where the password is asked for, and recovered
  return { method: 'auth.checkPassword', user: await provePassword(ctx, input, dc === undefined ? {} : { dc }) };
}

function show(ctx: Context, { link }: QrToken): void {
  const { stderr, env } = ctx.outside;
  const drawn = drawQr(link, hasColor(stderr, ctx.color, env));
  ctx.out.picture([
    ...drawn,
    'Scan it in Telegram on a phone that is signed in: Settings, Devices, Link Desktop Device.',
    'Or open this link there:',
    link,
    'It is renewed until it is accepted; Ctrl-C ends this.',
  ]);
}
