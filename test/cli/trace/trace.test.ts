/** `--trace`: what is in the file, and who may read and write it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openLog } from '../../../src/cli/sandbox/log-file.ts';
import type { Field, TraceEvent } from '../../../src/cli/trace/format.ts';
import { parseTrace, readTrace } from '../../../src/cli/trace/read.ts';
import { productionNetwork } from '../../../src/net/datacentres.ts';
import { TRANSPORTS } from '../../../src/transport/names.ts';
import { type Traced, tracing } from './traced.ts';

const { sandbox, home, run } = await tracing();
const CALL = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84'];
const SECRETS = ['--trace', '--trace-secrets'];
const POSIX = process.platform === 'win32' ? { skip: 'not on Windows' } : {};

function eventsOf({ trace }: Traced): readonly TraceEvent[] {
  return parseTrace(trace, 'a trace').events;
}

/** Runs a command with a fault of the sandbox. */
async function faulty(fault: string, words = CALL): Promise<Traced> {
  sandbox.fault(fault);
  try {
    return await run([...words, '--transport', 'intermediate'], { session: fault.replace(/\W/g, '') });
  } finally {
    sandbox.fault();
  }
}

/** Fails unless the fields fill the range without gaps, each with its parts, and bytes have their length. */
function tiles(fields: readonly Field[], start: number, end: number, what: string): void {
  let at = start;
  for (const { name, offset, length, bytes, hidden, fields: parts, unpacked } of fields) {
    assert.equal(offset, at, `${what}.${name}`);
    at += length;
    if (parts !== undefined) tiles(parts, offset, at, `${what}.${name}`);
    else if (bytes !== undefined) assert.equal(bytes.length, 2 * length, `${what}.${name}`);
    else assert.ok(hidden === true || length === 0 || name === 'message' || unpacked, `${what}.${name}`);
    if (unpacked !== undefined) tiles(unpacked.fields ?? [], 0, unpacked.length, `${what}.${name}.unpacked`);
  }
  assert.equal(at, end, what);
}

test('a call with a fresh key: every message, in order, with the checks and conclusions', async () => {
  const traced = await run([...CALL, '--transport', 'intermediate'], { session: 'fresh' });
  assert.equal(traced.outcome, 'true');
  const events = eventsOf(traced);
  const messages = events.filter((event) => event.event === 'message');
  assert.deepEqual(
    messages.map(({ from, title }) => `${from === 'client' ? '→' : '←'} ${title}`),
    [
      '→ req_pq_multi',
      '← resPQ',
      '→ req_DH_params',
      '← server_DH_params_ok',
      '→ set_client_DH_params',
      '← dh_gen_ok',
      '→ get_future_salts + auth.sendCall',
      '← new_session_created',
      '← future_salts + rpc_result boolTrue',
      '→ msgs_ack',
    ],
  );
  const inner = events.filter((event) => event.event === 'inner');
  const opened = ['p_q_inner_data_dc', 'server_DH_inner_data', 'client_DH_inner_data'];
  assert.deepEqual(
    inner.map(({ title, frame }) => [title, frame]),
    opened.map((title, i) => [title, i + 3]),
  );
  const checks = events.filter((event) => event.event === 'check');
  assert.ok(checks.every(({ holds }) => holds));
  for (const what of [
    'nonce is ours',
    'dh_prime is a safe prime',
    'new_nonce_hash1',
    'msg_key is the hash of the message',
  ])
    assert.ok(
      checks.some((check) => check.what === what),
      what,
    );
  const conclusions = events.filter((event) => event.event === 'concluded').map(({ what }) => what);
  assert.deepEqual(conclusions, ['key', 'future_salts', 'answer']);
  assert.ok(events.every(({ at }, i) => at >= (events[i - 1]?.at ?? 0)));
  assert.deepEqual(JSON.parse(traced.trace.split('\n')[0] ?? '').secrets, false);
});

describe('the fields fill each frame and message without gaps', () => {
  for (const [i, transport] of TRANSPORTS.entries())
    test(transport, async () => {
      const flags = i % 2 === 0 ? ['--trace'] : SECRETS;
      const pfs = transport === 'padded' ? ['--pfs'] : [];
      const traced = await run([...CALL, '--transport', transport, ...pfs], { session: transport, flags });
      assert.equal(traced.outcome, 'true');
      for (const event of eventsOf(traced)) {
        if (event.event === 'frame') tiles(event.fields, 0, event.length, `frame ${event.frame}`);
        if (event.event === 'frame' && event.wire !== undefined) assert.equal(event.wire.length, 2 * event.length);
        if (event.event !== 'message' && event.event !== 'inner') continue;
        const last = event.fields.at(-1);
        tiles(event.fields, 0, (last?.offset ?? 0) + (last?.length ?? 0), event.title);
      }
    });
});

test('a failed check is named, and nothing after it', async () => {
  for (const [fault, what] of [
    ['nonce@h1', 'nonce is ours'],
    ['dh-g:1@h2', 'g is 2, 3, 4, 5, 6 or 7'],
    ['new-nonce-hash@h3', 'new_nonce_hash1'],
    ['msg-key@a1', 'msg_key is the hash of the message'],
    ['session-id@a1', 'session_id is ours'],
  ] as const) {
    const traced = await faulty(fault);
    assert.equal(traced.outcome, 'SECURITY_CHECK_FAILED', fault);
    const checks = eventsOf(traced).filter((event) => event.event === 'check');
    const failed = checks.filter(({ holds }) => !holds);
    assert.deepEqual([...new Set(failed.map((check) => check.what))], [what], fault);
    for (const { frame } of failed) assert.equal(checks.findLast((check) => check.frame === frame)?.what, what);
  }
});

test('conclusions: the clock, and a message that is sent again', async () => {
  const conclusions = async (fault: string) =>
    eventsOf(await faulty(fault)).flatMap((event) => (event.event === 'concluded' ? [event.what] : []));
  assert.deepEqual(await conclusions('wrong-salt@a1'), ['key', 'renamed', 'answer']);
  const clock = eventsOf(await faulty('clock:4000')).find((event) => event.event === 'concluded');
  assert.ok(clock?.event === 'concluded' && Math.abs((clock.time_offset ?? 0) - 4000) < 100);
});

test('a packed answer is unpacked', async () => {
  const traced = await faulty('gzip', ['send-code', '9996621002']);
  assert.match(traced.outcome, /^\w+$/);
  assert.match(JSON.stringify(eventsOf(traced)), /"unpacked":.*"value":"auth.sentCode"/);
});

test('errors are named', async () => {
  const traced = await run(['send-code', '9996629010'], { session: 'refused' });
  assert.equal(traced.outcome, 'PHONE_NUMBER_INVALID');
  const texts = JSON.stringify(eventsOf(traced));
  assert.match(texts, /"error_code":400,"error_message":"PHONE_NUMBER_INVALID"/);
  assert.match(texts, /"value":"•{8}10"/, 'the last two digits of the phone number');
});

test('the file: emptied, with mode 0600, also if it had another', POSIX, async () => {
  const file = join(home, 'wide.jsonl');
  writeFileSync(file, 'x'.repeat(1000));
  chmodSync(file, 0o644);
  assert.match((await run(['explain', '12'], { flags: [`--trace=${file}`] })).outcome, /PHONE_CODE_EXPIRED/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readTrace(file).events, []);
});

describe('a file that cannot be written is refused before anything is sent', () => {
  const folder = join(home, 'folder');
  mkdirSync(folder);
  const target = join(home, 'target');
  writeFileSync(target, 'kept');
  if (process.platform !== 'win32') {
    symlinkSync(target, join(home, 'link'));
    symlinkSync(join(home, 'unmade'), join(home, 'dangling'));
  }
  for (const [name, file] of [
    ['a folder', folder],
    ['in a folder that is missing', join(home, 'missing', 'file')],
    ['a link to a file', join(home, 'link')],
    ['a link to a file that is missing', join(home, 'dangling')],
    ['a full device', '/dev/full'],
  ] as const)
    test(name, { skip: process.platform !== 'linux' }, async () => {
      const before = sandbox.requests.length;
      assert.equal((await run(CALL, { flags: [`--trace=${file}`] })).outcome, 'FILE_UNWRITABLE');
      assert.equal(sandbox.requests.length, before);
      assert.equal(readFileSync(target, 'utf8'), 'kept');
      assert.ok(!existsSync(join(home, 'unmade')));
    });
});

test('a trace that is cut short keeps the answer, and says why', { skip: process.platform !== 'linux' }, async () => {
  const pipe = join(home, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK); // reads nothing, so that the pipe fills up
  try {
    const traces: Traced[] = [];
    for (const flags of [[`--trace=${pipe}`], [`--trace=${pipe}`, '--trace-secrets']])
      traces.push(await run(CALL, { session: `full ${traces.length}`, flags }));
    assert.deepEqual(
      traces.map(({ outcome, said }) => [
        outcome,
        /! The trace is incomplete\. The trace .*pipe cannot be written: /.test(said),
      ]),
      [
        ['true', false],
        ['true', true],
      ],
    );
  } finally {
    closeSync(reader);
  }
  assert.throws(() => openLog(pipe, { empty: true }), /pipe cannot be written: no process reads it\./);
});

test('--trace-secrets only in the sandbox, and only with --trace', async () => {
  const refused = async (words: readonly string[], env = {}, flags = SECRETS) => {
    const traced = await run(words, { env, flags });
    assert.equal(traced.outcome, 'USAGE', words.join(' '));
    assert.ok(!existsSync(traced.file));
  };
  await refused(CALL, {}, ['--trace-secrets']);
  await refused(CALL, { XDG_STATE_HOME: join(home, 'own', 'state') });
  await refused(CALL, { XDG_STATE_HOME: '' });
  await refused(CALL, { TG_AUTH_SERVER: '192.0.2.1:443' });
  await refused(CALL, { TG_AUTH_PROXY: 'socks5://192.0.2.1:1080' });
  await refused([...CALL, '--server', '127.0.0.1:1']);
  await refused([...CALL, '--test']);
  await refused([...CALL, '--dc', '2'], { TG_AUTH_SERVER: '', TG_AUTH_SERVER_KEY: '' });
  await refused(['explain', '12'], { TG_AUTH_SERVER: '', TG_AUTH_SERVER_KEY: '' });
  await refused(['trace', 'show', 'x'], {}, ['--trace']);
  await refused(CALL, {}, ['--trace=-']);
  await refused(CALL, {}, ['--trace=']);
  assert.match((await run(['login', '--qr'], { session: 'qr' })).outcome, /^\d+$/);
  const string = (await run(['session', 'export'], { session: 'qr' })).outcome;
  const imported = await run(['whoami'], { session: 'none', env: { TG_AUTH_SESSION_STRING: string }, flags: SECRETS });
  assert.equal(imported.outcome, 'USAGE');
  assert.equal(imported.trace.split('\n').length, 2);
  const [{ n, e } = { n: new Uint8Array(0), e: new Uint8Array(0) }] = productionNetwork().keys;
  const [jwkN = '', jwkE = ''] = [n, e].map((each) => Buffer.from(each).toString('base64url'));
  const pem = createPublicKey({ key: { kty: 'RSA', n: jwkN, e: jwkE }, format: 'jwk' });
  writeFileSync(join(home, 'telegram.pem'), pem.export({ type: 'pkcs1', format: 'pem' }));
  const relay = { TG_AUTH_SERVER_KEY: join(home, 'telegram.pem'), TG_AUTH_SERVER: '127.0.0.1:1' };
  assert.equal((await run(CALL, { session: 'relay', env: relay, flags: SECRETS })).outcome, 'USAGE');
  const own = await run([...CALL, '--sandbox'], { flags: SECRETS, env: { TG_AUTH_SERVER: '' } });
  assert.equal(own.outcome, 'true');
});

test('nothing of it is loaded without --trace', () => {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, types, path = ''] of text.matchAll(/^(?:import|export)( type)? [^;]*?from '(\.[^']+)'/gms))
      if (types === undefined) visit(join(file, '..', path));
  };
  visit('src/cli/main.ts');
  visit('src/cli/context.ts');
  visit('src/cli/commands/sign-in/send-call.ts');
  visit('src/library.ts');
  visit('src/net/client.ts');
  assert.ok(seen.size > 50);
  const loaded = [...seen].filter((file) => /[\\/]cli[\\/](?:commands[\\/])?trace[\\/]/.test(file));
  assert.deepEqual(loaded, [join('src/cli/trace/watched.ts')]);
});
