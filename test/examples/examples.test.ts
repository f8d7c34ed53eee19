/** The library examples run unchanged, and the README shows the first of them verbatim. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (name: string) => new URL(name, import.meta.url);

/** Node.js runs `.mjs` directly, against the built library; `.ts` needs tsx. */
for (const [name, flags, last] of [
  ['sign-in.mjs', [], 'Signed in as Test 21002 (@sandbox21002).'],
  ['qr.ts', ['--import', 'tsx'], 'This session is not signed in.\nSigned in as Test 20000 (@sandbox20000).'],
] as const)
  test(`the example ${name}`, async () => {
    const { stdout } = await run(process.execPath, [...flags, fileURLToPath(here(name))], { timeout: 60_000 });
    assert.equal(stdout.trim(), last);
  });

test('the README shows the first example', () => {
  const readme = readFileSync(here('../../README.md'), 'utf8');
  assert.ok(readme.includes(readFileSync(here('sign-in.mjs'), 'utf8').trim()));
});
