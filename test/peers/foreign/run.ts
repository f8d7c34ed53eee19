/**
 * The second half of test:peers: drives the installed libraries. main.ts starts it in a network namespace that has only
 * a loopback interface, if the system allows that.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Audited, auditOf, PATIENCE_SECONDS } from './audit.ts';
import { drive, type Outcome, type Result, say } from './drive.ts';
import type { Installed } from './install.ts';
import { LIBRARIES, type Library } from './libraries.ts';

/** What main.ts hands over in a file. */
export interface Plan {
  readonly folder: string;
  /** Only audits, with the usual deadline. Otherwise the libraries of npm are audited too, with a short one. */
  readonly isAudit: boolean;
  /** By the names of the libraries. */
  readonly installed: Readonly<Record<string, Installed>>;
}

export interface Report {
  readonly results: readonly Result[];
  readonly recipes: readonly Outcome[];
  readonly audits: readonly Audited[];
}

const BIN = fileURLToPath(new URL('../../../bin/tg-auth.js', import.meta.url));
const RECIPE_MS = 60_000;

/** Follows a recipe, once more if that fails, as with the journeys. */
async function follow({ name }: Library, recipe: readonly string[]): Promise<Outcome> {
  const first = await failure(recipe);
  const second = first && (await failure(recipe));
  const again = first && (second === undefined ? ` at the second try; the first: ${first}` : `\n${second}`);
  say(`${name} recipe: ${second === undefined ? 'ok' : 'FAILED twice'}${again ?? ''}`);
  return second === undefined ? 'ok' : 'failed';
}

/** Runs a recipe of the README as its reader would: inside `tg-auth sandbox`. Returns what a failure printed. */
async function failure(recipe: readonly string[]): Promise<string | undefined> {
  const child = spawn(process.execPath, [BIN, 'sandbox', '--control', '0', '--', ...recipe], { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  child.stdin.end();
  const timer = setTimeout(() => child.kill(), RECIPE_MS);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return code === 0 ? undefined : `exit code ${code}\n${output}`;
}

const [, , planFile = '', resultFile = ''] = process.argv;
const { folder, isAudit, installed }: Plan = JSON.parse(readFileSync(planFile, 'utf8'));
const results: Result[] = [];
const recipes: Outcome[] = [];
const audits: Audited[] = [];
const waiting = LIBRARIES.filter(({ name }) => installed[name] !== undefined);
/** Drives one library after the other, until none is left. */
async function worker(): Promise<void> {
  for (let library = waiting.shift(); library !== undefined; library = waiting.shift()) {
    const { command = [], recipe } = installed[library.name] ?? {};
    for (const transport of isAudit ? [] : library.transports)
      results.push(await drive(library, command, transport, folder));
    if (library.audit !== undefined && (isAudit || command[0] === process.execPath)) {
      const audited = await auditOf(library, command, isAudit ? PATIENCE_SECONDS : 5);
      if (audited === undefined) recipes.push('failed');
      else audits.push(audited);
    }
    if (recipe !== undefined && !isAudit) recipes.push(await follow(library, recipe));
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, worker));
const report: Report = { results, recipes, audits };
writeFileSync(resultFile, JSON.stringify(report));
