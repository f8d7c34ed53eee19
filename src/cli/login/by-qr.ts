/**
 * `login --qr`: shows a QR code until a signed-in device accepts it, then asks for the password, if any.
 *
 * --start prints the link of the code and ends; --wait goes on, with the same key. The session remembers in between
 * what is pending: the link that was printed, or an accepted one whose account has a password.
 */
import { currentToken, type QrToken, signInByQr } from '../../auth/qr.ts';
import type { SignIn } from '../../auth/sign-in.ts';
import type { Now } from '../../bytes.ts';
import { RpcError, UsageError } from '../../errors.ts';
import type { Client } from '../../net/client.ts';
import { provePassword } from '../ask/password.ts';
import { isPlain } from '../ask/question.ts';
import type { Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { hasColor } from '../tell/output.ts';
import { drawQr } from '../tell/qr-code.ts';
import type { SignedIn } from './complete.ts';
import { QrFile } from './qr-file.ts';

const START = { say: 'Start with a new QR code', run: 'tg-auth login --qr --start' };
const WAIT = { say: 'Wait until the code is accepted', run: 'tg-auth login --qr --wait' };

/** Signs in, or with --start returns the link. */
export async function byQr(ctx: Context, input: Input): Promise<SignedIn | Result> {
  const credentials = ctx.credentials();
  const path = input.text('qr-file');
  const file = path === undefined ? undefined : new QrFile(path, ctx.outside.random);
  const { qr: pending } = (await ctx.session()).value;
  const isWaiting = input.has('wait');
  if (isWaiting && pending === undefined)
    throw new UsageError(`No QR login is pending in session "${ctx.options.session.value}".`, { next: START });
  const client = await ctx.client(isWaiting ? pending?.dc : undefined);
  if (isWaiting) for (const type of ['INTERRUPTED', 'TIMEOUT']) ctx.steps.set(type, [WAIT]);
  if (isWaiting && pending?.link === undefined) return prove(ctx, input, pending?.dc);
  ctx.out.busy('Asking for a QR code');
  if (input.has('start')) {
    const token = await currentToken(client, credentials);
    return 'link' in token ? started(ctx, client, token) : complete(ctx, input, client, token);
  }
  const show = async (token: QrToken) => {
    ctx.causes.set('TIMEOUT', 'No device has accepted the QR code.');
    ctx.steps.set('TIMEOUT', [isWaiting ? WAIT : { say: 'Show a new QR code', run: '{again}' }]);
    if (file?.write(token.link) === 'new') ctx.out.say(`The QR code is in ${path}. ${SCAN}`);
    if (isWaiting && token.link === (await ctx.session()).value.qr?.link) return;
    if (isWaiting) await remember(ctx, client, token.link);
    if (ctx.out.json) ctx.out.object({ event: 'qr', ...token });
    else if (isWaiting) ctx.out.text(token.link);
    else if (file === undefined) draw(ctx, token);
  };
  try {
    const { signal } = ctx.deadline;
    const answer = await signInByQr(client, { ...credentials, now: serverClock(ctx, client), signal, onToken: show });
    ctx.out.unpicture();
    return await complete(ctx, input, client, answer);
  } finally {
    file?.remove();
  }
}

/** Stores the token before its link is printed. */
async function started(ctx: Context, client: Client, { link, expires }: QrToken): Promise<Result> {
  await remember(ctx, client, link);
  ctx.out.hint({ ...WAIT, say: 'Open it in Telegram on a signed-in phone, or scan it as a QR code, and wait' });
  const json = { method: 'auth.exportLoginToken', result: link, expires, dc: client.state.dc };
  return { text: link, exact: true, json };
}

async function remember(ctx: Context, client: Client, link?: string, dc = client.state.dc): Promise<void> {
  const asked = Math.ceil(ctx.outside.now() / 1000);
  await (await ctx.session()).change({ dc, qr: { dc, asked, ...(link !== undefined && { link }) } });
}

async function complete(ctx: Context, input: Input, client: Client, answer: SignIn): Promise<SignedIn> {
  if (answer.kind === 'signedIn') return { method: 'auth.exportLoginToken', user: answer.user };
  const { dc = client.state.dc } = { dc: undefined, ...answer };
  await remember(ctx, client, undefined, dc); // `password recover` asks this data centre too
  return prove(ctx, input, dc);
}

/** Asks for the password of the account that accepted the token. */
async function prove(ctx: Context, input: Input, dc: number | undefined): Promise<SignedIn> {
  ctx.facts.signIn = 'login --qr --wait';
  try {
    return { method: 'auth.checkPassword', user: await provePassword(ctx, input, dc === undefined ? {} : { dc }) };
  } catch (error) {
    if (error instanceof RpcError && error.type === 'AUTH_KEY_UNREGISTERED') {
      await (await ctx.session()).change({ qr: undefined }); // the server has forgotten who accepted it
      ctx.steps.set(error.type, [START]);
    }
    throw error;
  }
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

const SCAN = 'Scan it in Telegram on a signed-in phone: Settings > Devices > Link Desktop Device.';

function draw(ctx: Context, { link }: QrToken): void {
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
  return [...drawQr(link, hasColor(stderr, color, env)), SCAN.replace('it', 'this code'), 'Or open this link there:'];
}
