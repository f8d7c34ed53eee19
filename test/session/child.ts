/** A second process with a session: `node child.cjs <mode> <folder>`. */

import { randomBytes } from 'node:crypto';
import { StoreError } from '../../src/errors.ts';
import { emptySession, type Session } from '../../src/session/session.ts';
import { fileStore } from '../../src/session/store.ts';

const [, , mode, folder] = process.argv;
if (mode === undefined || folder === undefined) throw new Error('usage: child.cjs <mode> <folder>');
const store = fileStore({
  random: (length) => new Uint8Array(randomBytes(length)),
  folder,
  owner: { pid: process.pid, command: `child ${mode}` },
  uid: process.geteuid?.(),
  now: Date.now,
  kill: (pid, signal) => process.kill(pid, signal),
});
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Describes a `StoreError`; throws any other error. */
function report(error: unknown): void {
  if (!(error instanceof StoreError)) throw error;
  say(`${error.type} ${error.values.reason ?? error.values.owner}`);
}

async function main(): Promise<void> {
  const wait = mode === 'try' ? 0 : 60_000;
  const open = await store.open('shared', 'test', { signal: new AbortController().signal, waitMs: wait });
  const found = open.session ?? emptySession('test', 2);
  /** Large enough that a write takes some time. */
  const bulky = (time_offset: number): Session => ({
    ...found,
    time_offset,
    dropped: Array.from({ length: 8000 }, (_, i) => `auth.method${i}`),
  });

  if (mode === 'hold') {
    say('open');
    process.stdin.once('end', () => open.close()).resume();
  } else if (mode === 'count') {
    await open.save({ ...found, time_offset: found.time_offset + 1 });
    process.kill(process.pid, 'SIGKILL'); // the lock stays
  } else if (mode === 'loop') {
    for (let i = 1; ; i++) {
      await open.save(bulky(i));
      say(String(i));
    }
  } else if (mode === 'try') {
    say('open');
    await open.close();
  } else if (mode === 'fill') {
    await open.save({ ...found, time_offset: 1 });
    await open.save(bulky(2)).then(() => say('saved'), report);
    await open.close();
  }
}

main().catch(report);
