/**
 * Other people's clients against the sandbox:
 *
 *     npm run test:peers                       all
 *     npm run test:peers -- telethon gotd      some
 *     npm run test:peers -- --write            all, and writes the table in src/sandbox/README.md
 *     npm run test:peers -- --audit            audits with `tg-auth sandbox audit`; with --write, writes that table
 *
 * Installs the libraries into a temporary folder. What is not there (python, go, cargo, a registry) is skipped, in one
 * line. A journey that fails is made once more; if it fails again, the exit code is 1. The libraries of npm are
 * audited, too; what they do under faults fails nothing. Once installed, nothing reaches beyond this machine: the
 * drivers and their sandboxes run in a network namespace without a way out where `unshare` works, and know only
 * loopback addresses elsewhere.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Installed, Unavailable } from './install.ts';
import { LIBRARIES, type Library } from './libraries.ts';
import { namespace } from './namespace.ts';
import type { Plan, Report } from './run.ts';
import { auditTable, conformance, withTable } from './table.ts';

const README = 'src/sandbox/README.md';
const RUN = fileURLToPath(new URL('run.ts', import.meta.url));
function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Installs the libraries, as many at a time as there are cores. */
async function install(libraries: readonly Library[], folder: string): Promise<Plan['installed']> {
  const installed: Record<string, Installed> = {};
  const waiting = [...libraries];
  const worker = async () => {
    for (let library = waiting.shift(); library !== undefined; library = waiting.shift()) {
      const { name, version } = library;
      const own = join(folder, name.replace(/\W/g, ''));
      mkdirSync(own);
      try {
        installed[name] = await library.install(own);
        say(`${name} ${version}: installed`);
      } catch (error) {
        if (error instanceof Unavailable) say(`${name} ${version}: skipped: ${error.message}`);
        else {
          process.exitCode = 1;
          say(`${name} ${version}: FAILED to build: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return installed;
}

/** Drives them, with the namespace's words before the command. */
function drive(plan: Plan, words: readonly string[]): Report {
  const [planFile, resultFile] = ['plan.json', 'results.json'].map((name) => join(plan.folder, name));
  writeFileSync(planFile ?? '', JSON.stringify(plan));
  const [file = '', ...args] = [...words, process.execPath, '--import', 'tsx', RUN, planFile ?? '', resultFile ?? ''];
  const { status } = spawnSync(file, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`The drivers ended with exit code ${status}.`);
  return JSON.parse(readFileSync(resultFile ?? '', 'utf8'));
}

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const [isAudit, writes] = ['--audit', '--write'].map((flag) => process.argv.includes(flag));
const chosen = LIBRARIES.filter(({ audit }) => !isAudit || audit !== undefined).filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase())),
);
if (chosen.length === 0) throw new Error(`No library is named ${words.join(' or ')}.`);
const isolation = namespace();
if (isolation === undefined) say('No network namespace here: the clients are given loopback addresses only.');
const able = chosen.filter(({ addressesCompiledIn }) => isolation !== undefined || !addressesCompiledIn);
for (const { name } of chosen.filter((library) => !able.includes(library)))
  say(`${name}: skipped: it needs a network namespace, because Telegram's addresses are compiled in.`);

const folder = mkdtempSync(join(tmpdir(), 'tg-auth-peers-'));
try {
  const installed = await install(able, folder);
  const { results, recipes, audits } = drive({ folder, isAudit: isAudit === true, installed }, isolation ?? []);
  const tables: Record<string, string> = {
    ...(!isAudit && { conformance: conformance(results) }),
    ...(isAudit && { audit: auditTable(audits) }),
  };
  for (const [name, table] of Object.entries(tables)) {
    say(`\n${table}\n`);
    if (writes) writeFileSync(README, withTable(readFileSync(README, 'utf8'), name, table));
  }
  const outcomes = [...results.flatMap((result) => Object.values(result.outcomes)), ...recipes];
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  say(`${count('ok')} passed, ${count('failed')} failed, ${count('missing')} skipped`);
  if (count('failed') > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
