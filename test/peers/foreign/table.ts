/** The tables of conformance and of audits in src/sandbox/README.md: what ran, and nothing else. */
import { CASES } from '../../../src/sandbox/audit/index.ts';
import { type Audited, PATIENCE_SECONDS } from './audit.ts';
import type { Outcome, Result } from './drive.ts';
import { JOURNEYS } from './journeys.ts';
import { LIBRARIES } from './libraries.ts';

const STARTS: Readonly<Record<string, string>> = {
  conformance: '<!-- written by npm run test:peers -- --write -->\n',
  audit: '<!-- written by npm run test:peers -- --audit --write -->\n',
};
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
  return tableOf(head, rows);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** One row for each rule, one column for each library. */
export function auditTable(audits: readonly Audited[]): string {
  const audited = LIBRARIES.flatMap(({ name, version }) => {
    const found = audits.find(({ library }) => library === name);
    return found === undefined ? [] : [{ name, version, found }];
  });
  const head = ['rule', ...audited.map(({ name, version }) => `${name} ${version}`)];
  const rows = [...new Set(CASES.map(({ title }) => title))].map((title) => {
    const cells = audited.map(({ found }) => cellOf(found.faults.filter((fault) => fault.title === title)));
    return [title, ...cells];
  });
  const date = new Date().toISOString().slice(0, 10);
  return `Run on ${date}, with a deadline of ${PATIENCE_SECONDS} seconds for each fault:\n\n${tableOf(head, rows)}`;
}

/** The faults with a verdict that is not right, by verdict. */
function cellOf(faults: Audited['faults']): string {
  const others = faults.filter(({ right }) => right !== true);
  const verdicts = [...new Set(others.map(({ verdict }) => verdict))];
  const parts = verdicts.map((verdict) => {
    const names = others.filter((each) => each.verdict === verdict).map(({ name }) => `\`${name}\``);
    return `${verdict} ${names.join(', ')}`;
  });
  return parts.length === 0 ? 'passed' : parts.join('; ');
}

/** The page with this table in its place. */
export function withTable(page: string, name: string, table: string): string {
  const start = STARTS[name] ?? '';
  const from = page.indexOf(start) + start.length;
  const to = page.indexOf(END, from);
  if (!page.includes(start) || to < 0) throw new Error(`The page has no place for the table of ${name}.`);
  return `${page.slice(0, from)}${table}\n${page.slice(to)}`;
}
