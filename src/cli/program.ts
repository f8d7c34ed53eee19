/**
 * The words of the command line: what was asked for, from argv. The only user of commander, which here only parses; `main.ts` acts.
 *
 * Every error of parsing is a UsageError, so that it is told like any other, in text and in JSON.
 */
import { Command as Commander, CommanderError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { version } from '../version.ts';
import { type Command, Input, type Word } from './command.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import { SETTINGS, SWITCHES, UNKEPT } from './settings/options.ts';
import type { Globals } from './settings/setting.ts';
import type { Paint } from './tell/output.ts';

const EXAMPLES = [
  'tg-auth login',
  'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox',
  'hash=$(tg-auth send-code +79991234567)',
  'tg-auth sandbox -- ./login.sh',
];

export type Order =
  | { readonly command: Command; readonly input: Input; readonly globals: Globals }
  /** Help or the version, asked for; `notes` go behind the text. */
  | { readonly text: string; readonly notes: () => Promise<string> };

/** How help is printed. */
export interface View {
  readonly paint: Paint;
  readonly columns: number;
}

/** Reads the words behind the program's name. Throws `UsageError`. */
export function parse(argv: readonly string[], view: View): Order {
  let order: Order | undefined;
  let text = '';
  let notes = async () => '';
  const root = program(
    {
      chosen: (command, parsed) => {
        order = { command, input: inputOf(parsed), globals: globalsOf(root) };
      },
      explained: (command) => {
        notes = command.notes ?? notes;
      },
      print: (part) => {
        text += part;
      },
    },
    view,
  );
  try {
    root.parse(helpAsFlag(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usage(error);
    return { text, notes };
  }
  if (order === undefined) throw new UsageError('A command is missing.', { next: SEE });
  return order;
}

/** `tg-auth` alone and `tg-auth help tl encode` ask for help too. */
function helpAsFlag(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  return first === undefined || first === 'help' ? [...rest, '--help'] : [...argv];
}

interface Listener {
  /** This command is to run. */
  chosen(command: Command, parsed: Commander): void;
  /** The help of this command is asked for. */
  explained(command: Command): void;
  /** A part of the text that was asked for. */
  print(part: string): void;
}

/** The tree of commands. What a command takes is filled in when it is its turn, so that a run does not pay for the others. */
function program(listener: Listener, { paint, columns }: View): Commander {
  const root = new Commander('tg-auth')
    .description('Sign in to Telegram from a terminal, a shell script or CI.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or that of a command')
    .helpCommand(false)
    .addHelpText('after', examples(EXAMPLES))
    .exitOverride()
    .configureHelp({ styleTitle: paint.bold })
    .configureOutput({
      writeOut: (part) => listener.print(part),
      writeErr: () => {},
      getOutHelpWidth: () => columns,
      getOutHasColors: () => true,
    });
  for (const { flags, help, ...rest } of [...SETTINGS, ...UNKEPT])
    root.option(flags, 'variable' in rest ? `${help} [${rest.variable}]` : help);
  for (const { flags, help } of SWITCHES) root.option(flags, help);
  for (const command of COMMANDS) {
    const [name = '', inner] = command.name.split(' ');
    const parent = inner === undefined ? root : group(root, name);
    const added = parent.command(inner ?? name, { isDefault: command.byDefault === true }).summary(command.summary);
    parent.hook('preSubcommand', (_, next) => {
      if (next === added) fill(added, command, listener);
    });
  }
  return root;
}

function group(root: Commander, name: string): Commander {
  const known = root.commands.find((each) => each.name() === name);
  if (known !== undefined) return known;
  const summary = GROUPS[name] ?? '';
  return root.command(name).summary(summary).description(`${summary}.`).helpCommand(false);
}

function fill(added: Commander, command: Command, listener: Listener): void {
  added.description(`${command.summary}.`);
  for (const word of command.args ?? []) added.argument(word.name, word.help);
  for (const word of command.options ?? []) added.addOption(optionOf(word));
  added
    .addHelpText('after', '\nThe options of every command (session, server, time-out, JSON…):  tg-auth --help')
    .addHelpText('after', () => {
      listener.explained(command);
      return examples(command.examples);
    })
    .action(() => listener.chosen(command, added));
}

function optionOf({ name, help, many }: Word): Option {
  const option = new Option(name, help);
  return many === true ? option.default([], 'none').argParser((value, before: string[]) => [...before, value]) : option;
}

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

// -- what commander found, by the flags' own names

function flagsOf(command: Commander): Record<string, unknown> {
  const values = command.opts();
  return Object.fromEntries(
    command.options.map((option) => [option.name().replace(/^no-/, ''), values[option.attributeName()]]),
  );
}

function inputOf(command: Commander): Input {
  return new Input(command.args, flagsOf(command));
}

function globalsOf(root: Commander): Globals {
  const given = Object.entries(flagsOf(root)).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'boolean',
  );
  return Object.fromEntries(given.map(([name, value]) => [name, typeof value === 'boolean' ? value : String(value)]));
}

const DEFAULTS = COMMANDS.filter(({ byDefault }) => byDefault === true).map(({ name }) => name.split(' ')[1] ?? name);

const SEE = 'See what there is:  tg-auth --help';

/** An unknown word may be a secret in the wrong place: it is repeated only where it looks like an option, or resembles a command. */
function unknown(what: string, guess: string | undefined): string {
  return what.replace(/^(unknown (?:option|command)) '(.*)'$/s, (_, kind: string, word: string) => {
    const [, flag] = /^(--?[a-z]+(?:-[a-z]+)*)(?:=|$)/.exec(word) ?? [];
    const shown = kind === 'unknown option' ? flag : guess === undefined ? undefined : word;
    return shown === undefined || shown.length > 24 ? kind : `${kind} '${shown}'`;
  });
}

/** commander's `error: unknown option '--hsah'\n(Did you mean --hash?)` in the form of ours. */
function usage({ code, message }: CommanderError): UsageError {
  // A word behind a group that means one of its commands alone.
  if (code === 'commander.excessArguments' && DEFAULTS.some((name) => message.includes(`'${name}'`)))
    return new UsageError('Unknown command.', { next: SEE });
  if (code === 'commander.help') return new UsageError('A command is missing.', { next: SEE });
  const [what = '', guess] = message.replace(/^error: /, '').split('\n');
  const words = unknown(what, guess).replace(/^./, (letter) => letter.toUpperCase());
  return new UsageError(`${words.replace(/\.$/, '')}.`, { next: guess?.replace(/^\((.*)\)$/, '$1') ?? SEE });
}
