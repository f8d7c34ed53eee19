/** The bundle is published with the licences of its packages. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { CLI } from '../../.ci/esbuild.ts';
import { notices } from '../../.ci/notices.ts';
import { cleanEnv, POSIX, start } from './cli.ts';

const NOTICES = 'dist/THIRD-PARTY-NOTICES.txt';

test('every package in the bundle is named, with its licence', async () => {
  const { metafile } = await build(CLI);
  const text = readFileSync(NOTICES, 'utf8');
  const files = Object.keys(metafile.inputs).map((file) => file.split('/'));
  const folders = files.flatMap((parts) => {
    const at = parts.lastIndexOf('node_modules');
    return at === -1 ? [] : parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join('/');
  });
  const packages = [...new Set(folders)];
  assert.ok(packages.length > 0);
  for (const folder of packages) {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    assert.ok(text.includes(`\n${name} ${version} (`), name);
    const licence = readdirSync(folder).find((file) => /licen[cs]e/i.test(file)) ?? '';
    assert.ok(text.includes(readFileSync(join(folder, licence), 'utf8').trim().replaceAll('\r\n', '\n')), name);
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
  await assert.rejects(notices(metafile), /test\/node_modules\/x/);
});

test('the published package has the notices', POSIX, async () => {
  const env = cleanEnv({ npm_config_offline: 'true', npm_config_update_notifier: 'false' });
  const { code, stdout } = await start('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], env, '').ended;
  assert.equal(code, 0);
  const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
  assert.ok(files.some(({ path }) => path === NOTICES));
});
