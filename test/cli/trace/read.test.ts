/** `trace show`: the text of a trace, and files that are damaged, foreign or hostile. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseTrace, readTrace } from '../../../src/cli/trace/read.ts';
import { showTrace } from '../../../src/cli/trace/show.ts';
import { StoreError, UsageError } from '../../../src/errors.ts';
import { removeFolder, temporaryFolder } from '../../session/folder.ts';

const RECORDED = 'test/traces/fresh-key.jsonl';
const HEADER = '{"format":"tg-auth-trace","version":1,"secrets":false,"program":"p","command":"c","started":0}';
const home = temporaryFolder();
after(() => removeFolder(home));

const show = (lines: readonly unknown[], bytes = true) =>
  showTrace(parseTrace([HEADER, ...lines.map((line) => JSON.stringify(line))].join('\n'), 'FILE'), { bytes });

test('one line a message', () => {
  const text = showTrace(readTrace(RECORDED), { bytes: false });
  const lines = text.split('\n').map((line) => line.replace(/^ *[\d.]+ ms +/, '').replace(/ {2,}/g, ' '));
  assert.match(lines[0] ?? '', /^send-call, [\d-]+ [\d:]+ UTC, tg-auth [\d.]+, with secrets$/);
  for (const line of [
    'call of auth.sendCall, layer 49',
    '1 → req_pq_multi 48 bytes, plain',
    '1 ← server_DH_params_ok 656 bytes, plain, 13 checks',
    '1 → get_future_salts + auth.sendCall 220 bytes, encrypted',
    '1 ← future_salts + rpc_result boolTrue 1180 bytes, encrypted, 16 checks',
    '1 closed by the client',
  ])
    assert.ok(lines.includes(line), `${line}\n${lines.join('\n')}`);
});

test('the bytes of each field; hidden ones are dots of the same number', () => {
  const text = show([
    {
      event: 'frame',
      at: 1,
      frame: 1,
      connection: 1,
      from: 'client',
      length: 22,
      fields: [
        { name: 'length', type: 'int', offset: 0, length: 4, value: 18, bytes: '12000000' },
        { name: 'secret', type: 'bytes', offset: 4, length: 18, hidden: true },
      ],
    },
  ]);
  assert.match(text, /^ +0 {2}12 00 00 00 +length = 18$/m);
  assert.match(text, /^ +4( {1,2}··){16} +secret$/m);
  assert.match(text, /^ +20( {1,2}··){2}$/m);
});

test('with the bytes, each field is explained once at the end', () => {
  const text = showTrace(readTrace(RECORDED), { bytes: true });
  const [, fields = ''] = text.split('\nFields\n');
  assert.equal(fields.match(/^ {2}new_nonce +A second random number that the client chose\./gm)?.length, 1);
  assert.doesNotMatch(showTrace(readTrace(RECORDED), { bytes: false }), /\nFields\n/);
});

test('no text of a trace can control a terminal', () => {
  const evil = '\x1b[31m\u202e\n\r\x07evil\u2028';
  const field = { name: evil, type: evil, offset: 0, length: 4, value: evil, bytes: evil };
  const parent = { ...field, fields: [field], unpacked: field };
  const on = { frame: 1, connection: 1, from: evil, at: 0 };
  const lines = [
    { event: 'open', at: 0, connection: 1, dc: 2, transport: evil, address: evil },
    { event: 'open', at: 0, connection: 1, dc: 2, transport: evil, proxy: evil },
    { event: 'call', at: 0, call: 1, method: evil, layer: 1 },
    { event: 'frame', ...on, length: 4, fields: [field, parent] },
    { event: 'message', ...on, sealed: true, title: evil, fields: [parent] },
    { event: 'inner', ...on, field: evil, title: evil, fields: [parent] },
    { event: 'check', at: 0, frame: 1, what: evil, holds: false },
    ...['key', 'error', evil].map((what) => ({
      event: 'concluded',
      at: 0,
      what,
      auth_key_id: evil,
      error_message: evil,
    })),
    { event: 'note', at: 0, text: evil },
    { event: 'close', at: 0, connection: 1, by: evil },
  ];
  const text = show(lines);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
  for (const line of text.split('\n')) assert.doesNotMatch(line, /^evil/);
});

test('a hostile length, number or time neither fills the memory nor fails', () => {
  const field = { name: 'x', type: 'long', offset: -1e300, length: 1e300, hidden: true, time: 1e300 };
  const frame = { event: 'frame', at: 1e300, frame: -1, connection: 1e21, from: 'x', length: 1e300, fields: [field] };
  assert.ok(show([frame]).length < 2_000_000);
  const header = HEADER.replace('"started":0', '"started":1e300');
  assert.match(showTrace(parseTrace(header, 'FILE'), { bytes: true }), /^c, p, secrets hidden$/);
});

test('a trace of any number of events is shown', () => {
  const { header } = parseTrace(HEADER, 'FILE');
  const events = Array.from({ length: 200_000 }, () => ({ event: 'note', at: 0, text: 'x' }) as const);
  assert.equal(showTrace({ header, events }, { bytes: false }).split('\n').length, 200_001);
});

test('a file that is foreign, of another version or damaged is refused, with the line', () => {
  const refused = (text: string, message: RegExp) => {
    const file = join(home, 'file');
    writeFileSync(file, text);
    assert.throws(
      () => readTrace(file),
      (error) => error instanceof UsageError && message.test(error.message),
      text.slice(0, 100),
    );
  };
  for (const text of [
    '',
    '\n',
    '{}',
    'null',
    '[1]',
    '\0\x01\x02',
    '{"format":"pcap"}',
    readFileSync('package.json', 'utf8'),
  ])
    refused(text, /is not a trace of tg-auth\.$/);
  refused(HEADER.replace('"version":1', '"version":2'), /of another version \(2\)/);
  refused(HEADER.replace('"secrets":false', '"secrets":"no"'), /damaged: line 1 /);
  const check = '{"event":"check","at":0,"what":"x","holds":true}';
  for (const line of ['', '{', '7', check.slice(0, -3), check.replace('"x"', '7'), check.replace('"at":0,', '')])
    refused([HEADER, check, line, check].join('\n'), /damaged: line 3 /);
  const deep = `{"event":"frame","at":0,"frame":1,"connection":1,"from":"x","length":1,"fields":${'[{"name":"x","type":"x","offset":0,"length":0,"fields":'.repeat(9000)}[]${'}]'.repeat(9000)}}`;
  refused([HEADER, deep].join('\n'), /damaged: line 2 /);
  for (const bytes of ['0', 'zz', '0x', '00 '])
    for (const rest of ['"random"', '"received","connection":1', '"call","call":1,"method":"x","layer":49'])
      refused([HEADER, `{"event":${rest},"at":0,"bytes":"${bytes}"}`].join('\n'), /damaged: line 2 /);
  for (const key of ['"n":"', '"wire":"'])
    refused(readFileSync(RECORDED, 'utf8').replace(key, `${key}0`), /damaged: line \d+ /);
  assert.equal(parseTrace([HEADER, '{"event":"of a later release","at":0}', check].join('\n'), 'x').events.length, 1);
});

test('a file that cannot be read is named, with the reason', { skip: process.platform === 'win32' }, () => {
  mkdirSync(join(home, 'folder'));
  for (const [file, reason] of [
    [join(home, 'missing'), 'no such file or folder'],
    [join(home, 'folder'), 'it is not a file'],
    ['/dev/zero', 'it is not a file'],
  ] as const)
    assert.throws(
      () => readTrace(file),
      (error) => error instanceof StoreError && error.message.includes(reason),
      file,
    );
});
