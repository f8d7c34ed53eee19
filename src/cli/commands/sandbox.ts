/** `sandbox`: data centres on the loopback interface, until Ctrl-C or for as long as a command runs. */
import { exactJson, printable } from '../../printable.ts';
import type { Sandbox, SandboxEvent, SandboxOptions } from '../../sandbox/index.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { openLog } from '../sandbox/log-file.ts';
import { int, oneOf, parseValue } from '../settings/setting.ts';

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Run data centres on this machine, to try and test a login without a phone or an account',
  args: [{ name: '[command...]', help: 'behind --: runs it, with every tg-auth in it talking to this sandbox' }],
  options: [
    { name: '--port <n>', help: 'DC 1 listens there, DC 2 on the next port… (default: whichever are free)' },
    { name: '--dcs <n>', help: 'how many data centres, 1 to 9 (default: 2)' },
    {
      name: '--layer <name>',
      help: 'legacy, current or both (default: both); with current there is no auth.sendCall',
      values: ['legacy', 'current', 'both'],
    },
    { name: '--seed <text>', help: 'the same keys, nonces and codes in every run' },
    { name: '--log <file>', help: 'append a JSON line for each request to this file (mode 0600)' },
    { name: '--fault <fault>', help: 'misbehave; several times for several faults', many: true },
    {
      name: '--mtproxy <secret>',
      help: 'an MTProxy in front, with this secret; several times for several',
      many: true,
    },
  ],
  notes,
  examples: [
    'tg-auth sandbox',
    'tg-auth sandbox -- ./login.sh',
    'tg-auth sandbox --layer current -- tg-auth send-call +9996629000 --hash abc',
    'tg-auth sandbox --json | jq .',
  ],
  lasting: () => true,
  async run(ctx, input) {
    const { startSandbox } = await import('../../sandbox/index.ts');
    const hosting = input.args.length > 0;
    const file = input.text('log');
    const log = file === undefined ? undefined : openLog(file);
    const tell = (event: SandboxEvent) => {
      log?.append(exactJson(event));
      if (ctx.out.json && !hosting) ctx.out.answer('', { ...event }, { exact: true });
      else if (hosting && event.event !== 'say' && event.event !== 'qr') ctx.out.trace(lineOf(event));
      else ctx.out.say(lineOf(event));
    };
    try {
      const running = await startSandbox({ ...optionsOf(input), onEvent: tell, now: ctx.outside.now });
      try {
        if (!hosting) return await serve(ctx, running);
        const { host } = await import('../sandbox/guest.ts');
        return { status: await host(ctx, running, input.args) };
      } finally {
        await running.close();
      }
    } finally {
      log?.close();
    }
  },
};

/** The tables of its people and its faults. */
async function notes(): Promise<string> {
  const { FAULTS, TEST_NUMBERS } = await import('../../sandbox/index.ts');
  const numbers = TEST_NUMBERS.map(({ yyyy, title, happens }) => `  ${yyyy.padEnd(8)}${title}: ${happens}`);
  const faults = FAULTS.map(({ usage, does }) => `  ${usage.padEnd(24)}${does}`);
  return [
    '',
    'Numbers: 99966XYYYY lives on DC X, and its code is X five times over. YYYY chooses what happens:',
    ...numbers,
    'And 79991234567 with the hash 2dc02d2cda9e615c84, the example of Telegram: always issued, on every DC.',
    '',
    'Faults: NAME[:ARGUMENT][@[every-]MOMENT]; h1 to h3 are the messages of a key exchange, a1, a2… those behind it:',
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
    port: flag('port', int('a port, 1 to 65535', 1, 65535)) ?? 0,
    dcs: flag('dcs', int('a number of data centres, 1 to 9', 1, 9)) ?? 2,
    layer: flag('layer', oneOf('legacy', 'current', 'both')) ?? 'both',
    faults: input.list('fault'),
    mtproxy: input.list('mtproxy'),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Announces itself on stdout, where another program may wait for it, and stays until it is interrupted. */
async function serve({ out, deadline: { signal } }: Context, running: Sandbox): Promise<never> {
  const { host, dcs, proxies, publicKey, fingerprint } = running;
  const lines = [
    ...dcs.map(({ id, port }) => `DC ${id}: ${host}:${port}`),
    ...proxies.map(({ link }) => `MTProxy: ${link}`),
    publicKey.trimEnd(),
  ];
  const asked = proxies.length > 0 && { proxies: proxies.map((proxy) => ({ ...proxy })) };
  out.answer(lines.join('\n'), { event: 'ready', host, dcs, ...asked, publicKey, fingerprint }, { exact: true });
  out.success('The sandbox is running. Ctrl-C ends it.');
  const main = dcs.find(({ id }) => id === 2) ?? dcs[0];
  if (main !== undefined)
    out.hint(
      `Save the key to key.pem, then:  tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --api-id 1 --server ${host}:${main.port} --dc ${main.id} --server-key key.pem`,
    );
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** One line a person can read. Parameters stay out of it: a password may be among them. */
function lineOf(event: SandboxEvent): string {
  if (event.event === 'say') return `+${printable(event.phone)}  ${printable(event.text)}`;
  if (event.event === 'qr')
    return `DC ${event.dc}  a QR code is shown; a session that is signed in accepts it with:  tg-auth devices accept '${event.link}'`;
  if (event.event === 'closed') {
    const where = 'proxy' in event ? `MTProxy ${event.proxy}` : `DC ${event.dc}`;
    return `${where}  closed a connection: ${printable(event.reason)}`;
  }
  return `DC ${event.dc}  layer ${event.layer ?? '?'}  ${printable(event.method)} → ${printable(answerOf(event.answer))}`;
}

function answerOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  if ('error_code' in answer && 'error_message' in answer) return `${answer.error_code} ${answer.error_message}`;
  return '_' in answer ? String(answer._) : 'a list';
}
