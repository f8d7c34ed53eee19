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

/** Returns nothing for a library that is not audited. Throws if the audit itself fails. */
export async function auditOf(
  { name, audit }: Library,
  command: readonly string[],
  seconds: number,
): Promise<Audited[]> {
  if (audit === undefined) return [];
  const guest = [process.execPath, fileOf('guest.mjs'), ...command];
  const words = [
    fileOf('../../../bin/tg-auth.js'),
    'sandbox',
    'audit',
    '--json',
    '--each',
    String(seconds),
    '--',
    ...guest,
  ];
  const env = { ...process.env, TRANSPORT: audit, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], env });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child, 'close');
  const { faults, error }: { faults?: Audited['faults']; error?: unknown } = JSON.parse(output);
  if (faults === undefined) throw new Error(`The audit of ${name} failed: ${JSON.stringify(error)}`);
  for (const { name: fault, verdict, right, because } of faults)
    if (right !== true) say(`${name} ${fault}: ${verdict}: ${because}`);
  return [{ library: name, faults }];
}
