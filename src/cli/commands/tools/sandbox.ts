/** `sandbox`: runs data centres on the loopback interface until Ctrl-C, or while a command runs. */
import { once } from 'node:events';
import { showPhone } from '../../../auth/phone.ts';
import { InterruptedError, UsageError } from '../../../errors.ts';
import { DEVELOPMENT_KEY, fingerprintHex } from '../../../mtproto/server-key.ts';
import { authorityOf } from '../../../net/dial/proxy.ts';
import { exactJson, printable } from '../../../printable.ts';
import {
  FAULTS,
  type Sandbox,
  type SandboxEvent,
  type SandboxOptions,
  startSandbox,
  TEST_NUMBERS,
} from '../../../sandbox/index.ts';
import { MAX_SIGNED_PORT } from '../../../tl/ranges.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { LIBRARIES, type Library } from '../../sandbox/libraries.ts';
import { openLog } from '../../sandbox/log-file.ts';
import { writeKeyFile } from '../../sandbox/named-file.ts';
import type { Variables } from '../../sandbox/run-command.ts';
import { isLoopback } from '../../settings/proxy-choice.ts';
import { int, oneOf, parseValue } from '../../settings/setting.ts';
import { shellQuote } from '../../tell/shell-quote.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const hasCommand = input.args.length > 0;
  for (const option of ['env', 'show'])
    if (hasCommand && (input.has(option) || input.text(option) !== undefined))
      throw new UsageError(`--${option} and a command cannot be combined.`);
  if (input.has('foreground') && !input.has('env')) throw new UsageError('--foreground requires --env.');
  const show = input.text('show');
  const library = show === undefined ? undefined : parseValue(oneOf(...LIBRARIES), show, '--show');
  const inBackground = input.has('env') && !input.has('foreground');
  if (inBackground) return (await import('../../sandbox/background.ts')).detach(ctx);
  const file = input.text('log');
  const log = file === undefined ? undefined : openLog(file);
  const onEvent = (event: SandboxEvent) => {
    const shown = 'phone' in event ? { ...event, phone: showPhone(event.phone) } : event;
    log?.append(exactJson(shown));
    if (ctx.out.json && !hasCommand) ctx.out.object(shown);
    else if (hasCommand && event.event !== 'say' && event.event !== 'qr') ctx.out.trace(lineOf(event));
    else ctx.out.say(lineOf(event));
  };
  try {
    const sandbox = await startSandbox({ ...optionsOf(input), onEvent, now: ctx.outside.now });
    try {
      const keyFile = input.text('key-file');
      if (keyFile !== undefined) writeKeyFile(keyFile, sandbox.publicKey);
      warn(ctx, sandbox, input);
      const { runCommand, withVariables } = await import('../../sandbox/run-command.ts');
      if (hasCommand) return { status: await runCommand(ctx, sandbox, input.args) };
      if (!input.has('env')) return await serve(ctx, sandbox, { library, keyFile });
      return await withVariables(ctx, sandbox, (variables) => serve(ctx, sandbox, { variables }));
    } finally {
      await sandbox.close();
    }
  } finally {
    log?.close();
  }
}

/** The tables of the test numbers and the faults, for the help. */
export function notes(): string {
  const numbers = TEST_NUMBERS.map(({ yyyy, title, happens }) => `  ${yyyy.padEnd(8)}${title}: ${happens}`);
  const width = 2 + Math.max(...FAULTS.map(({ usage }) => usage.length));
  const faults = FAULTS.map(({ usage, does }) => `  ${usage.padEnd(width)}${does}`);
  return [
    '',
    'Test numbers: +99966XYYYY belongs to DC X, and its code is XXXXX. YYYY selects what happens:',
    ...numbers,
    "+79991234567 with the hash 2dc02d2cda9e615c84, from Telegram's documentation, works on every DC.",
    '',
    'Faults: NAME[:ARGUMENT][@[every-]MOMENT]. Moments h1 to h3 are the messages of a key exchange, a1, a2… the later ones:',
    ...faults,
    '',
  ].join('\n');
}

function optionsOf(input: Input): SandboxOptions {
  const flag = <T>(name: string, parse: (text: string) => T): T | undefined => {
    const text = input.text(name);
    return text === undefined ? undefined : parseValue(parse, text, `--${name}`);
  };
  const seed = input.text('seed');
  return {
    newKey: input.has('new-key'),
    host: input.text('host'),
    advertise: input.text('advertise'),
    public: input.has('allow-remote'),
    port: flag('port', int('a port, 1 to 65535', 1, 65535)) ?? 0,
    dcs: flag('dcs', int('a number of data centres, 1 to 9', 1, 9)) ?? 2,
    layer: flag('layer', oneOf('legacy', 'current', 'both')) ?? 'both',
    faults: input.list('fault'),
    mtproxy: input.list('mtproxy'),
    control: flag('control', int('a port, 0 to 65535', 0, 65535)),
    speed: flag('speed', int('a number, 1 to 3600', 1, 3600)),
    strict: input.has('strict'),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Warns of what a sandbox with these options does not protect, and of ports that some libraries cannot store. */
function warn({ out }: Context, { host, dcs, fingerprint }: Sandbox, input: Input): void {
  const isRemote = [host, input.text('host') ?? host].some((address) => !isLoopback(address));
  if (isRemote && fingerprint === fingerprintHex(DEVELOPMENT_KEY))
    out.warn('Other machines can reach this sandbox, and its development key is public. --new-key makes another key.');
  if (dcs.some(({ port }) => port > MAX_SIGNED_PORT))
    out.warn(`GramJS and teleproto cannot store ports above ${MAX_SIGNED_PORT}.`);
}

/** What `serve` prints. */
interface Shown {
  readonly library?: Library | undefined;
  readonly keyFile?: string | undefined;
  /** For lines to `eval`. */
  readonly variables?: Variables;
}

/** Prints the addresses and the key on stdout, where another program may wait for them, and runs until interrupted. */
async function serve(ctx: Context, sandbox: Sandbox, shown: Shown): Promise<Result> {
  const { out, deadline } = ctx;
  const { host, dcs, proxies, control, publicKey, fingerprint } = sandbox;
  const { library, keyFile = 'key.pem', variables } = shown;
  const snippet = library && (await import('../../sandbox/snippets.ts')).snippetFor(library, sandbox);
  const extra = {
    ...(proxies.length > 0 && { proxies: proxies.map((proxy) => ({ ...proxy })) }),
    ...(control !== undefined && { control }),
    ...(snippet !== undefined && { snippet }),
    ...(variables && { env: variables }),
  };
  const text = variables && (await import('../../sandbox/background.ts')).assignments(variables, ctx.outside);
  if (out.json) out.object({ event: 'ready', host, dcs, ...extra, publicKey, fingerprint });
  else out.text(snippet ?? text ?? linesOf(sandbox));
  out.success('The sandbox is running. Press Ctrl-C to stop it.');
  const main =
    snippet === undefined && variables === undefined ? (dcs.find(({ id }) => id === 2) ?? dcs[0]) : undefined;
  if (main !== undefined)
    out.hint({
      say: shown.keyFile === undefined ? 'Save the key as key.pem, then run' : 'Try it',
      run: `tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --api-id 1 --server ${shellQuote(authorityOf({ host, port: main.port }))} --dc ${main.id} --server-key ${shellQuote(keyFile)}`,
    });
  return untilInterrupted(deadline.signal);
}

function linesOf({ host, dcs, proxies, control, publicKey }: Sandbox): string {
  return [
    ...dcs.map(({ id, port }) => `DC ${id}: ${authorityOf({ host, port })}`),
    ...proxies.map(({ link }) => `MTProxy: ${link}`),
    ...(control === undefined ? [] : [`Control: ${control.url}`, `Token: ${control.token}`]),
    publicKey.trimEnd(),
  ].join('\n');
}

/** Ctrl-C is how a sandbox ends, so it is no failure. Throws the reason of any other end. */
async function untilInterrupted(signal: AbortSignal): Promise<Result> {
  if (!signal.aborted) await once(signal, 'abort');
  if (signal.reason instanceof InterruptedError && signal.reason.signal === 'SIGINT') return { status: 0 };
  throw signal.reason;
}

/** One line for a person, without the parameters: a password may be among them. */
function lineOf(event: SandboxEvent): string {
  if (event.event === 'say') return `${showPhone(printable(event.phone))}  ${printable(event.text)}`;
  if (event.event === 'qr')
    return `DC ${event.dc}  QR code shown; accept it in a signed-in session:  tg-auth devices accept '${event.link}'`;
  if (event.event === 'tolerated' || event.event === 'closed') {
    const where = 'proxy' in event ? `MTProxy ${event.proxy}` : `DC ${event.dc}`;
    if (event.event === 'tolerated') return `${where}  tolerated ${event.deviation}: ${event.text}`;
    return `${where}  closed a connection: ${printable(event.reason)}`;
  }
  return `DC ${event.dc}  layer ${event.layer ?? '?'}  ${printable(event.method)} → ${printable(answerOf(event.answer))}`;
}

function answerOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  if ('error_code' in answer && 'error_message' in answer) return `${answer.error_code} ${answer.error_message}`;
  return '_' in answer ? String(answer._) : 'a list';
}
