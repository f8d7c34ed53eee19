/**
 * The man pages, from the tables that the help reads: tg-auth(1), and one page for each command or group of commands,
 * such as tg-auth-session(1). They are written in mdoc, which mandoc and groff read.
 */
import { readFileSync } from 'node:fs';
import { EXIT, EXIT_MEANINGS } from '../src/catalogue.ts';
import type { CommandWords } from '../src/cli/command.ts';
import { GROUPS, HELP_COMMAND, TOPICS } from '../src/cli/commands/index.ts';
import { DESCRIPTION, EXAMPLES } from '../src/cli/help.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../src/cli/settings/options.ts';
import { bugs } from '../src/version.ts';

/** mandoc complains of longer lines. */
const WIDTH = 78;

/** The pages, by the names of their files. */
export async function manPages(): Promise<Record<string, string>> {
  const groups = Object.entries(TOPICS).map(
    ([title, commands]) => [title, groupsOf(title === 'Help' ? [...commands, HELP_COMMAND] : commands)] as const,
  );
  const all = groups.flatMap(([, each]) => [...each]);
  const pages = await Promise.all(
    all.map(async ([name, commands]) => [`tg-auth-${name}.1`, await commandPage(name, commands)] as const),
  );
  return { 'tg-auth.1': mainPage(groups), ...Object.fromEntries(pages) };
}

type Groups = ReadonlyMap<string, readonly CommandWords[]>;

/** The commands by their first word. */
function groupsOf(commands: readonly CommandWords[]): Groups {
  const groups = new Map<string, CommandWords[]>();
  for (const command of commands) {
    const [first = ''] = command.name.split(' ');
    groups.set(first, [...(groups.get(first) ?? []), command]);
  }
  return groups;
}

function mainPage(topics: readonly (readonly [string, Groups])[]): string {
  const variables = SETTINGS.concat(NOT_IN_CONFIG).flatMap(({ flags, variable }) =>
    variable === undefined ? [] : [[`.Ev ${variable}`, `See ${flags.split(' ')[0]}.`] as const],
  );
  return page('tg-auth', DESCRIPTION.replace(/\.$/, ''), [
    '.Sh SYNOPSIS',
    '.Nm',
    '.Ar command',
    '.Op Ar options',
    '.Sh DESCRIPTION',
    ...prose(`${DESCRIPTION} Each command has a page of its own.`),
    ...topics.flatMap(([title, groups]) => [
      `.Ss ${title}`,
      ...list(
        [...groups].map(([name, commands]) => [`.${reference(`tg-auth-${name}`)}`, `${summaryOf(name, commands)}.`]),
      ),
    ]),
    '.Sh OPTIONS',
    ...prose('A value comes from the first of these that has it: option, variable, config file, default.'),
    ...list(
      [...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES, ...STANDARD].map(({ flags, help }) => [
        flagsOf(flags),
        sentence(help),
      ]),
    ),
    '.Sh ENVIRONMENT',
    ...list(variables),
    '.Sh EXIT STATUS',
    ...list(Object.values(EXIT).map((exit) => [`.Li ${exit}`, sentence(EXIT_MEANINGS[exit])])),
    '.Sh EXAMPLES',
    ...EXAMPLES.flatMap(([command, does]) => [...prose(sentence(does)), ...literal([command])]),
    '.Sh SEE ALSO',
    ...topics
      .flatMap(([, groups]) => [...groups.keys()])
      .sort()
      .map((name, i, { length }) => `.${reference(`tg-auth-${name}`)}${i + 1 < length ? ' ,' : ''}`),
  ]);
}

const STANDARD = [
  { flags: '-V, --version', help: 'print the version' },
  { flags: '-h, --help', help: 'print help' },
];

async function commandPage(name: string, commands: readonly CommandWords[]): Promise<string> {
  const isGroup = commands.length > 1 || commands[0]?.name !== name;
  const parts = await Promise.all(commands.map(async (each) => ({ ...each, tables: await each.notes?.() })));
  return page(`tg-auth-${name}`, summaryOf(name, commands), [
    '.Sh SYNOPSIS',
    ...commands.flatMap(({ name: words, args = [], options = [] }) => [
      '.Nm tg-auth',
      `.Cm ${words}`,
      ...(options.length > 0 ? ['.Op Ar options'] : []),
      ...args.map((arg) => argument(arg.name)),
    ]),
    '.Sh DESCRIPTION',
    ...(isGroup ? prose(`${summaryOf(name, commands)}.`) : []),
    ...parts.flatMap(({ name: words, summary, args = [], options = [], tables, byDefault, examples }) => [
      ...(isGroup ? [`.Ss tg-auth ${words}`] : []),
      ...prose(`${summary}.${byDefault === true ? ` This is the default of tg-auth ${name}.` : ''}`),
      ...list([
        ...args.map((arg) => [argument(arg.name), sentence(arg.help)] as const),
        ...options.map(({ flags, help }) => [flagsOf(flags), sentence(help)] as const),
      ]),
      ...(tables === undefined ? [] : literal(tables.trim().split('\n'))),
      ...(isGroup ? ['.Pp', 'Examples:', ...literal(examples)] : []),
    ]),
    '.Pp',
    'The options of every command, the variables and the exit codes are in',
    `.${reference('tg-auth')} .`,
    ...(isGroup ? [] : ['.Sh EXAMPLES', ...literal(parts.flatMap(({ examples }) => examples))]),
    '.Sh SEE ALSO',
    `.${reference('tg-auth')}`,
  ]);
}

function summaryOf(name: string, [first]: readonly CommandWords[]): string {
  return GROUPS[name] ?? first?.summary ?? '';
}

function page(name: string, summary: string, body: readonly string[]): string {
  return [
    '.\\" Generated from the tables of the command line.',
    `.Dd ${released()}`,
    `.Dt ${name.toUpperCase()} 1`,
    '.Os',
    '.Sh NAME',
    `.Nm ${name}`,
    `.Nd ${escaped(summary)}`,
    ...body,
    '.Sh BUGS',
    'Report bugs at',
    `.Lk ${bugs} .`,
    '',
  ].join('\n');
}

/** The date of the newest version in the change log: a build of one commit has the same bytes on every day. */
function released(): string {
  const [, date] = /^## \[\d.*\] - (\d{4}-\d\d-\d\d)$/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
  if (date === undefined) throw new Error('CHANGELOG.md names no version with its date.');
  return new Date(date).toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
}

// -- mdoc

function list(items: readonly (readonly [term: string, text: string])[]): string[] {
  if (items.length === 0) return [];
  const lines = items.flatMap(([term, text]) => [`.It ${term.replace(/^\./, '')}`, ...prose(text)]);
  return ['.Bl -tag -width Ds', ...lines, '.El'];
}

function literal(lines: readonly string[]): string[] {
  return ['.Bd -literal -offset indent', ...lines.map(escaped), '.Ed'];
}

/** `-q, --quiet` or `--hash <hash>` as macros. */
function flagsOf(flags: string): string {
  const parts = flags.split(', ').map((flag) => {
    const [name = '', value] = flag.split(' ');
    return `Fl ${escaped(name.slice(1))}${value === undefined ? '' : ` Ar ${escaped(value.replace(/^<|>$/g, ''))}`}`;
  });
  return parts.join(' , ');
}

/** Another page. Not the macro for it: mandoc complains of pages that are not installed. */
function reference(name: string): string {
  return `Sy ${escaped(name)} Ns (1)`;
}

/** `[phone]` or `<words...>` as macros. */
function argument(name: string): string {
  const word = `Ar ${escaped(name.replace(/^[<[]|[>\]]$/g, '').replace(/\.\.\.$/, ' ...'))}`;
  return name.startsWith('[') ? `.Op ${word}` : `.${word}`;
}

function sentence(text: string): string {
  return `${text.replace(/^[a-z]+( |$)/, (word) => word.replace(/^./, (letter) => letter.toUpperCase()))}.`;
}

/** Each sentence begins a line, as mandoc wants it. */
function prose(text: string): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=[.:;] )/).map((each) => each.trim())) {
    let line = '';
    for (const word of part.split(' ').map(escaped)) {
      if (line !== '' && line.length + word.length >= WIDTH) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => line.replace(/^(?=[.'])/, '\\&'));
}

/** A text without the characters that mdoc or a font would change. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replace(/^(?=[.'])/, '\\&')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/[^ -~]/gu, (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
