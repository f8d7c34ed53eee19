/** `login --qr`: shows a QR code until a signed-in device accepts it, then asks for the password, if any. */
import { type QrToken, signInByQr } from '../../auth/qr.ts';
import { provePassword } from '../ask/password.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { hasColor } from '../tell/output.ts';
import { drawQr } from '../tell/qr-code.ts';
import type { SignedIn } from './complete.ts';

export async function byQr(ctx: Context, input: Input): Promise<SignedIn> {
  const credentials = ctx.credentials();
  const client = await ctx.client();
  ctx.out.busy('Asking for a QR code');
  const answer = await signInByQr(client, {
    ...credentials,
    now: () => ctx.outside.now() + 1000 * client.state.time_offset,
    signal: ctx.deadline.signal,
    onToken: (token) => show(ctx, token),
  });
  ctx.out.unpicture();
  if (answer.kind === 'signedIn') return { method: 'auth.exportLoginToken', user: answer.user };
  const { dc } = { dc: undefined, ...answer };
  if (dc !== undefined) await (await ctx.session()).change({ dc }); // recover-password asks this data centre too
  return { method: 'auth.checkPassword', user: await provePassword(ctx, input, dc === undefined ? {} : { dc }) };
}

function show(ctx: Context, { link }: QrToken): void {
  const { stderr, env } = ctx.outside;
  const drawn = drawQr(link, hasColor(stderr, ctx.color, env));
  ctx.out.picture([
    ...drawn,
    'Scan this code in Telegram on a signed-in phone: Settings > Devices > Link Desktop Device.',
    'Or open this link there:',
    link,
    'The code is renewed until it is accepted. Press Ctrl-C to stop.',
  ]);
}
