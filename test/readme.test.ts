/** What the README promises is what the code does: its tables are held to the data they tell of. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EXIT } from '../src/catalogue.ts';
import { COMMANDS } from '../src/cli/commands/index.ts';
import { SETTINGS, SWITCHES, UNKEPT } from '../src/cli/settings/options.ts';
import { TEST_NUMBERS } from '../src/sandbox/index.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

test('the table of test numbers is the one of the sandbox, row by row', () => {
  const [, table = ''] = /\| YYYY \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(readme) ?? [];
  const rows = TEST_NUMBERS.map(({ yyyy, title, happens }) => `| ${yyyy} | ${title} | ${happens} |`);
  assert.deepEqual(table.trim().split('\n'), rows);
});

test('the table of exit codes is the one of the catalogue', () => {
  const [, table = ''] = /\| code \| when \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(readme) ?? [];
  const codes = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(codes, Object.values(EXIT));
});

test('every option and every variable is named', () => {
  for (const { flags } of [...SETTINGS, ...UNKEPT, ...SWITCHES]) {
    const [flag = ''] = /--[a-z-]+/.exec(flags) ?? [];
    const short = /^-\w/.exec(flags)?.[0];
    assert.ok(readme.includes(flag) || (short !== undefined && readme.includes(`\`${short}\``)), flags);
  }
  for (const setting of [...SETTINGS, ...UNKEPT])
    if ('variable' in setting) assert.ok(readme.includes(setting.variable), setting.variable);
});

test('every command is named', () => {
  for (const { name } of COMMANDS) {
    const [group, inner] = name.split(' ');
    assert.ok(
      readme.includes(`\`${name}`) ||
        readme.includes(`\`${group} ${inner}`) ||
        new RegExp(`\`${group} .*\`${inner}`).test(readme) ||
        readme.includes(`\`${group}\``),
      name,
    );
  }
});

test("the README's test command is what CI runs first", () => {
  assert.match(readme, /```sh\nnpm cit\n```/);
  assert.equal(/^(?!#)\S.*$/m.exec(read('.ci/run').replace(/^#.*\n/gm, ''))?.[0], 'npm cit');
});

test('the tests that the threat model names are there', () => {
  const model = read('.github/SECURITY.md');
  const rows = model.split('\n').filter((line) => line.startsWith('| **'));
  const names = rows.flatMap((row) =>
    [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  assert.ok(names.length > 10);
  const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  for (const name of names) {
    const pattern = new RegExp(`^${name?.replaceAll('*', '[^/]*')}\\.test\\.ts$`);
    assert.ok(
      files.some((file) => pattern.test(file)),
      name,
    );
  }
});
