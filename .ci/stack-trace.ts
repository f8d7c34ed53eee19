/**
 * Translates a stack trace of the built program, whose names are minified: `npm run stack-trace <REPORT`. Build the
 * commit first that `tg-auth --version --verbose` names.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { text } from 'node:stream/consumers';
import { CLI } from './esbuild.ts';

const map = new SourceMap(JSON.parse(readFileSync(`${CLI.outfile}.map`, 'utf8')));
const report = await text(process.stdin);
const translated = report.replace(/[^\s(]*cli\.cjs:(\d+):(\d+)/g, (place, line: string, column: string) => {
  const found = map.findEntry(Number(line) - 2, Number(column) - 1); // the first line is the hash
  if (!('originalSource' in found)) return place;
  const file = found.originalSource.replace(/^(\.\.\/)+/, '');
  return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
});
process.stdout.write(translated);
