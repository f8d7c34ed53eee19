/** The licences of the packages whose code is in dist. Most must be passed on with the code. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(licen[cs]e|copying|notice|copyright)/i;

/** The folders of the packages that have code in the bundles. */
function bundled(bundles: readonly Metafile[]): string[] {
  const outputs = bundles.flatMap((bundle) => Object.values(bundle.outputs));
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? (PACKAGE.exec(file) ?? []) : []));
  return [...new Set(folders)].sort();
}

/** The text of the notice file. Throws if a package has no licence file. */
export async function notices(bundles: readonly Metafile[]): Promise<string> {
  const parts = await Promise.all(bundled(bundles).map(noticeOf));
  return ['tg-auth contains code of these packages:\n', ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => LICENCE.test(file)).sort();
  if (files.length === 0) throw new Error(`${folder} has no licence file`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [
    `${name} ${version} (${license})\n`,
    ...texts.map((text) => `${text.replaceAll('\r\n', '\n').trim()}\n`),
  ].join('\n');
}
