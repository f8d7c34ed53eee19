/**
 * Records .github/login.svg: a real `tg-auth login` in a shell at a pseudo-terminal, against a sandbox in this process.
 * The answers are typed when their questions appear; every screen in the picture is what the program printed.
 *
 *     npm run record
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { startSandbox } from '../src/sandbox/index.ts';
import { type Frame, readScreen, svgOf } from './svg.ts';

const SIZE = { cols: 92, rows: 15 };
const PATIENCE_MS = 20_000;
const KEY_MS = 70;

/** What to wait for, and what to type then. The test number 2014 makes its owner wait 3 seconds for a call. */
const SCRIPT: readonly { readonly until: (screen: string) => boolean; readonly type: string }[] = [
  { until: (screen) => /\$ $/.test(screen), type: 'tg-auth login\r' },
  { until: (screen) => /Phone number/.test(screen), type: '+9996622014\r' },
  { until: (screen) => /call me/.test(screen) && !/\bin \d+ s/.test(lineWith(screen, 'call me')), type: 'c' },
  { until: (screen) => /calling/i.test(screen) && /\? Code/.test(screen), type: '22222\r' },
  { until: (screen) => /Signed in[\s\S]*\$ $/.test(screen), type: '' },
];

function lineWith(screen: string, words: string): string {
  return screen.split('\n').findLast((line) => line.includes(words)) ?? '';
}

const folder = mkdtempSync(join(tmpdir(), 'tg-auth-record-'));
const sandbox = await startSandbox({ seed: 'recording' });
try {
  writeFileSync('.github/login.svg', svgOf(await record(), SIZE, 'tg-auth login: the code arrives by a voice call'));
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the script and returns every screen that it showed, with the time at which it appeared. */
async function record(): Promise<Frame[]> {
  const screen = new xterm.Terminal({ ...SIZE, allowProposedApi: true });
  const frames: Frame[] = [];
  const shell = spawn('/bin/sh', ['-i'], { ...SIZE, cwd: folder, env: environment() });
  shell.onData((text) => screen.write(text, () => frames.push({ at: Date.now(), rows: readScreen(screen) })));
  try {
    for (const { until, type } of SCRIPT) {
      await waitFor(until, () => textOf(frames.at(-1)));
      await sleep(10 * KEY_MS);
      for (const key of type) {
        shell.write(key);
        await sleep(KEY_MS);
      }
    }
    return frames;
  } finally {
    shell.kill();
  }
}

async function waitFor(until: (screen: string) => boolean, screen: () => string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!until(screen())) {
    if (Date.now() > end) throw new Error(`The next step of the recording never came:\n${screen()}`);
    await sleep(20);
  }
}

function textOf(frame: Frame | undefined): string {
  const lines = (frame?.rows ?? []).map((runs) => runs.map(({ text }) => text).join(''));
  return lines.join('\n').replace(/\n+$/, '');
}

/** A `tg-auth` on the path, an empty home, and the sandbox instead of Telegram. */
function environment(): Record<string, string> {
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, sandbox.publicKey);
  writeFileSync(join(folder, 'tg-auth'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/tg-auth.js')}' "$@"\n`);
  chmodSync(join(folder, 'tg-auth'), 0o700);
  return {
    PATH: [folder, process.env.PATH ?? ''].join(delimiter),
    HOME: folder,
    TERM: 'xterm-256color',
    PS1: '$ ',
    TG_API_ID: '12345',
    TG_API_HASH: '0123456789abcdef0123456789abcdef',
    TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs.find(({ id }) => id === 2)?.port}`,
    TG_AUTH_SERVER_KEY: keyFile,
  };
}
