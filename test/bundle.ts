/** Bundles tests with the source, which takes a second: tsx would take half of the time of every test file. */
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Tests find the files beside them, as before. */
const inPlace: Plugin = {
  name: 'in-place',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    }));
  },
};

/** Returns the folder of the bundles, and their paths. The packages that they import must be in a folder above. */
export async function bundle(files: readonly string[]): Promise<{ folder: string; bundles: string[] }> {
  mkdirSync('build', { recursive: true });
  const folder = mkdtempSync(join('build', 'test-'));
  await build({
    entryPoints: [...files],
    outdir: folder,
    outbase: 'test',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    plugins: [inPlace],
    logLevel: 'warning',
  });
  return { folder, bundles: files.map((file) => join(folder, relative('test', file).replace(/\.ts$/, '.mjs'))) };
}
