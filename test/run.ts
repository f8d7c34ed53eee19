/**
 * Runs the tests: every `*.test.ts` below this folder, or those whose path contains a word from the arguments. Node 20
 * cannot find files by a pattern.
 *
 *     npm test                     all
 *     npm test -- cli/ layers      some
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

const wanted = process.argv.slice(2);
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((file) => join('test', file).replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort()
  .sort((a, b) => Number(b.includes('/scripts/')) - Number(a.includes('/scripts/'))); // these take longest
if (files.length === 0) throw new Error(`No test file has ${wanted.join(' or ')} in its path.`);

const { folder, bundles } = await bundle(files);
try {
  // Node.js leaves one core idle by default, which is half of a small machine.
  const concurrency = `--test-concurrency=${availableParallelism()}`;
  const options = ['--enable-source-maps', '--test', concurrency, '--test-timeout=300000', '--test-reporter=spec'];
  const { status } = spawnSync(process.execPath, [...options, ...bundles], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
