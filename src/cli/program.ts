/**
 * Parses argv, and prints help. The only user of commander, which only parses here; `main.ts` runs the command.
 *
 * Every parse error becomes a UsageError, so that text and JSON report it like any other failure.
 */
import { Command as Commander, CommanderError, Option as CommanderOption, Help } from 'commander';
import { UsageError } from '../errors.ts';
import { version } from '../version.ts';
import { type Command, Input, type Option } from './command.ts';
import { COMMANDS, GROUPS, TOPICS } from './commands/index.ts';
import { refuseLongDashes } from './settings/long-dash.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from './settings/options.ts';
import type { Globals } from './settings/setting.ts';
import type { Paint } from './tell/output.ts';

const DESCRIPTION = 'Sign in to Telegram from a terminal, a script or CI.';

const EXAMPLES = [
  'tg-auth login                    sign in step by step',
  'tg-auth send-call +79991234567   ask for a voice call that reads out the code',
  'tg-auth sandbox -- ./login.sh    test a script offline',
];

export type Order = { readonly command: Command; readonly input: Input; readonly globals: Globals } | Page;

/** Help, the version, or the schema of --json, which is JSON itself. */
export interface Page {
  readonly name: 'help' | '--version' | 'schema';
  readonly text: string;
  /** Returns what goes after the text. */
  readonly notes: () => Promise<string>;
}

/** How help is printed. */
interface View {
  readonly paint: Paint;
  readonly columns: number;
  /** Called with the name of the command, before its words are parsed; with null if a group has no such command. */
  readonly onCommand?: (name: string | null) => void;
}

/** Reads the words after the program's name. Throws `UsageError`. */
export function parse(argv: readonly string[], view: View): Order {
  const [first, ...rest] = argv;
  let order: Order | undefined;
  let text = '';
  let notes = async () => '';
  refuseLongDashes(argv);
  if (first === undefined) return { name: 'help', text: overview(view), notes };
  if (first === 'help' && rest[0] === 'json') return { name: 'schema', text: '', notes: schemaText };
  const root = rootCommand(view, (part) => {
    text += part;
  });
  addCommands(root, (command, added) => {
    notes = command.notes ?? notes;
    view.onCommand?.(command.name);
    added.action(() => {
      order = { command, input: new Input(added.args, optionsOf(added)), globals: globalsOf(root) };
    });
  });
  try {
    root.parse(first === 'help' ? [...rest, '--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (isUnknownInGroup(error)) view.onCommand?.(null);
    if (error.exitCode !== 0) throw usage(error);
    return { name: error.code === 'commander.version' ? '--version' : 'help', text, notes };
  }
  if (order === undefined) throw new UsageError('A command is required.', { next: SEE });
  return order;
}

async function schemaText(): Promise<string> {
  const { SCHEMA } = await import('./schema.ts');
  return `${JSON.stringify(SCHEMA, null, 2)}\n`;
}

/** The commands by topic on one screen. */
function overview({ paint, columns }: View): string {
  const help = new Help();
  help.prepareContext({ helpWidth: columns });
  help.minWidthToWrap = 20;
  const width = Math.max(...Object.keys(TOPICS).map((title) => title.length));
  const topics = Object.entries(TOPICS).map(([title, commands]) =>
    help.formatItem(paint.bold(title.padEnd(width)), width, namesOf(commands, columns >= WIDE).join('  '), help),
  );
  return [
    help.boxWrap(DESCRIPTION, columns),
    '',
    'Usage: tg-auth <command> [options]',
    '',
    ...topics,
    '',
    ...EXAMPLES.map((line) => `  ${line}`),
    '',
    'Help for one command:  tg-auth <command> --help',
    'All options:           tg-auth help options',
    '',
  ].join('\n');
}

/** Columns from which the overview shows the commands of a group. */
const WIDE = 72;

/** The names, with those of a group in one word: `tl encode|decode`, or `tl` on a narrow terminal. */
function namesOf(commands: readonly Command[], wide: boolean): string[] {
  const groups = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first = '', ...inner] = name.split(' ');
    groups.set(first, [...(groups.get(first) ?? []), ...inner]);
  }
  return [...groups].map(([first, inner]) => (wide && inner.length > 0 ? `${first} ${inner.join('|')}` : first));
}

function rootCommand({ paint, columns }: View, print: (part: string) => void): Commander {
  const root = new Commander('tg-auth')
    .description(DESCRIPTION)
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .addHelpText('after', examples(EXAMPLES))
    .exitOverride()
    .configureHelp({ styleTitle: paint.bold })
    .configureOutput({
      writeOut: print,
      writeErr: () => {},
      getOutHelpWidth: () => columns,
      getOutHasColors: () => true,
    });
  for (const { flags, help, ...rest } of [...SETTINGS, ...NOT_IN_CONFIG])
    root.option(flags, 'variable' in rest ? `${help} [${rest.variable}]` : help);
  for (const { flags, help } of SWITCHES) root.option(flags, help);
  return root;
}

/** Adds the tree of commands. Fills in the words of a command only when it is chosen, which keeps the start short. */
function addCommands(root: Commander, choose: (command: Command, added: Commander) => void): void {
  const known = new Map<Commander, Command>();
  const fillNext = (_: Commander, added: Commander) => {
    const command = known.get(added);
    if (command === undefined) return;
    fill(added, command);
    choose(command, added);
  };
  root.hook('preSubcommand', fillNext);
  for (const [title, commands] of Object.entries(TOPICS))
    for (const command of commands) {
      const [name = '', inner] = command.name.split(' ');
      let parent = root;
      if (inner !== undefined)
        parent =
          root.commands.find((each) => each.name() === name) ?? group(root, name).hook('preSubcommand', fillNext);
      const added = parent.command(inner ?? name, { isDefault: command.byDefault === true }).summary(command.summary);
      (inner === undefined ? added : parent).helpGroup(`${title}:`);
      known.set(added, command);
    }
}

function group(root: Commander, name: string): Commander {
  const summary = GROUPS[name] ?? '';
  return root.command(name).summary(summary).description(`${summary}.`).helpCommand(false);
}

function fill(added: Commander, { summary, args = [], options = [], examples: lines }: Command): void {
  added.description(`${summary}.`);
  for (const { name, help } of args) added.argument(name, help);
  for (const option of options) added.addOption(commanderOption(option));
  added.addHelpText('after', `\nOptions of every command (session, server, timeout, JSON…):  tg-auth --help`);
  added.addHelpText('after', examples(lines));
}

function commanderOption({ flags, help, many, conflicts = [] }: Option): CommanderOption {
  const option = new CommanderOption(flags, help).conflicts(conflicts.map(attributeName));
  return many === true ? option.default([], 'none').argParser((value, before: string[]) => [...before, value]) : option;
}

/** commander's name of an option: `newPassword` for `new-password`. */
function attributeName(name: string): string {
  return new CommanderOption(`--${name}`).attributeName();
}

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

// -- what commander found, by the names of the options without dashes

function optionsOf(command: Commander): Record<string, unknown> {
  const values = command.opts();
  return Object.fromEntries(
    command.options.map((option) => [option.name().replace(/^no-/, ''), values[option.attributeName()]]),
  );
}

function globalsOf(root: Commander): Globals {
  return Object.fromEntries(
    Object.entries(optionsOf(root)).flatMap(([name, value]) =>
      typeof value === 'boolean' || typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}

// -- parse errors

const DEFAULTS = COMMANDS.filter(({ byDefault }) => byDefault === true).map(({ name }) => name.split(' ')[1] ?? name);

const SEE = { say: 'See all commands', run: 'tg-auth --help' };

/** Whether a word after a group's name is no command: commander takes it for an argument of the group's default. */
function isUnknownInGroup({ code, message }: Pick<CommanderError, 'code' | 'message'>): boolean {
  return code === 'commander.excessArguments' && DEFAULTS.some((name) => message.includes(`'${name}'`));
}

/** Turns commander's `error: unknown option '--hsah'\n(Did you mean --hash?)` into a `UsageError`. */
function usage({ code, message }: CommanderError): UsageError {
  if (isUnknownInGroup({ code, message })) return new UsageError('Unknown command.', { next: SEE });
  if (code === 'commander.help') return new UsageError('A command is required.', { next: SEE });
  const [what = '', guess] = message
    .replace(/^error: /, '')
    .replace(/^option '(--\S+).*' cannot be used with option '(--\S+).*'$/, '$1 and $2 cannot be combined')
    .split('\n');
  const words = withoutSecret(what, guess).replace(/^./, (letter) => letter.toUpperCase());
  const advice = guess === undefined ? { next: SEE } : { why: [guess.replace(/^\((.*)\)$/, '$1')] };
  return new UsageError(`${words.replace(/\.$/, '')}.`, advice);
}

/** Repeats an unknown word only if it looks like an option or resembles a command: it may be a misplaced secret. */
function withoutSecret(what: string, guess: string | undefined): string {
  return what.replace(/^(unknown (?:option|command)) '(.*)'$/s, (_, kind: string, word: string) => {
    const [, flag] = /^(--?[a-z]+(?:-[a-z]+)*)(?:=|$)/.exec(word) ?? [];
    const shown = kind === 'unknown option' ? flag : guess === undefined ? undefined : word;
    return shown === undefined || shown.length > 24 ? kind : `${kind} '${shown}'`;
  });
}
