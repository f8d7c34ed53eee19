/** The table of conformance in src/sandbox/README.md: what ran, and nothing else. */

import type { Outcome, Result } from './drive.ts';
import { JOURNEYS } from './journeys.ts';
import { LIBRARIES } from './libraries.ts';

const START = '<!-- written by npm run test:peers -- --write -->\n';
const END = '<!-- end of what npm run test:peers writes -->';

const WORDS: Readonly<Record<Outcome, string>> = { ok: 'yes', missing: '–', failed: '**no**' };

/** One row for each library that ran. A journey counts if it worked over every transport. */
export function conformance(results: readonly Result[]): string {
  const columns = JOURNEYS.flatMap(({ name, isUnlisted }) => (isUnlisted ? [] : [name]));
  const head = ['library', 'version', 'layer', 'transports', ...columns, 'how it gets the address and the key'];
  const rows = LIBRARIES.flatMap(({ name, version, setup }) => {
    const runs = results.filter(({ library }) => library === name);
    if (runs.length === 0) return [];
    const worst = (column: string) =>
      (['failed', 'missing', 'ok'] as const).find((outcome) =>
        runs.some(({ outcomes }) => outcomes[column] === outcome),
      );
    const cells = columns.map((column) => WORDS[worst(column) ?? 'missing']);
    const transports = runs.map(({ transport }) => transport).join(', ');
    return [[name, version, String(runs.at(-1)?.layer ?? '–'), transports, ...cells, setup]];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** The page with this table in its place. */
export function withTable(page: string, table: string): string {
  const [before, rest] = page.split(START);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error('The page has no place for the table.');
  return `${before}${START}${table}\n${END}${after}`;
}
