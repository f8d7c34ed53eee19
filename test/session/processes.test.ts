/** Tests that need other processes: owners of locks, killed writers and full disks. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { removeFolder, storeIn, temporaryFolder, waiting } from './folder.ts';

const tools = temporaryFolder();
const program = join(tools, 'child.cjs');

before(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
});
after(() => removeFolder(tools));

interface Workspace {
  readonly folder: string;
  /** Starts a second process that uses the folder, through a shell if `command` is set. */
  readonly start: (
    mode: string,
    shell?: string,
  ) => {
    readonly child: ChildProcess;
    readonly exit: Promise<unknown[]>;
    readonly lines: AsyncIterator<string>;
  };
}

/** A folder and processes that end with the test. */
async function inWorkspace(use: (workspace: Workspace) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  const started: ReturnType<Workspace['start']>[] = [];
  const start: Workspace['start'] = (mode, shell) => {
    const words = [process.execPath, program, mode, folder];
    const [file = '', ...args] = shell === undefined ? words : ['sh', '-c', shell, ...words];
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const one = { child, exit: once(child, 'exit'), lines };
    started.push(one);
    return one;
  };
  try {
    await use({ folder, start });
  } finally {
    for (const { child } of started) child.kill('SIGKILL');
    await Promise.all(started.map(({ exit }) => exit));
    removeFolder(folder);
  }
}

test('a second process is told who holds the session, and gets it afterwards', () =>
  inWorkspace(async ({ folder, start }) => {
    const { child, lines } = start('hold');
    await lines.next();
    const owner = `process ${child.pid}: child hold`;
    await assert.rejects(storeIn(folder).open('shared', 'test', waiting()), {
      type: 'STORE_LOCKED',
      message: new RegExp(`\\(${owner}\\)`),
    });
    const messages: string[] = [];
    const onWait = (words: string) => {
      messages.push(words);
      child.stdin?.end();
    };
    const open = await storeIn(folder).open('shared', 'test', waiting(60_000, { onWait }));
    assert.deepEqual(messages, [owner]);
    await open.close();
  }));

test('of many processes that take over dead locks, only one at a time holds the session', () =>
  inWorkspace(async ({ folder, start }) => {
    const takers = Array.from({ length: 8 }, () => start('count').exit);
    for (const [, signal] of await Promise.all(takers)) assert.equal(signal, 'SIGKILL');
    const open = await storeIn(folder).open('shared', 'test', waiting());
    assert.equal(open.session?.time_offset, 8);
    await open.close();
    assert.deepEqual(readdirSync(join(folder, 'test')), ['shared.json']);
  }));

test('a reader always finds a complete file during many saves', () =>
  inWorkspace(async ({ folder, start }) => {
    const { lines } = start('loop');
    await lines.next();
    for (let saves = 0; saves < 20; saves++) {
      let done = false;
      const saved = lines.next().finally(() => {
        done = true;
      });
      while (!done) {
        assert.ok(readFileSync(join(folder, 'test', 'shared.json'), 'utf8').endsWith('\n}\n'));
        await new Promise(setImmediate);
      }
      assert.notEqual((await saved).done, true);
    }
  }));

test('a writer killed at any moment leaves a complete file', async () => {
  const kill = () =>
    inWorkspace(async ({ folder, start }) => {
      const { child, exit, lines } = start('loop');
      let saved = 0;
      for (let saves = randomInt(1, 15); saves > 0; saves--) saved = Number((await lines.next()).value);
      for (let looks = randomInt(0, 150); looks > 0; looks--) readdirSync(join(folder, 'test')); // about one save
      child.kill('SIGKILL');
      await exit;
      const open = await storeIn(folder).open('shared', 'test', waiting());
      assert.ok(open.session !== undefined && open.session.time_offset >= saved, 'what was saved is there');
      await open.save(open.session);
      await open.close();
      assert.deepEqual(readdirSync(join(folder, 'test')), ['shared.json'], 'nothing of the killed writer is left');
    });
  for (let round = 0; round < 5; round++) await Promise.all([kill(), kill(), kill(), kill()]);
});

test('a full disk is reported, and the file does not change', { skip: process.platform === 'win32' }, () =>
  inWorkspace(async ({ folder, start }) => {
    const { exit, lines } = start('fill', 'ulimit -f 8; exec "$0" "$@"');
    const { value } = await lines.next();
    assert.equal(value, 'STORE_UNWRITABLE the file would be too large');
    assert.deepEqual(await exit, [0, null]);
    const open = await storeIn(folder).open('shared', 'test', waiting());
    assert.equal(open.session?.time_offset, 1);
    await open.close();
    assert.deepEqual(readdirSync(join(folder, 'test')), ['shared.json']);
  }),
);

test('a full disk leaves no empty lock', { skip: process.platform === 'win32' }, () =>
  inWorkspace(async ({ folder, start }) => {
    const { exit, lines } = start('try', 'ulimit -f 0; exec "$0" "$@"');
    assert.equal((await lines.next()).value, 'STORE_UNWRITABLE the file would be too large');
    assert.deepEqual(await exit, [0, null]);
    assert.deepEqual(readdirSync(join(folder, 'test')), []);
  }),
);

/** Runs a command in its own PID namespace, like a container. */
const CONTAINER = 'unshare --user --map-root-user --pid --fork --kill-child --mount-proc';

test(
  'an owner in another container has the session to itself, though both are process 1 of one host name',
  { skip: spawnSync('sh', ['-c', `${CONTAINER} true`]).status !== 0 },
  () =>
    inWorkspace(async ({ start }) => {
      const contained = `exec ${CONTAINER} "$0" "$@"`;
      const owner = start('hold', contained);
      assert.equal((await owner.lines.next()).value, 'open');
      const words = 'STORE_LOCKED process 1 in another container: child hold';
      assert.equal((await start('try', contained).lines.next()).value, words);
      assert.equal((await start('try').lines.next()).value, words);
      owner.child.stdin?.end();
      await owner.exit;
      assert.equal((await start('try', contained).lines.next()).value, 'open');
    }),
);
