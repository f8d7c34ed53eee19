/** `trace html`: what the page shows, that it needs nothing else, and that no text of a trace becomes markup. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Field, TraceEvent } from '../../../src/cli/trace/format.ts';
import { html } from '../../../src/cli/trace/page/markup.ts';
import { pageOf } from '../../../src/cli/trace/page/page.ts';
import { parseTrace, type ReadTrace, readTrace } from '../../../src/cli/trace/read.ts';
import { checkTermOf } from '../../../src/cli/trace/terms/checks.ts';
import { termOf } from '../../../src/cli/trace/terms/fields.ts';
import { meaningsOf } from '../../../src/cli/trace/terms/messages.ts';
import { mtproto } from '../../../src/tl/layer.ts';
import { tracing } from './traced.ts';

const TRACES = join(import.meta.dirname, '../../traces');
const NAMES = ['fresh-key', 'stored-key', 'password'];
const HEADER = '{"format":"tg-auth-trace","version":1,"secrets":false,"program":"p","command":"c","started":0}';
const MAX_BYTES = 300_000;

const recorded = (name: string) => readTrace(join(TRACES, `${name}.jsonl`));
const page = (lines: readonly unknown[]) =>
  pageOf(parseTrace([HEADER, ...lines.map((line) => JSON.stringify(line))].join('\n'), 'FILE'));

/** The tags of a page in order, each with the names of its attributes. Fails if they are not balanced. */
function structure(text: string): string[] {
  const open: string[] = [];
  const tags: string[] = [];
  const body = text.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1></$1>');
  for (const [, end, name = '', attributes = '', closed] of body.matchAll(
    /<(\/?)([a-zA-Z!][\w!]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g,
  )) {
    tags.push(`${end}${name} ${[...attributes.matchAll(/([\w:-]+)(?:=|(?=\s|$))/g)].map(([, key]) => key).join(' ')}`);
    if (end === '/') assert.equal(open.pop(), name);
    else if (closed !== '/' && !/^(?:!DOCTYPE|meta|rect|line|path)$/.test(name)) open.push(name);
  }
  assert.deepEqual(open, []);
  assert.equal(body.match(/</g)?.length, tags.length, 'every < begins a tag');
  return tags;
}

describe('the page of a recorded trace', () => {
  for (const name of NAMES)
    test(`${name}: small, balanced, and nothing from elsewhere`, () => {
      const text = pageOf(recorded(name));
      assert.ok(Buffer.byteLength(text) < MAX_BYTES, `${Buffer.byteLength(text)} bytes`);
      const tags = structure(text);
      assert.ok(tags.length > 100);
      assert.deepEqual(
        tags.filter((tag) => /^(?:img|link|iframe|object|embed|base|form|audio|video|source|use)\b/.test(tag)),
        [],
      );
      assert.doesNotMatch(text, /\ssrc=|@import|url\(|\son\w+=|\sstyle=/);
      for (const [, target = ''] of text.matchAll(/\shref="([^"]*)"/g))
        assert.match(target, /^(?:#\w+|https:\/\/core\.telegram\.org\/[\w./#-]+)$/);
      const anchors = new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
      for (const [, id] of text.matchAll(/\shref="#([^"]+)"/g)) assert.ok(anchors.has(id), id);
    });

  test('its policy allows its own style and script, by hash, and nothing else', () => {
    const text = pageOf(recorded('stored-key'));
    const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(text) ?? [];
    const hash = (tag: string) => {
      const [, inside = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text) ?? [];
      return createHash('sha256').update(inside).digest('base64');
    };
    assert.equal(
      policy,
      `default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; base-uri 'none'; form-action 'none'`,
    );
  });

  test('every message, field and check of every trace is there', () => {
    for (const name of NAMES) {
      const { events } = recorded(name);
      const text = pageOf({ header: recorded(name).header, events });
      const count = (part: string) => text.split(part).length - 1;
      const frames = events.filter(({ event }) => event === 'frame').length;
      assert.equal(count('<article '), frames);
      assert.equal(count('✔ holds:'), events.filter(({ event }) => event === 'check').length);
      for (const field of events.flatMap(leavesOf)) {
        const hex = (field.bytes ?? '').match(/../g)?.join(' ') ?? '';
        assert.ok(text.includes(hex), `${field.name}: ${hex}`);
      }
    }
  });

  test('short answers: what the server knows, where a man in the middle is noticed, how many round trips', () => {
    const text = pageOf(recorded('fresh-key')).replace(/<[^>]*>/g, '');
    assert.match(
      text,
      /What does the server know after message 3\?\s.*no phone number, account or api_id.*is message 7/,
    );
    assert.match(
      text,
      /Where would a man in the middle be noticed\?[\s\S]*At message 2:[\s\S]*At message 4:[\s\S]*At message 6:[\s\S]*from message 8 on/,
    );
    assert.match(text, /5 round trips, 1 for TCP, 3 for the key exchange, 1 for the call/);
    const again = pageOf(recorded('stored-key')).replace(/<[^>]*>/g, '');
    assert.match(again, /2 round trips, 1 for TCP, 1 for the call/);
    assert.doesNotMatch(again, /What does the server know after/);
  });
});

describe('what the page says', () => {
  test('every field of the recorded key exchange and envelopes has a sentence and a link of its own', () => {
    for (const event of recorded('fresh-key').events) {
      const parents = {
        frame: 'frame',
        inner: 'inner',
        message: event.event === 'message' && event.sealed ? 'encrypted' : 'plain',
      };
      if (event.event !== 'frame' && event.event !== 'inner' && event.event !== 'message') continue;
      for (const { field, parent } of termed(event.fields, parents[event.event])) {
        const { says, link } = termOf(field, parent);
        assert.doesNotMatch(says, /^A field of/, `${parent}.${field.name}`);
        assert.match(link ?? '', /^https:\/\/core\.telegram\.org\//);
      }
    }
  });

  test('every check of the recorded traces, and every message of the protocol in them, has its meaning', () => {
    for (const event of NAMES.flatMap((name) => recorded(name).events)) {
      if (event.event === 'check') assert.ok(checkTermOf(event.what), event.what);
      if (event.event === 'message') assert.ok(meaningsOf(event.title).length > 0, event.title);
    }
    for (const name of [
      'req_pq_multi',
      'resPQ',
      'req_DH_params',
      'server_DH_params_ok',
      'set_client_DH_params',
      'dh_gen_ok',
    ]) {
      assert.ok(mtproto.find(name), name);
      assert.ok(meaningsOf(name)[0]?.knows, name);
    }
  });

  test('a name that every object has is no entry of a table', () => {
    const field = { name: 'toString', type: 'int', offset: 0, length: 4 };
    assert.equal(termOf(field, '__proto__').says, 'A field of __proto__.');
    assert.equal(checkTermOf('constructor'), undefined);
    assert.deepEqual(meaningsOf('hasOwnProperty + __proto__'), []);
  });
});

describe('a hostile trace', () => {
  const EVILS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style><script>alert(1)</script><!--',
    ']]><svg onload=alert(1)>&lt;&#60;',
    '\x1b[31m\0\r\n\u202e\u2066\u2028\u200f\ud800`$1`javascript:alert(1)',
  ];

  /** A trace with a text in every place that can hold one. */
  function everywhere(text: string): readonly unknown[] {
    const leaf = { name: text, type: text, offset: 0, length: 4, value: text, bytes: text };
    const masked = { name: text, type: text, offset: 0, length: 4, value: text, hidden: true };
    const parent = { ...leaf, bytes: undefined, fields: [leaf, masked], unpacked: { ...leaf, fields: [leaf] } };
    const on = { frame: 1, connection: 1, from: text, at: 0 };
    return [
      { event: 'call', at: 0, call: 1, method: text, layer: 1 },
      { event: 'open', at: 0, connection: 1, dc: 2, transport: text, address: text },
      { event: 'open', at: 0, connection: 2, dc: 2, transport: text, proxy: text },
      { event: 'check', at: 0, what: text, holds: false },
      { event: 'concluded', at: 0, what: 'error', error_code: 1, error_message: text },
      { event: 'frame', ...on, length: 4, fields: [leaf, parent] },
      { event: 'message', ...on, sealed: true, title: text, fields: [parent] },
      { event: 'inner', ...on, field: text, title: text, fields: [parent] },
      { event: 'check', at: 0, frame: 1, what: text, holds: true },
      { event: 'concluded', at: 0, frame: 1, what: 'key', auth_key_id: text },
      { event: 'note', at: 0, text },
      { event: 'close', at: 0, connection: 1, by: text },
    ];
  }

  const withHeader = (text: string): ReadTrace => {
    const { header, events } = parseTrace(
      [HEADER, ...everywhere(text).map((line) => JSON.stringify(line))].join('\n'),
      'FILE',
    );
    return { header: { ...header, program: text, command: text }, events };
  };

  test('its texts change no tag and no attribute, and bring no control character', () => {
    const harmless = structure(pageOf(withHeader('-')));
    for (const evil of EVILS) {
      const text = pageOf(withHeader(evil));
      assert.deepEqual(structure(text), harmless, evil);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
      assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
      assert.ok(text.isWellFormed());
    }
  });

  test('a value stays inside its attribute', () => {
    for (const evil of EVILS) assert.match(html`<a title="${evil}">`.text, /^<a title="[^"'`<>]*">$/);
  });

  test('a name makes no link elsewhere', () => {
    for (const name of ['javascript:alert(1)', '../../evil', '//evil.example', 'a b', 'x?y', 'x#y', 'x@y'])
      assert.equal(termOf({ name: 'any', type: 'int', offset: 0, length: 4 }, name).link, undefined, name);
  });

  test('its numbers and lengths neither fill the memory nor fail', () => {
    const field = { name: 'x', type: 'long', offset: -1e300, length: 1e300, hidden: true, time: 1e300 };
    const long = { name: 'x', type: 'bytes', offset: 0, length: 1, bytes: 'a'.repeat(1_000_001) };
    const frame = {
      event: 'frame',
      at: 1e300,
      frame: -1.5,
      connection: 1e21,
      from: 'x',
      length: 1e300,
      fields: [field, long],
    };
    const text = page([frame, { event: 'close', at: -1e300, connection: -1, by: 'x' }]);
    structure(text);
    assert.ok(text.length < 100_000, `${text.length}`);
    const many = page(
      Array.from({ length: 2000 }, (_, i) => ({ ...frame, at: i, frame: i, connection: i, fields: [] })),
    );
    structure(many);
  });

  test('without any message, it is a page too', () => {
    structure(page([]));
  });
});

test('a hidden field is shown as hidden, with its length and without bytes', () => {
  const fields = [{ name: 'new_nonce', type: 'int256', offset: 64, length: 32, hidden: true }];
  const on = { frame: 1, connection: 1, from: 'client', at: 0 };
  const text = page([{ event: 'frame', ...on, length: 32, fields }]);
  assert.match(text, /<td class="bytes hidden">hidden, 32 bytes<\/td>/);
  assert.match(text, /secrets are hidden/);
});

test('a failed check is marked as such, where it was made', () => {
  const { header, events } = recorded('fresh-key');
  const what = 'the hash of the encrypted Server_DH_inner_data';
  const failed = events.map((event) =>
    event.event === 'check' && event.what === what ? { ...event, holds: false } : event,
  );
  const [, article = ''] = /(<article id="m4"[\s\S]*?<\/article>)/.exec(pageOf({ header, events: failed })) ?? [];
  assert.match(article, /✖ failed:<\/b> the hash of the encrypted Server_DH_inner_data/);
  assert.match(article, /<b class="failed">1 failed<\/b>/);
});

describe('the command', async () => {
  const { home, run } = await tracing();

  test('prints the page, or writes it to a new file', async () => {
    const trace = join(TRACES, 'stored-key.jsonl');
    const plain = { flags: [] };
    const printed = await run(['trace', 'html', trace], plain);
    assert.equal(printed.outcome, pageOf(readTrace(trace)));
    const file = join(home, 'page.html');
    assert.equal((await run(['trace', 'html', trace, '--output', file], plain)).outcome, file);
    assert.equal(readFileSync(file, 'utf8'), pageOf(readTrace(trace)));
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal((await run(['trace', 'html', trace, '--output', file], plain)).outcome, 'USAGE');
    assert.equal((await run(['trace', 'html', trace, '--output', file, '--force'], plain)).outcome, file);
    assert.equal((await run(['trace', 'html', trace, '--output', ''], plain)).outcome, 'USAGE');
    assert.equal((await run(['trace', 'html', file], plain)).outcome, 'USAGE');
  });

  test('of a trace without secrets, it makes a page without secrets', async () => {
    const { file } = await run(['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84']);
    const text = pageOf(readTrace(file));
    assert.match(text, /•••••••••67/);
    assert.doesNotMatch(text, /79991234567|2dc02d2cda9e615c84|37 39 39 39 31 32 33/);
  });
});

function leavesOf(event: TraceEvent): Field[] {
  return 'fields' in event ? event.fields.flatMap(parts) : [];
}

function parts(field: Field): Field[] {
  return [
    ...(field.fields === undefined ? [field] : field.fields.flatMap(parts)),
    ...(field.unpacked === undefined ? [] : parts(field.unpacked)),
  ];
}

/** The fields with the constructor that each belongs to, as far as they are not those of the API. */
function termed(fields: readonly Field[], parent: string): { field: Field; parent: string }[] {
  return fields.flatMap((field) => {
    const inside = typeof field.value === 'string' && field.fields !== undefined ? field.value : parent;
    return [{ field, parent }, ...termed(field.fields ?? [], inside)];
  });
}
