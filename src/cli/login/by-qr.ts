/** `login --qr`: shows a QR code until a signed-in device accepts it, then asks for the password, if any. */
import { type QrToken, signInByQr } from '../../auth/qr.ts';
import type { Now } from '../../bytes.ts';
import type { Client } from '../../net/client.ts';
import { provePassword } from '../ask/password.ts';
import { isPlain } from '../ask/question.ts';
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
    now: serverClock(ctx, client),
    signal: ctx.deadline.signal,
    onToken: (token) => show(ctx, token),
  });
  ctx.out.unpicture();
  if (answer.kind === 'signedIn') return { method: 'auth.exportLoginToken', user: answer.user };
  const { dc } = { dc: undefined, ...answer };
  if (dc !== undefined) await (await ctx.session()).change({ dc }); // `password recover` asks this data centre too
  return { method: 'auth.checkPassword', user: await provePassword(ctx, input, dc === undefined ? {} : { dc }) };
}

/** The server's clock. After the first call, no change of this machine's time moves it. */
function serverClock({ outside }: Context, client: Client): Now {
  let startMs: number | undefined;
  return () => {
    const upMs = 1000 * process.uptime();
    startMs ??= outside.now() + 1000 * client.state.time_offset - upMs;
    return startMs + upMs;
  };
}

function show(ctx: Context, { link }: QrToken): void {
  ctx.out.picture([...picture(ctx, link), link, 'The code is renewed until it is accepted. Press Ctrl-C to stop.']);
}

/** The QR code and what to do with it; only the latter on a terminal that cannot draw it, or is too narrow. */
function picture({ outside: { stderr, env }, color }: Context, link: string): string[] {
  const [width = 0] = drawQr(link, false).map((line) => line.length);
  const { columns = width } = stderr;
  const reason = isPlain(env)
    ? 'TERM=dumb'
    : columns < width
      ? `${width} columns needed, ${columns} available`
      : undefined;
  if (reason !== undefined)
    return [`The QR code is not shown: ${reason}.`, 'Open this link in Telegram on a signed-in phone:'];
  return [
    ...drawQr(link, hasColor(stderr, color, env)),
    'Scan this code in Telegram on a signed-in phone: Settings > Devices > Link Desktop Device.',
    'Or open this link there:',
  ];
}
