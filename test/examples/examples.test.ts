/** The examples of the README are programs that run, and the README has them letter by letter. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (name: string) => new URL(name, import.meta.url);

for (const [name, last] of [
  ['sign-in', 'Signed in as Test 21002 (@sandbox21002).'],
  ['qr', 'This session is not signed in.\nSigned in as Test 20000 (@sandbox20000).'],
] as const)
  test(`the example ${name}.ts`, async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', here(`${name}.ts`).pathname], {
      timeout: 60_000,
    });
    assert.equal(stdout.trim(), last);
  });

test('the README shows the first of them', () => {
  const readme = readFileSync(here('../../README.md'), 'utf8');
  assert.ok(readme.includes(readFileSync(here('sign-in.ts'), 'utf8').trim()));
});
