/**
 * The packages that few runs load. Each becomes one file in dist, which the command line and the library share, so that
 * users install fewer packages.
 */
import { type BuildOptions, build, type Metafile } from 'esbuild';

/** Package → the names that src imports from it. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  socks: ['SocksClient'],
  ws: ['WebSocket', 'WebSocketServer', 'createWebSocketStream'],
};

/** For esbuild's `define`. Otherwise ws looks for two native packages, in every folder above. */
export const WITHOUT_NATIVE = {
  'process.env.WS_NO_BUFFER_UTIL': '"1"',
  'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
};

const OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  define: WITHOUT_NATIVE,
  preserveSymlinks: true, // as in esbuild.ts
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

/** Writes the files to a folder, and returns what is in each. */
export function buildPackages(folder: string): Promise<Metafile[]> {
  return Promise.all(
    Object.entries(PACKAGES).map(async ([name, names]) => {
      const contents = `export { ${names.join(', ')} } from '${name}';`;
      const { metafile } = await build({
        ...OPTIONS,
        stdin: { contents, resolveDir: '.' },
        outfile: `${folder}/${name}.cjs`,
      });
      return metafile;
    }),
  );
}
