/** What only the sandbox needs stays out of the client: the table of layers, and what other clients ask. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { build } from 'esbuild';
import { CLI } from '../../.ci/esbuild.ts';
import { BIN, cleanEnv, start } from './cli.ts';

const TEXTS = /^src\/sandbox\/layers\/(past|surroundings|text)\.ts$/;

test('the command line is built without the texts of the layers', async () => {
  const { metafile, outputFiles } = await build(CLI);
  assert.ok(Object.keys(metafile.inputs).includes('src/sandbox/layers/schema.ts'));
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((path) => TEXTS.test(path)),
    [],
  );
  // An id of `user` in older layers, and a method that only others call.
  for (const { text } of outputFiles) assert.doesNotMatch(text, /user#31774388|langpack\.getStrings#/);
});

test('the library is built without the sandbox', async () => {
  const options = { bundle: true, platform: 'node', packages: 'external', write: false, metafile: true } as const;
  const { metafile } = await build({ ...options, entryPoints: ['src/index.ts'] });
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((path) => path.startsWith('src/sandbox/')),
    [],
  );
});

test('the sandbox of the command line finds the texts', async () => {
  assert.ok(existsSync('dist/layers.cjs'));
  const args = [BIN, 'send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--sandbox'];
  const { code, stdout } = await start(process.execPath, args, cleanEnv(), '').ended;
  assert.deepEqual([code, stdout], [0, 'true\n']);
});
