/**
 * How esbuild makes dist/cli.cjs: the command line and its packages in one file, except what few runs load: inquirer
 * and its parts for a prompt, and what is a file of its own (packages.ts, dist/layers.cjs). CommonJS, since only that
 * can be started with V8's code cache. Names are minified, since V8 reads them in each code cache; trace.ts
 * makes the stack trace of a bug report readable.
 *
 * Modules of Node.js that few runs use are loaded when one of their functions is first used.
 *
 * Two packages are altered, since each would cost every start some milliseconds for nothing:
 *
 * - big-integer becomes an ES module. Importing it as CommonJS copies its properties, and it has one for every number
 *   from -999 to 999.
 * - commander loads node:child_process for subcommands that are programs of their own. Here no command is one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { BuildOptions, Plugin } from 'esbuild';
import { version } from '../src/version.ts';
import { PACKAGES } from './packages.ts';

/** Replaces a part of one file. Fails if it is not there: then the package has changed, and this file must follow. */
function alter(file: RegExp, part: string, replacement: string): Plugin {
  return {
    name: `alter ${file.source}`,
    setup({ onLoad }) {
      onLoad({ filter: file }, async ({ path }) => {
        const code = await readFile(path, 'utf8');
        if (!code.includes(part)) throw new Error(`${path} has no \`${part}\``);
        return { contents: code.replace(part, replacement), loader: 'js' };
      });
    },
  };
}

function git(...args: readonly string[]): string | undefined {
  try {
    return existsSync('.git') ? execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim() : undefined;
  } catch {
    return undefined; // there is no git, or the folder belongs to another user
  }
}

/** The commit, with "-dirty" if files have changed since, and whether it has the tag of this version. */
function buildOf() {
  const commit = git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*') ?? null;
  const tags = git('tag', '--points-at', 'HEAD')?.split('\n') ?? [];
  return { commit, released: commit?.endsWith('-dirty') === false && tags.includes(`v${version}`) };
}

/** What is a file of its own in dist. bin/tg-auth.js runs the bundle, and `require` starts at its folder. */
const apart: Plugin = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/text\.ts$/ }, () => ({ path: '../dist/layers.cjs', external: true }));
    onResolve({ filter: new RegExp(`^(${Object.keys(PACKAGES).join('|')})$`) }, ({ path }) => ({
      path: `../dist/${path}.cjs`,
      external: true,
    }));
  },
};

/** Gives these modules of Node.js getters that load them. */
const lazy: Plugin = {
  name: 'lazy',
  setup({ onResolve, onLoad }) {
    const filter = /^node:(timers\/promises|tty|zlib)$/;
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'lazy' ? { path, external: true } : { path, namespace: 'lazy' },
    );
    onLoad({ filter, namespace: 'lazy' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {});
      return {
        contents: `module.exports={${names.map((name) => `get ${name}(){return require('${path}').${name}}`)}}`,
      };
    });
  },
};

export const LAYERS = {
  entryPoints: ['src/sandbox/layers/text.ts'],
  outfile: 'dist/layers.cjs',
  bundle: true,
  format: 'cjs',
  target: 'node20.19',
  logLevel: 'warning',
} satisfies BuildOptions;

export const CLI = {
  entryPoints: ['src/cli/start.ts'],
  outfile: 'dist/cli.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // bin/tg-auth.js runs it as it is: a wrapper added there would copy all of it.
  banner: { js: '(function (require, __filename) {' },
  footer: { js: '})' },
  define: { BUILD_INFO: JSON.stringify(buildOf()) },
  preserveSymlinks: true, // the bundle names the paths of packages, which must not depend on this machine
  charset: 'ascii', // bin/tg-auth.js reads it so
  supported: { 'dynamic-import': false },
  external: ['inquirer', '@inquirer/core'],
  minify: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [
    apart,
    lazy,
    alter(/big-integer.BigInteger\.js$/, '// Node.js check', 'export default bigInt;'),
    alter(/commander.lib.command\.js$/, "const childProcess = require('node:child_process');", ''),
  ],
  write: false,
  metafile: true,
} satisfies BuildOptions;
