/** The report of an audit: a table for people, rows for JSON, and JUnit for CI. */
import { counted, type Json } from '../../printable.ts';
import { type Audit, type CaseResult, countsOf } from '../../sandbox/audit/index.ts';
import { table } from '../tell/table.ts';

const MARKS = { ok: '✔', wrong: '✖', unseen: '?' } as const;
type State = keyof typeof MARKS;

/** One line for each rule; below it those of its faults that the client did not pass. */
export function reportOf({ results, skipped }: Audit, columns: number | undefined): string {
  const titles = [...new Set(results.map((result) => result.case.title))];
  const width = Math.max(...titles.map((title) => title.length));
  const lines = titles.flatMap((title) => {
    const rows = results.filter((result) => result.case.title === title);
    const [first] = rows;
    const state = stateOf(rows);
    const line = `${MARKS[state]} ${title.padEnd(width)}  ${summaryOf(rows)}`;
    if (state === 'ok' || first === undefined) return [line];
    const { rule, page } = first.case;
    const shown = rows.filter(({ right }) => right !== true);
    const faults = shown.map((row) => [
      `    ${MARKS[stateOf([row])]} ${row.case.name}`,
      `${row.verdict}: ${row.because}`,
    ]);
    return [line, ...(state === 'wrong' ? [`    ${rule}`, `    ${page}`] : []), table(faults, { columns })];
  });
  const total = results.length > 0 ? [`${counted(results.length, 'fault')}: ${summaryOf(results)}`] : [];
  const needed = [...new Set(skipped.map(({ target }) => target))].join(', ');
  const left = skipped.length > 0 ? [`Not tried: ${skipped.length}, because the command never calls ${needed}`] : [];
  return [...lines, ...total, ...left].join('\n');
}

function stateOf(rows: readonly CaseResult[]): State {
  if (rows.some(({ right }) => right === false)) return 'wrong';
  return rows.every(({ right }) => right === true) ? 'ok' : 'unseen';
}

/** `noticed 2, recovered 5` */
function summaryOf(rows: readonly CaseResult[]): string {
  return [...countsOf(rows)].map(([verdict, count]) => `${verdict} ${count}`).join(', ');
}

export function rowsOf(results: readonly CaseResult[]): Json {
  return results.map(({ case: { name, title, rule, page }, ...row }) => ({
    name,
    fault: row.fault,
    verdict: row.verdict,
    right: row.right ?? null,
    because: row.because,
    title,
    rule,
    page,
    exitCode: row.ended.status,
    signal: row.ended.signal,
    ms: row.ms,
  }));
}

/** An empty report has no results. */
export function junitOf(results: readonly CaseResult[]): string {
  const count = (wanted: boolean | undefined) => results.filter(({ right }) => right === wanted).length;
  const numbers = {
    tests: results.length,
    failures: count(false),
    errors: 0,
    skipped: count(undefined),
    time: secondsOf(results.reduce((sum, { ms }) => sum + ms, 0)),
  };
  const cases = results.map((result) => {
    const { name, title } = result.case;
    const attributes = { classname: title, name, time: secondsOf(result.ms) };
    return element('testcase', attributes, outcomeOf(result));
  });
  const suite = element('testsuite', { name: 'tg-auth sandbox audit', ...numbers }, ['\n', ...cases]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, ['\n', suite])}`;
}

function outcomeOf({ right, verdict, because, case: { rule, page }, ended }: CaseResult): string[] {
  const message = `${verdict}: ${because}`;
  if (right === true) return [];
  if (right === undefined) return [element('skipped', { message }, [])];
  return [element('failure', { message, type: verdict }, [escaped(`${rule}\n${page}\n\n${ended.output}`)])];
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${words.join('')}>${content.join('')}</${name}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escapes markup, and replaces what XML 1.0 cannot hold even escaped (https://www.w3.org/TR/xml/#charsets). */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
