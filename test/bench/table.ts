/** Interleaved runs, medians and ratios. Nothing is asserted: machines differ, and ratios drift least. */
import { spawnSync } from 'node:child_process';

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Milliseconds of wall time that each command takes as a whole process, in rounds (A B C A B C …), so that drift
 * affects all alike. `own`: environment variables of one command.
 */
export function raceProcesses(
  rounds: number,
  commands: Readonly<Record<string, () => readonly string[]>>,
  env: NodeJS.ProcessEnv = process.env,
  own: Readonly<Record<string, NodeJS.ProcessEnv>> = {},
): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++)
    for (const [name, args] of Object.entries(commands)) {
      const words = args();
      const started = performance.now();
      const { status, stderr } = spawnSync(process.execPath, words, {
        env: { ...env, ...own[name] },
        encoding: 'utf8',
      });
      const taken = performance.now() - started;
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      if (round >= 0) times[name]?.push(taken); // the first round warms up
    }
  return times;
}

/** Names, medians, spreads and ratios to the first. */
export function table(title: string, times: Readonly<Record<string, readonly number[]>>): void {
  const [base = []] = Object.values(times);
  say(`${title.padEnd(44)} median      min      max    ratio`);
  for (const [name, values] of Object.entries(times)) {
    const figures = [median(values), Math.min(...values), Math.max(...values)].map((ms) =>
      `${ms.toFixed(1)} ms`.padStart(9),
    );
    say(`  ${name.padEnd(40)} ${figures.join('')} ${(median(values) / median(base)).toFixed(2).padStart(6)} ×`);
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
