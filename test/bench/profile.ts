/**
 * `npm run bench -- --profile`: what the instructions of a run are spent on, in millions, counted by valgrind. Unlike
 * times, they do not depend on what else the machine does.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, callAt, environment, FLOOR_SCRIPT, type Place } from './startup.ts';
import { say } from './table.ts';

const SNAPSHOT = 'V8 and its snapshot';
/** Parts of a run, by the functions of Node.js and V8 in which it spends them. */
const PARTS: Readonly<Record<string, RegExp>> = {
  [SNAPSHOT]: /^v8::internal::Snapshot::(?:Initialize|NewContextFromSnapshot)\(/,
  'compiling functions when first called': /^v8::internal::Runtime_CompileLazy\(/,
  'code caches, ours and of Node.js': /^v8::internal::CodeSerializer::Deserialize\(/,
  'compiling patterns': /^v8::internal::RegExpImpl::IrregexpPrepare\(|^v8::internal::Runtime_CreateRegExpLiteral\(/,
  'compiling functions that are called often': /^v8::internal::baseline::BaselineBatchCompiler::EnqueueFunction\(/,
  'first object literals of each place': /^v8::internal::Runtime_CreateObjectLiteral\(/,
  'inline caches': /^v8::internal::Runtime_\w*IC_Miss\w*\(/,
  'garbage collection': /^v8::internal::Heap::CollectGarbage\(/,
  'other threads': /^node::\(anonymous namespace\)::PlatformWorkerThread\(/,
};
/** V8 searches for primes to seed its hashes. That takes a different time in each run, so it is left out. */
const RANDOM = /^v8::internal::HashSeed::InitializeRoots\(/;

export function profile(place: Place): void {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    say('The profile needs valgrind.');
    return;
  }
  let fresh = 0;
  const commands: Readonly<Record<string, () => readonly string[]>> = {
    'node -e 0': () => ['-e', '0'],
    floor: () => [FLOOR_SCRIPT],
    version: () => [BIN, '--version'],
    help: () => [BIN, '--help'],
    stored: () => callAt(place, place.port, 'stored'),
    fresh: () => callAt(place, place.port, `profile-${process.pid}-${fresh++}`),
  };
  const columns = Object.values(commands).map((args) => {
    // The first run makes the code cache.
    for (let i = 0; i < 2; i++) spawnSync(process.execPath, args(), { env: environment(place) });
    return count(args(), place);
  });
  const [, floor] = columns;
  const row = (name: string, value: (costs: Costs) => number, digits = 1) =>
    say(`  ${name.padEnd(45)}${columns.map((costs) => value(costs).toFixed(digits).padStart(11)).join('')}`);
  say(
    `Millions of instructions${' '.repeat(23)}${Object.keys(commands)
      .map((name) => name.padStart(11))
      .join('')}`,
  );
  for (const name of Object.keys(PARTS)) row(name, (costs) => partOf(costs, name));
  const parts = (costs: Costs) => Object.keys(PARTS).reduce((sum, name) => sum + partOf(costs, name), 0);
  const total = (costs: Costs) => costs.total - within(costs, RANDOM);
  row('the rest: JavaScript, OpenSSL, system calls', (costs) => total(costs) - parts(costs));
  row('all', total);
  if (floor !== undefined) row('all, × floor', (costs) => total(costs) / total(floor), 2);
}

function partOf(costs: Costs, name: string): number {
  return within(costs, PARTS[name]) - (name === SNAPSHOT ? within(costs, RANDOM) : 0);
}

interface Costs {
  /** In millions, as all costs. */
  readonly total: number;
  readonly calls: readonly { readonly caller: string; readonly callee: string; readonly cost: number }[];
}

/** The cost of functions with all that they call, without calls among themselves. */
function within({ calls }: Costs, functions = RANDOM): number {
  return calls
    .filter(({ caller, callee }) => functions.test(callee) && !functions.test(caller))
    .reduce((sum, { cost }) => sum + cost, 0);
}

function count(args: readonly string[], place: Place): Costs {
  const file = join(place.folder, 'callgrind');
  const options = ['--tool=callgrind', '--quiet', '--smc-check=all-non-file', `--callgrind-out-file=${file}`];
  const { status, stderr } = spawnSync('valgrind', [...options, process.execPath, ...args], {
    env: environment(place),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return readCosts(readFileSync(file, 'utf8'));
}

/** Reads callgrind's format (https://valgrind.org/docs/manual/cl-format.html). Names are numbered. */
function readCosts(text: string): Costs {
  const names = new Map<string, string>();
  const nameOf = (words: string) => {
    const [, id = '', name] = /^\((\d+)\)(?: (.*))?$/.exec(words) ?? [];
    if (name !== undefined) names.set(id, name.replace(/'\d+$/, ''));
    return names.get(id) ?? words;
  };
  const calls: { caller: string; callee: string; cost: number }[] = [];
  let total = 0;
  let caller = '';
  let callee: string | undefined;
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^(fn|cfn)=(.*)$/.exec(line) ?? [];
    if (key === 'fn') caller = nameOf(value);
    else if (key === 'cfn') callee = nameOf(value);
    else if (/^[\d+*-]\S* \d+$/.test(line)) {
      const cost = Number(line.split(' ')[1]) / 1e6;
      if (callee === undefined) total += cost;
      else calls.push({ caller, callee, cost });
      callee = undefined;
    }
  }
  return { total, calls };
}
