/** Interleaved runs, medians and ratios. Nothing is asserted: machines differ, and ratios drift least. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

const USAGE = fileURLToPath(new URL('usage.py', import.meta.url));

/** What one process took: milliseconds, and MiB at its peak. Without python3 only the wall time is known. */
export interface Usage {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

function runOnce(words: readonly string[], env: NodeJS.ProcessEnv): Usage {
  const [file = '', ...args] = hasPython
    ? ['python3', USAGE, process.execPath, ...words]
    : [process.execPath, ...words];
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(file, args, { env, encoding: 'utf8' });
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return hasPython ? JSON.parse(stdout) : { wall, cpu: Number.NaN, memory: Number.NaN };
}

/**
 * What each command takes as a whole process, in rounds (A B C A B C …), so that drift affects all alike. `own`:
 * environment variables of one command.
 */
export function raceProcesses(
  rounds: number,
  commands: Readonly<Record<string, () => readonly string[]>>,
  env: NodeJS.ProcessEnv,
  own: Readonly<Record<string, NodeJS.ProcessEnv>> = {},
): Record<string, Usage[]> {
  const used: Record<string, Usage[]> = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++)
    for (const [name, args] of Object.entries(commands)) {
      const usage = runOnce(args(), { ...env, ...own[name] });
      if (round >= 0) used[name]?.push(usage); // the first round warms up
    }
  return used;
}

/** The quarter that other processes disturbed least: of CPU time, only its slow end depends on them. */
function firstQuartile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}

export interface Aim {
  /** At most this many times the CPU time of `floor`. */
  readonly cpu: number;
  /** At most this many MiB more than the first command. */
  readonly memory?: number;
}

/** Wall and CPU time, CPU as a ratio to that of the command `floor`, and the memory above the first command's. */
export function table(
  title: string,
  used: Readonly<Record<string, readonly Usage[]>>,
  { floor, aims }: { readonly floor: string; readonly aims: Readonly<Record<string, Aim>> },
): void {
  const cpuOf = (all: readonly Usage[] = []) => firstQuartile(all.map(({ cpu }) => cpu));
  const memoryOf = (all: readonly Usage[] = []) => Math.min(...all.map(({ memory }) => memory));
  const [base] = Object.values(used);
  say(`${title.padEnd(44)} wall      CPU  × floor     aim   memory     aim`);
  for (const [name, all] of Object.entries(used)) {
    const aim = aims[name];
    const cells = [
      `${median(all.map(({ wall }) => wall)).toFixed(1)} ms`,
      `${cpuOf(all).toFixed(1)} ms`,
      (cpuOf(all) / cpuOf(used[floor])).toFixed(2),
      aim === undefined ? '' : `≤ ${aim.cpu}`,
      (memoryOf(all) - memoryOf(base)).toFixed(1),
      aim?.memory === undefined ? '' : `≤ ${aim.memory}`,
    ];
    say(`  ${name.padEnd(39)}${cells.map((cell) => cell.padStart(9)).join('')}`);
  }
  say();
}

/** Calls per second, in the best of a few runs. */
export function rate(work: () => void): number {
  let best = 0;
  for (let run = 0; run < 5; run++) {
    let calls = 0;
    const started = performance.now();
    while (performance.now() - started < 150) {
      for (let i = 0; i < 20; i++) work();
      calls += 20;
    }
    best = Math.max(best, (1000 * calls) / (performance.now() - started));
  }
  return best;
}
