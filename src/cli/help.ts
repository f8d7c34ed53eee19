/** The pages of help that are not about one command: the overview, and `help options`, `json` and `exit-codes`. */
import { EXIT, EXIT_MEANINGS } from '../catalogue.ts';
import type { CommandWords } from './command.ts';
import { HELP_COMMAND, TOPICS } from './commands/index.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from './settings/options.ts';
import type { Paint } from './tell/output.ts';
import { list } from './tell/table.ts';
import { join, wrap } from './tell/wrap.ts';

/** How help is printed. */
export interface View {
  readonly paint: Paint;
  readonly columns: number;
  readonly platform?: NodeJS.Platform;
  /** Called with the name of the command, before its words are parsed; with null if a group has no such command. */
  readonly onCommand?: (name: string | null) => void;
}

export const DESCRIPTION = 'Sign in to Telegram from a terminal, a script or CI.';

export const EXAMPLES: readonly (readonly [string, string])[] = [
  ['tg-auth login', 'sign in step by step'],
  ['tg-auth send-call +79991234567', 'ask for a voice call that reads out the code'],
  ['tg-auth sandbox -- ./login.sh', 'test a script offline'],
];

export const POINTERS = 'Help for one command:  tg-auth <command> --help\nAll options:           tg-auth help options';

/** The options of every command, with their variables. */
export const OPTION_ROWS: readonly (readonly [string, string])[] = [
  ...[...SETTINGS, ...NOT_IN_CONFIG].map(
    ({ flags, help, ...rest }) => [flags, 'variable' in rest ? `${help} [${rest.variable}]` : help] as const,
  ),
  ...SWITCHES.map(({ flags, help }) => [flags, help] as const),
];

/** The pages by topic. */
export const PAGES: Readonly<Record<string, (view: View) => Promise<string>>> = {
  options: async ({ paint, columns }) =>
    [
      paint.bold('Options of every command:'),
      list([...OPTION_ROWS, ['-V, --version', 'print the version'], ['-h, --help', 'print help']], columns),
      '',
      wrap(
        'A value comes from the first of these that has it: option, [VARIABLE], config file, default. The options of one command:  tg-auth <command> --help',
        columns,
      ),
    ].join('\n'),

  json: async () => {
    const { SCHEMA } = await import('./schema.ts');
    return JSON.stringify(SCHEMA, null, 2);
  },

  'exit-codes': async ({ paint, columns }) =>
    [
      paint.bold('Exit codes:'),
      list(
        Object.values(EXIT).map((exit) => [String(exit), EXIT_MEANINGS[exit]]),
        columns,
      ),
      '',
      wrap('"tg-auth sandbox -- COMMAND" exits with the code of COMMAND.', columns),
      wrap('The errors with one exit code:  tg-auth explain 12', columns),
    ].join('\n'),
};

/** The commands by topic on one screen. */
export function overview({ paint, columns }: View): string {
  const width = Math.max(...Object.keys(TOPICS).map((title) => title.length));
  const indent = ' '.repeat(width + 4);
  const topics = Object.entries(TOPICS).map(([title, commands]) => {
    const all = title === 'Help' ? [...commands, HELP_COMMAND] : commands;
    const lines = join(namesOf(all, columns >= WIDE), '  ', columns - indent.length);
    return `  ${paint.bold(title.padEnd(width))}  ${lines.join(`\n${indent}`)}`;
  });
  return [
    wrap(DESCRIPTION, columns),
    '',
    'Usage: tg-auth <command> [options]',
    '',
    ...topics,
    '',
    columns < NARROW ? EXAMPLES.map(([command]) => `  ${command}`).join('\n') : list(EXAMPLES, columns),
    '',
    wrap(POINTERS, columns),
    '',
  ].join('\n');
}

/** Columns from which the overview shows the commands of a group. */
const WIDE = 72;
/** Below this width, the overview leaves out what the examples do: it must fit on one screen. */
const NARROW = 60;

/**
 * The names, with those of a group in one word: `tl encode|decode`, or `tl` on a narrow terminal. `sandbox [audit]` is
 * also a command without its second word.
 */
function namesOf(commands: readonly CommandWords[], wide: boolean): string[] {
  const isCommand = (first: string) => commands.some(({ name }) => name === first);
  const groups = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first = '', ...inner] = name.split(' ');
    groups.set(first, [...(groups.get(first) ?? []), ...inner]);
  }
  return [...groups].map(([first, inner]) => {
    if (!wide || inner.length === 0) return first;
    return isCommand(first) ? `${first} [${inner.join('|')}]` : `${first} ${inner.join('|')}`;
  });
}
