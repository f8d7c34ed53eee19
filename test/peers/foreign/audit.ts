/** Audits a library as its author would: with `tg-auth sandbox audit` around a program that signs in once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { say } from './drive.ts';
import type { Library } from './libraries.ts';

/** The deadline of each run, for the table. Some libraries give up after half a minute. */
export const PATIENCE_SECONDS = 60;

/** What one library did under each fault. */
export interface Audited {
  readonly library: string;
  readonly faults: readonly {
    readonly name: string;
    readonly title: string;
    readonly verdict: string;
    readonly right: boolean | null;
    readonly because: string;
  }[];
}

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Returns `undefined` if the audit itself fails, twice: some libraries fail by chance, also without a fault. */
export async function auditOf(
  { name, audit }: Library,
  command: readonly string[],
  seconds: number,
): Promise<Audited | undefined> {
  const guest = [process.execPath, fileOf('guest.mjs'), ...command];
  const options = `sandbox audit --json --each ${seconds} --`.split(' ');
  const words = [fileOf('../../../bin/tg-auth.js'), ...options, ...guest];
  const env = { ...process.env, TRANSPORT: audit, PYTHONDONTWRITEBYTECODE: '1' };
  for (let tries = 1; tries <= 2; tries++) {
    const { faults, summary = {}, error } = await outputOf(words, env);
    const counts = Object.entries(summary).map(([verdict, count]) => `${verdict} ${count}`);
    if (faults !== undefined) say(`${name} audit, ${seconds} s each: ${counts.join(', ')}`);
    for (const { name: fault, verdict, right, because } of process.env.DEBUG ? (faults ?? []) : [])
      if (right !== true) say(`${name} ${fault}: ${verdict}: ${because}`);
    if (faults !== undefined) return { library: name, faults };
    say(`${name} audit: FAILED: ${JSON.stringify(error)}`);
  }
  return undefined;
}

interface Output {
  readonly faults?: Audited['faults'];
  readonly summary?: Readonly<Record<string, number>>;
  readonly error?: unknown;
}

async function outputOf(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Output> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], env });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child, 'close');
  return JSON.parse(output);
}
