/** The man pages name every command, option, variable and exit code, and are well-formed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { manPages } from '../../.ci/man.ts';
import { EXIT } from '../../src/catalogue.ts';
import { COMMANDS, HELP_COMMAND } from '../../src/cli/commands/index.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../../src/cli/settings/options.ts';

const { man } = JSON.parse(readFileSync('package.json', 'utf8'));
const FOLDER = 'dist/man';
const pages = await manPages();
const main = pages['tg-auth.1'] ?? '';

const CHARACTERS = { aq: "'", dq: '"', ga: '`', ha: '^', ti: '~' } as const;

/** Without the escapes of mdoc. */
const plain = (page: string) =>
  page
    .replaceAll('\\-', '-')
    .replace(/\\\((aq|dq|ga|ha|ti)/g, (_, name: keyof typeof CHARACTERS) => CHARACTERS[name])
    .replace(/\\\[u([0-9A-F]+)\]/g, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replaceAll('\\&', '')
    .replaceAll('\\e', '\\');

const HAS_MANDOC = spawnSync('mandoc', ['-T', 'ascii'], { input: '' }).error === undefined;

test('the build writes the pages that package.json names for npm', () => {
  const files = Object.keys(pages).map((file) => `${FOLDER}/${file}`);
  assert.deepEqual(man, files, 'run npm run docs to update package.json');
  assert.deepEqual(readdirSync(FOLDER).sort(), Object.keys(pages).sort());
  for (const [file, text] of Object.entries(pages)) assert.equal(readFileSync(join(FOLDER, file), 'utf8'), text, file);
});

test('each command is on the page of its first word, with its arguments, options and examples', () => {
  for (const { name, summary, args = [], options = [], examples } of [...COMMANDS, HELP_COMMAND]) {
    const [first = ''] = name.split(' ');
    const page = plain(pages[`tg-auth-${first}.1`] ?? '');
    const lines = page.split('\n');
    assert.ok(lines.includes(`.Cm ${name}`), name);
    assert.ok(page.replaceAll('\n', ' ').includes(summary), summary);
    assert.ok(plain(main).includes(`.It Sy tg-auth-${first} Ns (1)`), first);
    for (const arg of args) assert.ok(page.includes(`Ar ${arg.name.replace(/[[\]<>]|\.\.\./g, '')}`), arg.name);
    for (const { flags } of options) assert.ok(page.includes(`.It Fl ${flags.split(/[ ,]/)[0]?.slice(1)}`), flags);
    for (const example of examples) assert.ok(lines.includes(example), example);
  }
});

test('tg-auth(1) has every option with its variable, and every exit code', () => {
  const page = plain(main);
  for (const { flags } of [...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES])
    assert.ok(page.includes(`.It Fl ${flags.split(/[ ,]/)[0]?.slice(1)}`), flags);
  for (const { variable } of [...SETTINGS, ...NOT_IN_CONFIG])
    if (variable !== undefined) assert.ok(page.includes(`.It Ev ${variable}\n`), variable);
  for (const code of Object.values(EXIT)) assert.ok(page.includes(`.It Li ${code}\n`), String(code));
});

for (const [file, text] of Object.entries(pages))
  test(`${file} is ASCII in short lines, and closes its lists and displays`, () => {
    assert.match(text, /^[\n -~]*\n$/);
    assert.match(text, new RegExp(`^\\.Dd \\w+ \\d+, \\d{4}\\n\\.Dt ${file.slice(0, -2).toUpperCase()} 1$`, 'm'));
    const count = (macro: string) => text.split(`\n.${macro}`).length;
    assert.deepEqual([count('Bl'), count('Bd')], [count('El'), count('Ed')]);
    const prose = text.replace(/^\.Bd[\s\S]*?^\.Ed$/gm, '').match(/^[^.].*$/gm) ?? [];
    for (const line of prose) assert.ok(line.length <= 80, line);
  });

test('mandoc has no complaint', { skip: HAS_MANDOC ? false : 'mandoc is not installed' }, () => {
  const files = Object.keys(pages).map((file) => join(FOLDER, file));
  const { status, stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', ...files], { encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});
