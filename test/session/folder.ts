/** A folder for one test file, and a store in it like that of the command line. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileStoreOptions, fileStore, type OpenOptions, type SessionStore } from '../../src/session/store.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tg-auth-session-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 }); // the children of a browser may still write
}

export function storeIn(folder: string, changes: Partial<FileStoreOptions> = {}): SessionStore {
  return fileStore({
    folder,
    owner: { pid: process.pid, command: 'a test' },
    uid: process.geteuid?.(),
    now: Date.now,
    random,
    kill: (pid, signal) => process.kill(pid, signal),
    ...changes,
  });
}

/** Options for opening a session, by default without waiting for its lock. */
export function waiting(waitMs = 0, changes: Partial<OpenOptions> = {}): OpenOptions {
  return { signal: new AbortController().signal, waitMs, ...changes };
}
