/** What a command sees of the process: `main.ts` makes it from the real one. */
import type { Readable, Writable } from 'node:stream';
import type { Now, Random } from '../bytes.ts';
import type { Sink } from './tell/output.ts';

export interface Outside {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: Sink;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined; // the effective user; none on Windows
  /** How this program was started: Node.js and the script, or the single executable. */
  readonly script: readonly [string, ...string[]];
  readonly now: Now;
  readonly random: Random;
  /** Ctrl-C and similar signals. */
  readonly interrupted: AbortSignal;
  /** Sends all signals to one listener only; returns the function that stops that. */
  readonly takeSignals: (listener: (signal: NodeJS.Signals) => void) => () => void;
  readonly pid: number;
  readonly kill: (pid: number, signal: 0) => unknown;
}
