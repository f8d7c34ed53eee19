/**
 * Builds dist/cli.cjs, and next to it the packages that few runs load, the licences of all packages in dist, the schema
 * of --json, the texts of the sandbox and of --help, and the man pages. The bundle starts with a hash of itself, which
 * bin/tg-auth.js uses in the names of its caches.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { parse } from '../src/cli/program.ts';
import { SCHEMA } from '../src/cli/schema.ts';
import { PLAIN } from '../src/cli/tell/output.ts';
import { CLI, LAYERS } from './esbuild.ts';
import { manPages } from './man.ts';
import { notices } from './notices.ts';
import { buildPackages } from './packages.ts';

await build(LAYERS);
const { outputFiles, metafile } = await build(CLI);
const textOf = (path: string) => outputFiles.find((file) => file.path.endsWith(path))?.text ?? '';
const code = textOf(CLI.outfile);
// esbuild leaves regular expressions as they are.
if (Buffer.byteLength(code) !== code.length) throw new Error('the bundle must be ASCII, as bin/tg-auth.js reads it');
const hash = createHash('sha256').update(code).digest('hex').slice(0, 32);
const folder = dirname(CLI.outfile);
const help = parse(['--help'], { paint: PLAIN, columns: 80, platform: process.platform });
if (!('text' in help)) throw new Error('--help must print a text');
await mkdir(join(folder, 'man'), { recursive: true });
await writeFile(CLI.outfile, `/*${hash}*/\n${code}`);
await writeFile(`${CLI.outfile}.map`, textOf(`${CLI.outfile}.map`));
await writeFile(join(folder, 'help.txt'), help.text);
await writeFile(join(folder, 'schema.json'), `${JSON.stringify(SCHEMA, null, 2)}\n`);
await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), await notices([metafile, ...(await buildPackages(folder))]));
for (const [file, text] of Object.entries(await manPages())) await writeFile(join(folder, 'man', file), text);
