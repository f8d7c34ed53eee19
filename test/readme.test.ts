/** The documentation says what the code does: tables, commands, options, file names, links and recipes. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { callPages } from '../.ci/call-page.ts';
import { filled, GENERATED, LINKED, linked, PAGES, REPOSITORY } from '../.ci/docs.ts';
import { parse } from '../src/cli/program.ts';
import { resolve } from '../src/cli/settings/options.ts';
import { PLAIN } from '../src/cli/tell/output.ts';
import { current } from '../src/tl/layer.ts';
import { bugs } from '../src/version.ts';
import { checkJson } from './json-schema.ts';
import { BIN, cleanEnv, folder, POSIX, start } from './scripts/cli.ts';

const HAND_WRITTEN = ['README.md', 'src/README.md', 'test/README.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md'];
const ALL = [...HAND_WRITTEN, ...PAGES, '.github/call.md'];

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

/** The code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  const found = page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...found].flatMap(([, name, text = '']) => (name === language ? [text] : []));
}

for (const page of PAGES)
  test(`the tables of ${page} are those of the code`, () => {
    assert.equal(read(page), filled(read(page)), 'run npm run docs to update them');
  });

test('every link to the project has the address in package.json', () => {
  const { bugs: report, homepage } = JSON.parse(read('package.json'));
  assert.deepEqual([report.url, homepage, bugs], [`${REPOSITORY}/issues`, `${REPOSITORY}#readme`, report.url]);
  for (const file of LINKED)
    assert.equal(read(file), linked(read(file)), `${file}: run npm run docs to update its links`);
  assert.equal(linked('see https://git.example/somebody/tg-auth/issues'), `see ${REPOSITORY}/issues`);
  // Links elsewhere would be missed.
  const others = ['src', 'bin', '.github'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name).replaceAll('\\', '/'))
      .filter((file) => statSync(file).isFile() && !LINKED.includes(file) && !Object.hasOwn(GENERATED, file)),
  );
  assert.deepEqual(
    others.filter((file) => read(file).includes(REPOSITORY)),
    [],
  );
});

test('the help of tl and the page of the sandbox name the layer of the schema', () => {
  assert.match(read('src/cli/commands/words/tools.ts'), new RegExp(`current \\(${current.number}\\)`));
  assert.match(read('src/sandbox/README.md'), new RegExp(`to the newest, ${current.number}:`));
  assert.match(read('src/tl/schema/current.ts'), new RegExp(`at layer ${current.number} `));
});

for (const [file, content] of Object.entries(GENERATED))
  test(`${file} is what the code generates`, () => {
    assert.equal(read(file), content, 'run npm run docs to update it');
  });

test('"A phone call, byte by byte" is what the code generates, and not too large', async () => {
  const limits: Readonly<Record<string, number>> = { html: 300_000, md: 30_000, svg: 10_000 };
  for (const [file, content] of Object.entries(await callPages())) {
    assert.equal(read(file), content, `${file}: run npm run docs to update it`);
    assert.ok(Buffer.byteLength(content) < (limits[file.replace(/.*\./, '')] ?? 0), file);
  }
});

test('every environment variable of the program is in the reference, and no other', () => {
  const variables = (text: string) => new Set(text.match(/\bTG_(?:AUTH|API)_[A-Z_]+/g));
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const used = variables(files.map((file) => read(join('src', file))).join('\n'));
  assert.deepEqual([...variables(read('src/cli/README.md'))].sort(), [...used].sort());
  for (const variable of ALL.flatMap((page) => [...variables(read(page))])) assert.ok(used.has(variable), variable);
});

test('the config file of the reference is valid', () => {
  const [example = ''] = blocks(read('src/cli/README.md'), 'json');
  const config = Object.fromEntries(Object.entries(JSON.parse(example)).map(([key, value]) => [key, String(value)]));
  const { session, proxy, waitFlood } = resolve({ flags: {}, env: {}, config });
  assert.deepEqual([session.value, proxy.from, waitFlood.value], ['work', 'config', 120]);
});

test('the examples of JSON in the reference fit the schema', async () => {
  const examples = blocks(read('src/cli/README.md'), 'json').filter((block) => block.startsWith('{ "ok"'));
  assert.equal(examples.length, 2);
  for (const example of examples) await checkJson(JSON.parse(example));
});

test('every tg-auth command in a shell block parses', async () => {
  let count = 0;
  for (const page of ALL)
    for (const [, line = ''] of blocks(read(page), 'sh')
      .join('\n')
      .matchAll(/\btg-auth ([a-z][^\n]*)/g)) {
      const [words = ''] = line.split(/ +(?:#|[|>;]|< )|\)/);
      const argv = words.trim().match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
      assert.ok('command' in (await parse(argv, { paint: PLAIN, columns: 80 })), line);
      count++;
    }
  assert.ok(count >= 15, `${count} commands`);
});

test('every file and every link that the pages name exists', () => {
  for (const page of ALL) {
    const text = read(page).replace(/^```[\s\S]*?^```$/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]*)/g))
      assert.ok(existsSync(join(dirname(page), target)), `${page}: ${target}`);
    for (const [, file = ''] of text.matchAll(/`([a-z][\w./-]*\.(?:ts|js|json|svg))`/g)) {
      const places = ['', dirname(page), 'src', 'test'].map((place) => join(place, file));
      const isShort = !file.includes('/'); // the name of a file in a folder that the sentence names
      assert.ok(places.some((place) => existsSync(place)) || isShort, `${page}: ${file}`);
    }
  }
});

test('every heading that a link points to exists', () => {
  for (const page of ALL)
    for (const [, target = '', anchor = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
      const text = read(target === '' ? page : join(dirname(page), target));
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase());
      const anchors = headings.map((title) => title.replace(/[^\w -]/g, '').replaceAll(' ', '-'));
      assert.ok(anchors.includes(anchor), `${page}: #${anchor}`);
    }
});

test('the README is short, and its two commands are those that CI runs', () => {
  assert.ok(readme.split('\n').length <= 181);
  const sh = blocks(readme, 'sh');
  assert.equal(sh[0], 'npm ci && npx tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox\n');
  assert.equal(sh[1], 'npm cit\n');
  assert.match(read('.ci/run'), /^set -e # .*\nnpm cit$/m);
});

test("the README's script signs in, inside the sandbox and with the numbers that it names", POSIX, async () => {
  const script = blocks(readme, 'sh').find((block) => block.startsWith('set -euo pipefail')) ?? '';
  const [, code = '', lines = ''] = /echo (\d+) > code\.txt\n((?:PHONE=.*\n)+)/.exec(readme) ?? [];
  const runs = [...lines.matchAll(/^PHONE=(\d+) tg-auth (.*) \.\/login\.sh$/gm)];
  assert.equal(runs.length, 2);
  await Promise.all(
    runs.map(async ([, phone = '', words = '']) => {
      const place = folder();
      writeFileSync(join(place, 'code.txt'), `${code}\n`);
      writeFileSync(join(place, 'login.sh'), `cd '${place}'\n${script}`);
      const args = [BIN, ...words.split(' '), 'bash', join(place, 'login.sh')];
      const { code: exit, stdout, stderr } = await start(process.execPath, args, cleanEnv({ PHONE: phone })).ended;
      assert.equal(exit, 0, stderr);
      assert.match(stdout, /^[\da-f]+\ntrue\n\d+\n\d+\n$/);
    }),
  );
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
