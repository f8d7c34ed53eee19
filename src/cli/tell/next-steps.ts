/**
 * What to do after a failure: the steps of the command or of the catalogue, else what fits the exit code. A program can
 * follow them: each command runs as it is, and reads its values from stdin, for which it has "-".
 */
import { EXIT, fillStep, type NextStep, type Values } from '../../catalogue.ts';
import { CataloguedError, RpcError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { CommandWords, Input } from '../command.ts';
import type { Globals } from '../settings/setting.ts';
import type { Failure } from './failure.ts';
import { mayBeSecret } from './secret-words.ts';
import { shellQuote } from './shell-quote.ts';

/** A command of the user as they can paste it; `COMMAND` if it is long, has lines or may hold a secret. */
export function pasteable(command: readonly string[], platform?: NodeJS.Platform): string {
  const words = command.map((word) => shellQuote(word, platform)).join(' ');
  return words.length <= 200 && printable(words) === words && !command.some(mayBeSecret) ? words : 'COMMAND';
}

/** The command that ran, with "-" for its secrets. `{phone}` stands for the phone number, and is filled in later. */
export function repeated(
  { name, args, options = [] }: CommandWords,
  input: Input,
  globals: Globals,
  platform: NodeJS.Platform,
): string {
  const hasPhone = args?.[0]?.name === '[phone]';
  const isSandbox = name.startsWith('sandbox');
  const quoted = input.args.map((word) => (mayBeSecret(word) ? '-' : shellQuote(word, platform)));
  const guest = input.args.length > 0 ? ['--', pasteable(input.args, platform)] : [];
  const words = hasPhone ? ['{phone}'] : isSandbox ? guest : quoted;
  const chosen = options.flatMap(({ flags, secret = /<(-|code)>$/.test(flags) }) => {
    const [, option = ''] = /--([a-z-]+)/.exec(flags) ?? [];
    const values = [input.text(option) ?? [], input.list(option)].flat();
    if (input.has(option)) return [`--${option}`];
    return values.map((value) => `--${option} ${secret ? '-' : shellQuote(value, platform)}`);
  });
  const string = typeof globals['session-string'] === 'string' ? ['--session-string -'] : [];
  // "-" after an option without a value would look like its value.
  const rest = isSandbox ? [...chosen, ...words] : [...words, ...string, ...chosen];
  return ['tg-auth', name, ...rest].join(' ');
}

/** An option that reads stdin, or an argument that does. */
const STDIN = / (?:--([a-z-]+) )?-(?= |$)/g;

/**
 * The step as a person takes it, whom the command asks for the values. It asks for no link and no session string. What
 * follows " -- " belongs to another program.
 */
export function withPrompts({ say, run }: NextStep): NextStep {
  if (/ accept | --session-string | -- /.test(run)) return { say, run };
  return { say, run: run.replace(STDIN, '') };
}

/** The step as a program takes it, whose words say what the command reads from stdin: a line for each value. */
export function withStdin({ say, run: unordered }: NextStep): NextStep {
  if (unordered.includes(' -- ')) return { say, run: unordered };
  const run = inOrder(unordered);
  const argument = / (import|accept|email) /.exec(run)?.[1] ?? 'phone';
  const names = [...run.matchAll(STDIN)].map(([, option = argument]) => option);
  const values = names.map((name) => `the ${VALUES[name] ?? name.replaceAll('-', ' ')}`);
  const lines = values.length > 1 ? ', on separate lines' : '';
  return { say: values.length === 0 ? say : `${say} (stdin: ${values.join(', then ')}${lines})`, run };
}

/** Adds --session-string of this run to a step for its session: without it, the step would change a stored one. */
export function withString({ say, run }: NextStep, globals: Globals): NextStep {
  const isForIt = /^tg-auth (devices|logout|password(?! recover)|session clone|whoami)\b(?!.* --session(-string)? )/;
  return typeof globals['session-string'] === 'string' && isForIt.test(run)
    ? { say, run: `${run} --session-string -` }
    : { say, run };
}

/** Options that read stdin, in the order in which the commands read it. */
const ORDER = ['session-string', 'hash', 'code', 'password', 'new-password', 'first-name', 'last-name'];

/** The command with each option once, and those that read stdin in their order. */
function inOrder(run: string): string {
  const all = [...run.matchAll(STDIN)].sort(([, a = ''], [, b = '']) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const words = [...new Set(all.map(([word]) => word))];
  return run.replace(STDIN, () => words.shift() ?? '');
}

const VALUES: Readonly<Record<string, string>> = {
  phone: 'phone number',
  import: 'session string',
  accept: 'login link',
  hash: 'phone_code_hash',
  email: 'e-mail address',
  'email-code': 'code from the e-mail',
  token: 'bot token',
  new: 'new passphrase',
};

const DOCTOR = { say: 'Diagnose the connection', run: 'tg-auth doctor' };
const AGAIN = { say: 'Try again', run: '{again}' };
const UPDATE = { say: 'Update tg-auth', run: 'npm install --global tg-auth@latest' };
const VERSION = { say: 'Add this to the bug report', run: 'tg-auth --version --verbose' };

interface Known {
  readonly command: string | null;
  /** The answer is JSON. */
  readonly json: boolean;
  /** Values for templates. `again`: the command that failed, as `repeated` returns it. */
  readonly facts: Values;
  /** Steps of the command, which replace those of the catalogue, by the type of the error. */
  readonly steps?: ReadonlyMap<string, readonly NextStep[]>;
  /** Commands that cannot help here. */
  readonly useless?: ReadonlySet<string>;
}

/** The steps after a failure; none if nothing is left to do. */
export function stepsAfter(error: unknown, { type, exitCode, next }: Failure, known: Known): readonly NextStep[] {
  const { command, facts, steps, useless } = known;
  const isOld = error instanceof RpcError && !/^auth\.send(Call|Sms)$/.test(error.method); // they have a successor
  if (exitCode === EXIT.outdated && isOld) return [UPDATE];
  const all = steps?.get(type)?.flatMap((step) => fillStep(step, facts) ?? []) ?? next;
  const left = all.filter(({ run }) => useless?.has(run.split(' ')[1] ?? '') !== true);
  if (left.length > 0 || (error instanceof CataloguedError && error.entry.ends === true)) return left;
  if (type === 'INTERRUPTED' && !known.json) return []; // a person knows what to do
  const help = { say: 'See its help', run: ['tg-auth', ...(command === null ? [] : [command]), '--help'].join(' ') };
  if (exitCode === EXIT.network || exitCode === EXIT.security) return [DOCTOR];
  if (exitCode === EXIT.bug) return [VERSION];
  if (exitCode === EXIT.usage || exitCode === EXIT.notFound || exitCode === EXIT.notRunnable) return [help];
  return [fillStep(AGAIN, facts) ?? help];
}
