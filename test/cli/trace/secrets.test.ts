/** No secret is in a trace, in any encoding, whatever a command does. The same runs with secrets contain them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Field } from '../../../src/cli/trace/format.ts';
import { readTrace } from '../../../src/cli/trace/read.ts';
import { showTrace } from '../../../src/cli/trace/show.ts';
import { isList, type Json } from '../../../src/printable.ts';
import { startProxy, USER } from '../../proxies.ts';
import { spellings } from '../../spellings.ts';
import { API_HASH, type Traced, tracing } from './traced.ts';

const MTPROXY = `dd${'a1b2c3d4e5f60718'.repeat(2)}`;
const { sandbox, events, home, run } = await tracing({ mtproxy: [MTPROXY] });
const BOT = `7000000001:${'AbCdEfGhIjKlMnOpQrStUvWxYz012345678'}`;

/** Everything that a trace may not contain: what this test passed in, and what the sandbox and the session say. */
const secrets = new Set<string>([
  API_HASH,
  BOT,
  BOT.slice(11),
  'correct horse battery',
  'Adalberta',
  'Lovelace',
  USER.password,
  MTPROXY.slice(2),
]);
/** Keys and other bytes. */
const bytes = new Set<Buffer>([Buffer.from(API_HASH, 'hex'), Buffer.from(MTPROXY.slice(2), 'hex')]);

/** Adds what a command left in its session, and what a trace with secrets hides nothing of. */
function learn(session: string): void {
  for (const name of ['default.json']) {
    const text = readFileSync(join(home, session, 'tg-auth', `server-${sandbox.fingerprint}`, name), 'utf8');
    for (const [, key = ''] of text.matchAll(/"auth_key": "([^"]+)"/g)) bytes.add(Buffer.from(key, 'base64'));
    for (const [, hash = ''] of text.matchAll(/"phone_code_hash": "([^"]+)"/g)) secrets.add(hash);
  }
}

/** Fields of requests and answers that no trace may show. */
const SECRET_FIELDS =
  /hash$|^(?:A|M1|salt\d|secure_random|bytes|encrypted_message)$|srp|token|(?<!app_)name$|hint|email|phone|code$/;

/** Adds every secret field of a value that the sandbox received or sent. */
function collect(value: Json | undefined, key = ''): void {
  if (isList(value)) for (const each of value) collect(each, key);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) collect(each, name);
  else if (typeof value === 'string' && value.length >= 6 && SECRET_FIELDS.test(key)) {
    const secret = key === 'encrypted_message' ? value.slice(48) : value; // after an id and a msg_key
    secrets.add(secret);
    if (/^(?:[0-9a-f]{2}){8,}$/.test(secret)) bytes.add(Buffer.from(secret, 'hex'));
  }
}

/** The codes, which are too short to search for inside other numbers. */
const CODES = /(?<![\da-f])22222{1,2}(?![\da-f])/;

/** The traces whose text is searched too: it is made from nothing but the trace. */
const SHOWN = ['a password', 'a bot', 'an MTProxy'];

const traces: { readonly what: string; readonly traced: Traced }[] = [];

async function traced(
  what: string,
  words: readonly string[],
  options: Parameters<typeof run>[1] = {},
): Promise<string> {
  const one = await run(words, options);
  for (const word of words) if (/^99966/.test(word)) secrets.add(word);
  traces.push({ what, traced: one });
  return one.outcome;
}

const proxy = await startProxy('socks', { auth: true });
after(() => proxy.close());

test('commands of every kind leave traces', async () => {
  const code = { session: 'code', env: { TG_AUTH_PASSWORD: 'sandbox' } };
  assert.match(await traced('a code', ['send-code', '9996621002'], code), /^\w+$/);
  learn('code');
  assert.equal(await traced('a call', ['send-call', '9996621002'], code), 'true');
  assert.match(await traced('a password', ['sign-in', '9996621002', '--code', '22222'], code), /^\d+$/);
  assert.match(await traced('the account', ['whoami'], code), /^\d+$/);
  assert.match(await traced('the devices', ['devices', 'list'], code), /tg-auth/);
  const string = await traced('an export', ['session', 'export'], code);
  secrets.add(string);
  const exported = { session: 'string', env: { TG_AUTH_SESSION_STRING: string } };
  assert.match(await traced('a session string', ['whoami'], exported), /^\d+$/);
  assert.match(await traced('an import', ['session', 'import', '-'], { session: 'imported', input: string }), /./);
  const wrong = { session: 'wrong', env: { TG_AUTH_PASSWORD: 'correct horse battery' } };
  await traced('a code', ['send-code', '9996621003'], wrong);
  learn('wrong');
  assert.equal(
    await traced('a wrong password', ['sign-in', '9996621003', '--code', '22222'], wrong),
    'PASSWORD_HASH_INVALID',
  );
  assert.match(await traced('an e-mail', ['recover-password', '--send'], wrong), /@/);
  const recovery = { ...wrong, env: { TG_AUTH_NEW_PASSWORD: 'correct horse battery' } };
  assert.match(
    await traced('a recovery', ['recover-password', '--code', '222222', '--hint', 'Adalberta'], recovery),
    /^\d+$/,
  );
  const ada = { session: 'ada' };
  await traced('a code', ['send-code', '9996621001'], ada);
  learn('ada');
  const names = ['--first-name', 'Adalberta', '--last-name', 'Lovelace', '--accept-terms'];
  assert.match(await traced('a sign-up', ['sign-in', '9996621001', '--code', '22222', ...names], ada), /^\d+$/);
  assert.equal(await traced('a logout', ['logout'], ada), 'true');
  assert.match(await traced('a bot', ['login', '--bot'], { session: 'bot', env: { TG_AUTH_BOT_TOKEN: BOT } }), /^\d+$/);
  learn('bot');
  assert.match(await traced('a QR code', ['login', '--qr'], { session: 'qr' }), /^\d+$/);
  learn('qr');
  const user = `socks5://${USER.name}:${USER.escaped}@127.0.0.1:${proxy.port}`;
  await traced('a proxy', ['send-code', '9996622006', '--proxy', user, '--pfs'], { session: 'proxy' });
  learn('proxy');
  const [link] = sandbox.proxies;
  await traced('an MTProxy', ['send-code', '9996629303', '--proxy', link?.link ?? ''], { session: 'mtproxy' });
  await traced('a refused number', ['send-code', '9996629010'], { session: 'refused' });
  await traced('the doctor', ['doctor'], { session: 'doctor' });
  await traced('nothing', ['explain', 'FLOOD_WAIT_30']);
  for (const event of events) {
    if (event.event === 'request') collect([event.params, event.answer]);
    if (event.event === 'qr') {
      const token = event.link.split('=').at(-1) ?? '';
      secrets.add(token);
      bytes.add(Buffer.from(token, 'base64url'));
    }
  }
});

test('every message in them is decoded', () => {
  const undecoded = ({ name, type, fields = [] }: Field): string[] => [
    ...(type === 'bytes' && ['body', 'query', 'result', 'value'].includes(name) ? [name] : []),
    ...fields.flatMap(undecoded),
  ];
  for (const { what, traced: one } of traces)
    for (const event of readTrace(one.file).events)
      if (event.event === 'message' || event.event === 'inner')
        assert.deepEqual(event.fields.flatMap(undecoded), [], `${what}: ${event.title}`);
});

test('no secret is in them, and none in what trace show prints of them', () => {
  assert.ok(bytes.size >= 40 && secrets.size >= 60 && traces.length >= 20);
  const forbidden = [...secrets, ...bytes].flatMap(spellings);
  const shown = traces.filter(({ what }) => SHOWN.includes(what));
  assert.equal(shown.length, SHOWN.length);
  const all = [
    ...traces.map(({ what, traced: one }) => [what, one.trace] as const),
    ...shown.map(({ what, traced: one }) => [what, showTrace(readTrace(one.file), { bytes: true })] as const),
  ];
  const text = all.map(([, each]) => each).join('\n');
  for (const spelling of forbidden)
    if (text.includes(spelling)) assert.fail(all.find(([, each]) => each.includes(spelling))?.[0]);
  for (const [what, each] of all) assert.doesNotMatch(each, CODES, what);
});

test('with --trace-secrets the same search finds them', async () => {
  const flags = ['--trace', '--trace-secrets'];
  const { trace } = await run(['send-code', '9996621002'], { session: 'found', flags });
  const [key] = [...bytes];
  assert.ok(trace.includes('9996621002') && key !== undefined);
  assert.ok(trace.includes(API_HASH));
  learn('found');
  const found = [...secrets].at(-1) ?? '';
  assert.ok(
    spellings(found).some((each) => trace.includes(each)),
    'the phone_code_hash',
  );
});
