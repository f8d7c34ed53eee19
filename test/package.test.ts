/** What npm reads: the package for its users, the clone for its developers, and the versions of Node.js. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const { scripts, allowScripts, files } = JSON.parse(read('package.json'));

test('npm finds no install script in the package, so it prints no warning', () => {
  // A clone is built by `dependencies`, which npm runs only in the project itself; the tarball by `prepack`.
  for (const name of ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'])
    assert.equal(scripts[name], undefined, name);
  assert.equal(scripts.dependencies, 'npm run build');
  assert.match(scripts.prepack, /^npm run build && /);
  assert.ok(!files.includes('binding.gyp')); // it counts as one
});

test('every dependency with an install script is named in allowScripts', () => {
  const packages: Readonly<Record<string, { hasInstallScript?: boolean; dev?: boolean; deprecated?: string }>> =
    JSON.parse(read('package-lock.json')).packages;
  const names = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
  assert.deepEqual(
    names.map((path) => path.replace(/^.*node_modules\//, '')),
    Object.keys(allowScripts),
  );
  assert.deepEqual(
    names.filter((path) => packages[path]?.dev !== true),
    [],
    'users install none',
  );
  assert.deepEqual(
    Object.keys(packages).filter((path) => packages[path]?.deprecated !== undefined),
    [],
  );
});

test('the tests run on the same versions of Node.js here and on GitHub', () => {
  const [, matrix = ''] = /node: \[(.*)\]/.exec(read('.github/workflows/ci.yml')) ?? [];
  const [, majors = ''] = /MAJORS = \[(.*)\]/.exec(read('test/nodes.ts')) ?? [];
  assert.equal(matrix, `20, ${majors}`);
  assert.match(read('.ci/run'), /^npm run test:nodes$/m);
});
