/** dist holds the licences of the packages in it, and needs no other packages than those that npm installs. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { CLI } from '../../.ci/esbuild.ts';
import { notices } from '../../.ci/notices.ts';
import { buildPackages } from '../../.ci/packages.ts';
import { cleanEnv, folder, POSIX, start } from './cli.ts';

const NOTICES = 'dist/THIRD-PARTY-NOTICES.txt';

test('every package in dist is named, with its licence', async () => {
  const bundles = [(await build(CLI)).metafile, ...(await buildPackages(folder()))];
  const text = readFileSync(NOTICES, 'utf8');
  const files = bundles.flatMap(({ inputs }) => Object.keys(inputs)).map((file) => file.split('/'));
  const folders = files.flatMap((parts) => {
    const at = parts.lastIndexOf('node_modules');
    return at === -1 ? [] : parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join('/');
  });
  const packages = [...new Set(folders)];
  for (const name of ['commander', 'qr', 'socks', 'ip-address', 'ws'])
    assert.ok(packages.includes(`node_modules/${name}`), name);
  for (const path of packages) {
    const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    assert.ok(text.includes(`\n${name} ${version} (`), name);
    const licence = readdirSync(path).find((file) => /licen[cs]e/i.test(file)) ?? '';
    assert.ok(text.includes(readFileSync(join(path, licence), 'utf8').trim().replaceAll('\r\n', '\n')), name);
  }
});

test('dist loads only files of its own, parts of Node.js, and packages that npm installs with it', async () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const entryPoints = ['index.js', 'sandbox.js', 'socks.cjs', 'ws.cjs'].map((file) => join('dist', file));
  // esbuild fails if a file of its own is missing.
  const reads = { bundle: true, platform: 'node', packages: 'external', write: false, outdir: folder() } as const;
  const library = await build({ entryPoints, ...reads, format: 'esm', metafile: true, logLevel: 'silent' });
  const cli = await build(CLI);
  const imports = [
    ...Object.values(library.metafile.inputs).flatMap((input) => input.imports),
    ...Object.values(cli.metafile.outputs).flatMap((output) => output.imports),
  ];
  const external = imports.flatMap(({ external, path }) => (external === true ? [path] : []));
  const names = new Set(external.filter((path) => !path.startsWith('../dist/')));
  for (const path of external) if (path.startsWith('../dist/')) assert.ok(existsSync(path.slice(3)), path);
  for (const name of ['inquirer', '@inquirer/core', 'node:net']) assert.ok(names.has(name), name);
  for (const name of names) {
    const [of = ''] = /^(@[^/]+\/)?[^/]+/.exec(name) ?? [];
    assert.ok(isBuiltin(name) || Object.hasOwn(dependencies, of), name);
  }
});

test('the library bundles no package', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.match(scripts['build:library'], / --packages=external /);
});

test('a package without a licence stops the build', async () => {
  const input = { bytes: 1, imports: [] };
  const output = {
    bytes: 1,
    imports: [],
    exports: [],
    inputs: { 'test/node_modules/x/index.js': { bytesInOutput: 1 } },
  };
  const metafile = { inputs: { 'test/node_modules/x/index.js': input }, outputs: { 'x.js': output } };
  await assert.rejects(notices([metafile]), /test\/node_modules\/x/);
});

test('the published package has the notices', POSIX, async () => {
  const env = cleanEnv({ npm_config_offline: 'true', npm_config_update_notifier: 'false' });
  const { code, stdout } = await start('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], env, '').ended;
  assert.equal(code, 0);
  const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
  assert.ok(files.some(({ path }) => path === NOTICES));
});
