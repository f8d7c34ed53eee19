/** Folders that cannot be written: reading works without a lock, and the advice fits the reason. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, checkFailure, type Ended, type Env, envOf, folder, POSIX, runs, said, start, tgAuth } from './cli.ts';

let sandbox: Sandbox;
let env: Env = {};
let state = '';
before(async () => {
  sandbox = await startSandbox();
  env = envOf(sandbox);
  state = env.XDG_STATE_HOME ?? '';
  await runs(['login', '--bot'], { ...env, TG_AUTH_BOT_TOKEN: `2000:${'s'.repeat(35)}` });
});
after(() => sandbox.close());

/** Mounts need root and a mount namespace. */
const CAN_MOUNT = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
const IS_ROOT = process.geteuid?.() === 0;

/** Runs tg-auth after a shell script that mounts something over the folder of the sessions, `$1`. */
function mounted(script: string, args: readonly string[]): Promise<Ended> {
  const words = ['-m', '/bin/sh', '-ec', `${script}; shift; exec "$@"`, 'sh', state, process.execPath, BIN, ...args];
  return start('unshare', words, env, '').ended;
}

const DISKS: readonly (readonly [string, string, string, RegExp])[] = [
  ['read-only', 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"', 'STORE_READ_ONLY', /XDG_STATE_HOME/],
  [
    'full',
    `copy=$(mktemp -d); cp -a "$1/." "$copy"; mount -t tmpfs -o size=64k,mode=700 none "$1"; cp -a "$copy/." "$1"
     rm -r "$copy"; cat /dev/zero > "$1/fill" 2>/dev/null || true`,
    'STORE_FULL',
    /Free some space/,
  ],
];

for (const [kind, script, type, advice] of DISKS)
  describe(`on a ${kind} disk`, { skip: !CAN_MOUNT }, () => {
    for (const args of [['whoami'], ['session', 'show'], ['session', 'export'], ['session', 'list']])
      test(`${args.join(' ')} works`, async () => {
        const { code, stdout, stderr } = await mounted(script, args);
        assert.equal(code, 0, stderr);
        assert.notEqual(stdout, '');
        assert.deepEqual(
          readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.lock')),
          [],
        );
      });

    test('a command that changes the session says why it cannot', async () => {
      const ended = await mounted(script, ['send-code', '9996620000', '--json']);
      checkFailure(ended, 32, type);
      assert.match(said(ended), advice);
    });

    test('a session that does not exist is not found', async () => {
      checkFailure(await mounted(script, ['session', 'show', 'other', '--json']), 32, 'STORE_MISSING');
      checkFailure(await mounted(script, ['whoami', '--session', 'other', '--json']), 15, 'AUTH_KEY_UNREGISTERED');
    });
  });

describe('in a folder of root', { skip: !IS_ROOT }, () => {
  const USER = 54_321;

  /** Runs tg-auth as an ordinary user with a copy of the sessions that `close` makes unwritable. */
  async function asUser(close: (home: string) => void, args: readonly string[]): Promise<Ended> {
    const home = folder();
    chmodSync(home, 0o755);
    cpSync(state, home, { recursive: true });
    for (const name of ['', ...readdirSync(home, { recursive: true, encoding: 'utf8' })])
      chownSync(join(home, name), USER, USER);
    close(home);
    const { TG_AUTH_SERVER_KEY: key = '', ...rest } = env;
    cpSync(key, join(home, 'key.pem'));
    chmodSync(join(home, 'key.pem'), 0o644);
    const words = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', process.execPath, BIN, ...args];
    const places = {
      HOME: home,
      XDG_STATE_HOME: home,
      XDG_CONFIG_HOME: home,
      TG_AUTH_SERVER_KEY: join(home, 'key.pem'),
    };
    return start('setpriv', words, { ...rest, ...places }, '').ended;
  }

  /** The folder of the network: others may read it, and only root may write it. */
  const network = (home: string) => {
    const [name = ''] = readdirSync(join(home, 'tg-auth'));
    return join(home, 'tg-auth', name);
  };
  const closeNetwork = (home: string) => {
    chownSync(network(home), 0, 0);
    chmodSync(network(home), 0o755);
  };

  test('reading works, and writing names the owner and chown', async () => {
    assert.equal((await asUser(closeNetwork, ['whoami'])).code, 0);
    const ended = await asUser(closeNetwork, ['send-code', '9996620000', '--json']);
    checkFailure(ended, 32, 'STORE_DENIED');
    assert.match(said(ended), /belongs to root.*\n.*sudo chown -R "\$\(id -u\)" "[^"]+tg-auth[^"]+"/);
  });

  test('a session that cannot be read names its owner too', async () => {
    const close = (home: string) => {
      closeNetwork(home);
      chownSync(join(network(home), 'default.json'), 0, 0);
    };
    const ended = await asUser(close, ['session', 'show', '--json']);
    checkFailure(ended, 32, 'STORE_DENIED');
    assert.match(said(ended), /default\.json belongs to root/);
  });

  test('a home in which no folder can be made is named, not the folders of others below it', async () => {
    const close = (home: string) => {
      rmSync(join(home, 'tg-auth'), { recursive: true });
      chownSync(home, 0, 0);
    };
    const ended = await asUser(close, ['send-code', '9996620000', '--json']);
    checkFailure(ended, 32, 'STORE_DENIED');
    assert.match(said(ended), /sudo chown "\$\(id -u\)" "/);
  });
});

test('TMPDIR that is missing, a file or relative to nothing is named', POSIX, async () => {
  const home = folder();
  mkdirSync(join(home, 'folder'));
  for (const path of [join(home, 'missing'), BIN]) {
    const ended = await tgAuth(['sandbox', '--json', '--', 'true'], { ...env, TMPDIR: path });
    checkFailure(ended, 32, 'NO_TEMPORARY_FOLDER');
    assert.match(said(ended), /TMPDIR/);
  }
});

/** Runs a script for /bin/sh against a sandbox, not as root, and returns what is left of its temporary folder. */
async function leftBehind(script: string): Promise<string[]> {
  const TMPDIR = folder();
  const user = IS_ROOT ? ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups'] : [];
  if (IS_ROOT) chownSync(TMPDIR, 54_321, 54_321);
  const words = ['-c', 'exec "$@"', 'sh', ...user, process.execPath, BIN, 'sandbox', '--', 'sh', '-ec', script];
  const { code, stderr } = await start('/bin/sh', words, { ...env, TMPDIR }, '').ended;
  assert.equal(code, 0, stderr);
  return readdirSync(TMPDIR);
}

describe('the temporary folder of sandbox -- COMMAND is deleted', POSIX, () => {
  test('with read-only folders in it', async () => {
    assert.deepEqual(
      await leftBehind('mkdir -p "$XDG_STATE_HOME/a/b"; touch "$XDG_STATE_HOME/a/b/c"; chmod 0 "$XDG_STATE_HOME"'),
      [],
    );
  });

  test('while a process that is left behind still writes there', async () => {
    const loop = 'i=0; while test $i -lt 300 && mkdir "$XDG_STATE_HOME/$i"; do i=$((i + 1)); done';
    assert.deepEqual(await leftBehind(`mkdir "$XDG_STATE_HOME"; (${loop}) > /dev/null 2>&1 &`), []);
  });
});
