/**
 * Fills the tables of the documentation from the tables of the code. A table stands between two comments:
 *
 *     <!-- table: exit-codes -->
 *     <!-- end of table -->
 *
 * It also gives every link to the project the address in package.json, and names the man pages there.
 *
 * `npm run docs` writes them, and the files that are wholly generated. test/readme.test.ts fails if one is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, EXIT_MEANINGS } from '../src/catalogue.ts';
import { COMMANDS, HELP_COMMAND } from '../src/cli/commands/index.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../src/cli/settings/options.ts';
import { CASES, VERDICTS } from '../src/sandbox/audit/index.ts';
import { openApi } from '../src/sandbox/control/openapi.ts';
import { ROUTES } from '../src/sandbox/control/routes.ts';
import { DEVIATIONS, FAULTS, TEST_NUMBERS } from '../src/sandbox/index.ts';
import { sections } from '../test/peers/recipes/index.ts';
import { callPages } from './call-page.ts';
import { manPages } from './man.ts';
import { manifests } from './packaging.ts';

/** Where the project lives, by package.json. */
export const REPOSITORY: string = JSON.parse(readFileSync('package.json', 'utf8')).repository.url.replace(
  /^git\+|\.git$/g,
  '',
);

/** The files with links to the project. */
export const LINKED = [
  'README.md',
  'CHANGELOG.md',
  '.github/CONTRIBUTING.md',
  '.github/SECURITY.md',
  '.github/ISSUE_TEMPLATE/config.yml',
  'src/version.ts',
];

/** A text whose links to the project have the address of now. */
export function linked(text: string): string {
  return text.replace(/https:\/\/[\w.-]+\/[\w.-]+\/tg-auth(?![\w-])/g, REPOSITORY);
}

export const PAGES = ['src/cli/README.md', 'src/sandbox/README.md', 'src/sandbox/control/README.md'];

/** Files that are wholly generated, and their contents. */
export const GENERATED: Readonly<Record<string, string>> = {
  'src/sandbox/control/openapi.json': `${JSON.stringify(openApi(ROUTES), null, 2)}\n`,
  ...Object.fromEntries(Object.entries(manifests()).map(([path, text]) => [`.github/packaging/${path}`, text])),
};

const code = (text: string) => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function optionsOf(command: string): string {
  const options = COMMANDS.find(({ name }) => name === command)?.options ?? [];
  return table(
    ['option', 'meaning'],
    options.map(({ flags, help }) => [code(flags), help]),
  );
}

const TABLES: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'what it does'],
      [...COMMANDS, HELP_COMMAND].map(({ name, args = [], summary }) => [
        code([name, ...args.map((word) => word.name)].join(' ')),
        `${summary}.`,
      ]),
    ),

  options: () =>
    table(
      ['option', 'variable', 'meaning'],
      [...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES].map((option) => [
        code(option.flags),
        'variable' in option ? code(option.variable) : '',
        option.help,
      ]),
    ),

  'exit-codes': () =>
    table(
      ['code', 'when'],
      Object.values(EXIT).map((exit) => [String(exit), EXIT_MEANINGS[exit]]),
    ),

  'sandbox-options': () => optionsOf('sandbox'),
  'audit-options': () => optionsOf('sandbox audit'),

  verdicts: () =>
    table(
      ['verdict', 'the client'],
      Object.entries(VERDICTS).map(([verdict, meaning]) => [verdict, meaning]),
    ),

  audit: () =>
    table(
      ['rule', 'in one sentence', 'faults', 'right'],
      [...new Set(CASES.map(({ title }) => title))].map((title) => {
        const cases = CASES.filter((each) => each.title === title);
        const [first] = cases;
        const names = cases.map(({ name }) => code(name)).join(' ');
        return [`[${title}](${first?.page})`, first?.rule ?? '', names, first?.right.join(', ') ?? ''];
      }),
    ),

  control: () =>
    table(
      ['request', 'fields', 'what it does', 'answer'],
      ROUTES.map(({ method, path, fields, does, answers }) => [
        code(`${method} ${path}`),
        Object.entries(fields)
          .map(([name, field]) => `${code(name)}: ${field.does}`)
          .join('; '),
        does,
        answers,
      ]),
    ),

  'test-numbers': () =>
    table(
      ['YYYY', 'account', 'what happens'],
      TEST_NUMBERS.map(({ yyyy, title, happens }) => [yyyy, title, happens]),
    ),

  deviations: () =>
    table(
      ['deviation', 'what the client does'],
      Object.entries(DEVIATIONS).map(([name, text]) => [code(name), text]),
    ),
  recipes: sections,

  faults: () =>
    table(
      ['fault', 'what it does'],
      FAULTS.map(({ usage, does }) => [code(usage), does]),
    ),
};

/** A page with its tables as the code has them now. Throws if it names a table that does not exist. */
export function filled(page: string): string {
  return page.replace(/(<!-- table: (\S+) -->\n)[\s\S]*?(<!-- end of table -->)/g, (_, start, name: string, end) => {
    const make = TABLES[name];
    if (make === undefined) throw new Error(`There is no table "${name}" in .ci/docs.ts.`);
    return `${start}${make()}\n${end}`;
  });
}

if (process.argv.includes('--write')) {
  for (const page of PAGES) writeFileSync(page, filled(readFileSync(page, 'utf8')));
  for (const file of LINKED) writeFileSync(file, linked(readFileSync(file, 'utf8')));
  for (const [file, content] of Object.entries({ ...GENERATED, ...(await callPages()) })) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const man = Object.keys(await manPages()).map((file) => `dist/man/${file}`);
  const description = { ...JSON.parse(readFileSync('package.json', 'utf8')), man };
  writeFileSync('package.json', `${JSON.stringify(description, null, 2)}\n`);
}
