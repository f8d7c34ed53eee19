/**
 * Parses argv, and prints the help of commands. The only user of commander, which only parses here; `main.ts` runs the
 * command.
 *
 * Every parse error becomes a UsageError, so that text and JSON report it like any other failure.
 */
import { Command as Commander, CommanderError, Option as CommanderOption, Help } from 'commander';
import type { NextStep } from '../catalogue.ts';
import { UsageError } from '../errors.ts';
import { version } from '../version.ts';
import { type Command, type CommandWords, Input, type Option } from './command.ts';
import { COMMANDS, GROUPS, HELP_COMMAND, TOPICS } from './commands/index.ts';
import { DESCRIPTION, EXAMPLES, OPTION_ROWS, overview, PAGES, POINTERS, type View } from './help.ts';
import { refuseLongDashes } from './settings/long-dash.ts';
import type { Globals } from './settings/setting.ts';
import { nearest } from './tell/error-name.ts';
import { item, list } from './tell/table.ts';
import { adviceFor } from './tell/windows-advice.ts';
import { wrap } from './tell/wrap.ts';

export type Order = { readonly command: Command; readonly input: Input; readonly globals: Globals } | Page;

/** Help, the version, or the schema of --json, which is JSON itself. */
export interface Page {
  readonly name: 'help' | '--version' | 'schema';
  readonly text: string;
  /** Returns what goes after the text. */
  readonly notes: () => Promise<string>;
}

/** Reads the words after the program's name. Throws `UsageError`. */
export function parse(argv: readonly string[], view: View): Order {
  refuseLongDashes(argv, (words) => suggestion(words, view));
  if (argv.length === 0) return { name: 'help', text: overview(view), notes: async () => '' };
  const order = parseWords(argv, view);
  return 'topic' in order ? helpOn(order.topic, view) : order;
}

function parseWords(argv: readonly string[], view: View): Order | { readonly topic: readonly string[] } {
  let order: ReturnType<typeof parseWords> | undefined;
  let text = '';
  let notes = async () => '';
  const root = rootCommand(view, (part) => {
    text += part;
  });
  let reached = root;
  addCommands(root, view, (added, command) => {
    reached = added;
    if (command === undefined) return; // a group
    view.onCommand?.(command.name);
    notes = command.notes ?? notes;
    added.action(() => {
      order =
        'load' in command
          ? { command, input: new Input(added.args, optionsOf(added)), globals: globalsOf(root) }
          : { topic: added.args };
    });
  });
  try {
    root.parse(joined(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const group = unknownIn(error, reached);
    if (group !== undefined) view.onCommand?.(null);
    if (group !== undefined) throw unknownCommand(group.args[0] ?? '', group);
    if (error.exitCode !== 0) throw usage(error, reached);
    const words = reached.args.filter((each) => !each.startsWith('-'));
    const [word] = words;
    if (error.code === 'commander.helpDisplayed' && reached.commands.length > 0 && word !== undefined) {
      if (!reached.commands.some((each) => each.name() === word)) throw unknownCommand(word, reached);
      return parseWords([pathOf(reached), ...words, '--help'].filter(Boolean), view); // --help came first
    }
    return { name: error.code === 'commander.version' ? '--version' : 'help', text, notes };
  }
  if (order === undefined) throw new UsageError('A command is required.', { next: SEE_COMMANDS });
  return order;
}

/** The option that commander would suggest for an unknown one in these words. */
function suggestion(argv: readonly string[], view: View): string | undefined {
  try {
    parseWords(argv, view);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.why.find((line) => line.startsWith('Did you mean --'));
    throw error;
  }
}

/** `help TOPIC`: a page, or the help of a command or a group. Throws `UsageError`. */
function helpOn(words: readonly string[], view: View): Order {
  const topic = words.join(' ');
  const page = PAGES[topic];
  if (page !== undefined)
    return { name: topic === 'json' ? 'schema' : 'help', text: '', notes: async () => `${await page(view)}\n` };
  const known = [...COMMANDS.map(({ name }) => name), ...Object.keys(GROUPS), HELP_COMMAND.name, ''];
  const order = known.includes(topic) || ALIASES.includes(topic) ? parseWords([...words, '--help'], view) : undefined;
  if (order !== undefined && 'text' in order) return order;
  const [near] = nearest(topic, [...known, ...Object.keys(PAGES)]);
  throw new UsageError(near === undefined ? 'Unknown help topic.' : `Unknown help topic '${topic}'.`, {
    why: [
      near === undefined
        ? `A topic is a command or one of: ${Object.keys(PAGES).join(', ')}.`
        : `Did you mean ${near}?`,
    ],
    next: SEE_COMMANDS,
  });
}

function rootCommand({ paint, columns }: View, print: (part: string) => void): Commander {
  const root: Commander = new Commander('tg-auth')
    .description(DESCRIPTION)
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .addHelpText('after', () => `\n${wrap(POINTERS, columns)}\n\nExamples:\n${list(EXAMPLES, columns)}`)
    .exitOverride()
    .configureHelp({
      styleTitle: paint.bold,
      formatItem: (term, width, text) => item(term, width, text, columns),
      formatHelp(command, help) {
        if (command === root) help.visibleOptions = () => []; // they have a page of their own
        return wrap(Help.prototype.formatHelp.call(this, command, help), columns);
      },
    })
    .configureOutput({
      writeOut: print,
      writeErr: () => {},
      getOutHelpWidth: () => columns,
      getOutHasColors: () => true,
    });
  for (const [flags, help] of OPTION_ROWS) root.option(flags, help);
  return root;
}

/** Adds the tree of commands. Fills in the words of a command only when it is chosen, which keeps the start short. */
function addCommands(
  root: Commander,
  view: View,
  choose: (added: Commander, command: CommandWords | Command | undefined) => void,
): void {
  const known = new Map<Commander, CommandWords>();
  const fillNext = (_: Commander, added: Commander) => {
    const command = known.get(added);
    if (command !== undefined) fill(added, command, view);
    choose(added, command);
  };
  root.hook('preSubcommand', fillNext);
  const all = { ...TOPICS, Help: [...(TOPICS.Help ?? []), HELP_COMMAND] };
  for (const [title, commands] of Object.entries(all))
    for (const command of commands) {
      const [name = '', inner] = command.name.split(' ');
      let parent = root;
      if (inner !== undefined && GROUPS[name] !== undefined)
        parent =
          root.commands.find((each) => each.name() === name) ?? group(root, name).hook('preSubcommand', fillNext);
      const word = parent === root ? command.name : (inner ?? name);
      const added = parent.createCommand(word).copyInheritedSettings(parent).summary(command.summary);
      parent.addCommand(added, { isDefault: command.byDefault === true });
      (parent === root ? added : parent).helpGroup(`${title}:`);
      known.set(added, command);
      if (command.alias !== undefined) known.set(root.command(command.alias, { hidden: true }), command);
    }
}

/** Commands of two words whose first one is a command that takes any words, as `sandbox` does. */
const PAIRS = COMMANDS.map(({ name }) => name.split(' ')).filter(
  ([first = '', second]) => second !== undefined && GROUPS[first] === undefined,
);

/** Joins the words of such a command to one. After `--`, words belong to another command. */
function joined(argv: readonly string[]): string[] {
  const words = [...argv];
  const end = words.indexOf('--');
  for (const pair of PAIRS) {
    const at = words.findIndex((word, i) => word === pair[0] && words[i + 1] === pair[1]);
    if (at >= 0 && (end < 0 || at + 1 < end)) words.splice(at, 2, pair.join(' '));
  }
  return words;
}

function group(root: Commander, name: string): Commander {
  const summary = GROUPS[name] ?? '';
  return root.command(name).summary(summary).description(`${summary}.`).helpCommand(false);
}

function fill(added: Commander, { summary, args = [], options = [], examples }: CommandWords, view: View): void {
  added.description(`${summary}.`);
  for (const { name, help } of args) added.argument(name, help);
  for (const option of options) added.addOption(commanderOption(option));
  added.addHelpText('after', () => `\n${wrap(OTHER_OPTIONS, view.columns)}`);
  added.addHelpText(
    'after',
    () => `\nExamples:\n${examples.map((line) => `  ${adviceFor(line, view.platform)}`).join('\n')}`,
  );
}

const OTHER_OPTIONS = 'Options of every command (session, server, timeout, JSON…):  tg-auth help options';

function commanderOption({ flags, help, many, conflicts = [] }: Option): CommanderOption {
  const option = new CommanderOption(flags, help).conflicts(conflicts.map(attributeName));
  return many === true ? option.default([], 'none').argParser((value, before: string[]) => [...before, value]) : option;
}

/** commander's name of an option: `newPassword` for `new-password`. */
function attributeName(name: string): string {
  return new CommanderOption(`--${name}`).attributeName();
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

function see(what: string, run: string): NextStep {
  return { say: `See ${what}`, run };
}

const SEE_COMMANDS = see('all commands', 'tg-auth --help');

/** The help that fits an error in the words of a command, of a group or of the program. */
function helpFor(reached: Commander, code: string): NextStep {
  if (reached.parent === null) return /option/i.test(code) ? see('all options', 'tg-auth help options') : SEE_COMMANDS;
  const what = reached.commands.length > 0 ? 'its commands' : 'its help';
  return see(what, `tg-auth ${pathOf(reached)} --help`);
}

/** `session export` */
function pathOf(command: Commander): string {
  const { parent } = command;
  return parent === null ? '' : `${pathOf(parent)} ${command.name()}`.trimStart();
}

const ALIASES = COMMANDS.flatMap(({ alias }) => (alias === undefined ? [] : [alias]));

function unknownCommand(word: string, reached: Commander): UsageError {
  const names = reached.commands.map((each) => each.name()).filter((name) => !ALIASES.includes(name));
  const [near] = nearest(word, names);
  return new UsageError(near === undefined ? 'Unknown command.' : `Unknown command '${word}'.`, {
    why: near === undefined ? [] : [`Did you mean ${near}?`],
    next: helpFor(reached, 'command'),
  });
}

/** The group or program in which a word is no command; `undefined` if something else is wrong. */
function unknownIn({ code }: CommanderError, reached: Commander): Commander | undefined {
  if (code === 'commander.unknownCommand') return reached;
  const { parent } = reached;
  // An unknown word after a group's name is an excess argument of the group's default command.
  const isInGroup = code === 'commander.excessArguments' && parent !== null && parent.parent !== null;
  return isInGroup && parent.args[0] !== reached.name() ? parent : undefined;
}

/** Turns commander's `error: unknown option '--hsah'\n(Did you mean --hash?)` into a `UsageError`. */
function usage({ code, message }: CommanderError, reached: Commander): UsageError {
  if (code === 'commander.help') return new UsageError('A command is required.', { next: helpFor(reached, code) });
  const [what = '', guess] = message
    .replace(/^error: /, '')
    .replace(/^option '(--\S+).*' cannot be used with option '(--\S+).*'$/, '$1 and $2 cannot be combined')
    .split('\n');
  const words = withoutSecret(what).replace(/^./, (letter) => letter.toUpperCase());
  return new UsageError(`${words.replace(/\.$/, '')}.`, {
    why: guess === undefined ? [] : [guess.replace(/^\((.*)\)$/, '$1')],
    next: helpFor(reached, code),
  });
}

/** Repeats an unknown word only if it looks like an option: it may be a misplaced secret. */
function withoutSecret(what: string): string {
  return what.replace(/^unknown option '(.*)'$/s, (_, word: string) => {
    const [, flag = ''] = /^(--?[a-z]+(?:-[a-z]+)*)(?:=|$)/.exec(word) ?? [];
    return flag === '' || flag.length > 24 ? 'unknown option' : `unknown option '${flag}'`;
  });
}
