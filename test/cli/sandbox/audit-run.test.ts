/** The command of an audit, as a process. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, constants, createReadStream, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { createContext } from '../../../src/cli/context.ts';
import type { Outside } from '../../../src/cli/outside.ts';
import { runGuest } from '../../../src/cli/sandbox/audit-run.ts';
import { Output, PLAIN } from '../../../src/cli/tell/output.ts';
import { InterruptedError } from '../../../src/errors.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { cleanEnv, folder, POSIX } from '../../scripts/cli.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

const never = () => new AbortController().signal;
const LONG = 600;
const ENV = cleanEnv({ XDG_DATA_HOME: '/mine' });

function context(interrupted = never(), env = ENV) {
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const outside: Outside = {
    stdin: Readable.from([]),
    stdout: sink(),
    stderr: sink(),
    columns: 80,
    env,
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, 'tg-auth'],
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const out = new Output(outside, { json: false, quiet: false, verbose: false, paint: PLAIN }, Date.now);
  return createContext(outside, {}, out, { command: 'sandbox audit', lasting: true, withoutConfig: true });
}

/** Runs a script for /bin/sh. */
function runs(script: string, { seconds = LONG, signal = never(), interrupted = never(), env = ENV } = {}) {
  return runGuest(context(interrupted, env), sandbox, { command: ['sh', '-c', script], seconds, signal });
}

/** A pipe that ends when every process with its writing end has ended, and the words of a script that opens it. */
function leash() {
  const path = join(folder(), 'leash');
  execFileSync('mkfifo', [path]);
  const pipe = createReadStream(path);
  pipe.resume();
  const end = once(pipe, 'end');
  const ended = () => {
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK)); // the script may not have come to open it
    return end;
  };
  return { open: `exec 3> '${path}'`, ended };
}

describe('the command of an audit', POSIX, () => {
  test('says how it ended and what it printed at last, on both streams', async () => {
    assert.deepEqual(await runs('echo out; echo err >&2; exit 3'), {
      status: 3,
      signal: null,
      timedOut: false,
      output: 'out\nerr\n',
    });
    const { output } = await runs(`head -c 100000 /dev/zero | tr '\\0' x; echo end`);
    assert.ok(output.length < 20_000 && output.endsWith('xend\n'));
  });

  test('has an empty home that nothing survives, and the address of the sandbox', async () => {
    const script = `test ! -e "$HOME/key" && echo key > "$HOME/key" && find "$HOME" -type f &&
      echo "$HOME" "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME" "$TMPDIR" "$TG_AUTH_SERVER"`;
    const [one, other] = [await runs(script), await runs(script)];
    assert.deepEqual([one.status, other.status], [0, 0]);
    assert.notEqual(one.output, other.output);
    const [file = '', folders = ''] = one.output.split('\n');
    const words = folders.split(' ');
    assert.equal(words.at(-1), `${sandbox.host}:${sandbox.dcs[1]?.port}`);
    const root = file.replace(/\/home\/key$/, '');
    for (const path of words.slice(0, -1)) assert.ok(path.startsWith(root), path);
    assert.ok(!existsSync(root));
  });

  test('gets a timeout that ends before the deadline, unless it has one', async () => {
    assert.equal((await runs('echo $TG_AUTH_TIMEOUT', { seconds: 21 })).output, '11\n');
    const env = cleanEnv({ TG_AUTH_TIMEOUT: '5' });
    assert.equal((await runs('echo $TG_AUTH_TIMEOUT', { env })).output, '5\n');
  });

  test('ends at its deadline, with all that it has started', async () => {
    const { open, ended } = leash();
    assert.ok((await runs(`${open}; sleep 1000 & wait`, { seconds: 0.5 })).timedOut);
    await ended();
  });

  test('leaves no process behind when it ends itself', async () => {
    const { open, ended } = leash();
    const { status, timedOut } = await runs(`${open}; sleep 1000 &`);
    assert.deepEqual([status, timedOut], [0, false]);
    await ended();
  });

  test('may crash', async () => {
    assert.equal((await runs('kill -SEGV $$')).signal, 'SIGSEGV');
  });

  test('ends on Ctrl-C, and when another run has failed', async () => {
    const reason = new InterruptedError({ signal: 'SIGINT' });
    for (const name of ['signal', 'interrupted']) {
      const stop = new AbortController();
      const ended = runs('sleep 1000', { [name]: stop.signal });
      setImmediate(() => stop.abort(reason));
      await assert.rejects(ended, reason);
      await assert.rejects(runs('sleep 1000', { [name]: stop.signal }), reason);
    }
  });

  test('that does not exist is named', async () => {
    const guest = { command: ['no-such-command'], seconds: LONG, signal: never() };
    await assert.rejects(runGuest(context(), sandbox, guest), { type: 'COMMAND_NOT_FOUND', exit: 127 });
  });
});
