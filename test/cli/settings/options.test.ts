/** The options: sources, allowed values, and which of two wins. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { configFile, readConfig, stateFolder } from '../../../src/cli/settings/folders.ts';
import { type Options, resolve, SETTINGS } from '../../../src/cli/settings/options.ts';
import type { Sources } from '../../../src/cli/settings/setting.ts';
import { StoreError, UsageError } from '../../../src/errors.ts';
import { TRANSPORTS } from '../../../src/transport/names.ts';

function options({ flags = {}, env = {}, config = {} }: Partial<Sources>): Options {
  return resolve({ flags, env, config });
}

const HASH = '0123456789abcdef0123456789abcdef';
const KEY = { 'server-key': 'key.pem' };

describe('order', () => {
  const everywhere = { flags: { session: 'a' }, env: { TG_AUTH_SESSION: 'b' }, config: { session: 'c' } };
  const rows: readonly (readonly [string, Partial<Sources>, string, string])[] = [
    ['the flag first', everywhere, 'a', 'flag'],
    ['then the environment', { ...everywhere, flags: {} }, 'b', 'environment'],
    ['then the config file', { config: everywhere.config }, 'c', 'config'],
    ['then the default', {}, 'default', 'default'],
    ['an empty variable counts as unset', { env: { TG_AUTH_SESSION: '' }, config: everywhere.config }, 'c', 'config'],
  ];
  for (const [what, sources, value, from] of rows)
    test(what, () => {
      const { session } = options(sources);
      assert.deepEqual([session.value, session.from], [value, from]);
    });
});

describe('values', () => {
  test('the defaults', () => {
    const { apiId, apiHash, dc, transport, timeout, waitFlood, network } = options({});
    assert.deepEqual(
      [apiId.value, apiHash.value, dc.value, transport.value, timeout.value, waitFlood.value],
      [undefined, undefined, 2, undefined, 30, 0],
    );
    assert.deepEqual(network, { kind: 'telegram', test: false });
  });

  const good: readonly (readonly [keyof Options, string, string, unknown])[] = [
    ['apiId', 'api-id', '12345', 12345],
    ['apiHash', 'api-hash', HASH, HASH],
    ['apiHash', 'api-hash', HASH.toUpperCase(), HASH.toUpperCase()],
    ['dc', 'dc', '5', 5],
    ['timeout', 'timeout', '0.5', 0.5],
    ['timeout', 'timeout', '0', 0],
    ['waitFlood', 'wait-flood', '60', 60],
    ...TRANSPORTS.map((name) => ['transport', 'transport', name, name] as const),
  ];
  for (const [key, flag, text, value] of good)
    test(`--${flag} ${text}`, () => {
      const setting = options({ flags: { [flag]: text } })[key];
      assert.ok('value' in setting);
      assert.equal(setting.value, value);
    });

  const addresses = [
    ['127.0.0.1:443', '127.0.0.1', 443],
    ['[::1]:443', '::1', 443],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
    ['dc.example.org:65535', 'dc.example.org', 65535],
  ] as const;
  for (const [text, host, port] of addresses)
    test(`--server ${text}`, () => {
      const { network } = options({ flags: { server: text, ...KEY } });
      assert.deepEqual(network, { kind: 'server', address: { host, port }, keyFile: 'key.pem' });
    });

  const bad: readonly (readonly [string, string])[] = [
    ['api-id', '0x10'],
    ['api-id', '0'],
    ['api-id', '2147483648'],
    ['api-hash', 'two words'],
    ['api-hash', HASH.slice(1)],
    ['api-hash', `${HASH}0`],
    ['api-hash', HASH.replace('a', 'g')],
    ['api-hash', ''],
    ['dc', '-1'],
    ['dc', '2.5'],
    ['timeout', '-1'],
    ['timeout', '1e3'],
    ['timeout', '5000000'],
    ['transport', 'tcp'],
    ['session', ''],
    ['session', 'x'.repeat(65)],
    ['session-string', ''],
    ...[
      '127.0.0.1',
      ':443',
      '::1:443',
      '[::1]',
      'host:0',
      'host:65536',
      'a@b:1',
      'http://host:1',
      'no\x01name:1',
      '',
    ].map((text) => ['server', text] as const),
  ];
  for (const [flag, text] of bad)
    test(`--${flag} '${text}' is refused, and the message names the flag`, () => {
      assert.throws(
        () => options({ flags: { [flag]: text } }),
        (error) => error instanceof UsageError && error.message.startsWith(`--${flag} must be `) && error.exit === 2,
      );
    });

  test('the message for a malformed variable or config entry names it', () => {
    assert.throws(() => options({ env: { TG_AUTH_TIMEOUT: 'soon' } }), /^UsageError: TG_AUTH_TIMEOUT must be/);
    assert.throws(() => options({ config: { timeout: 'soon' } }), /^UsageError: "timeout" in config\.json must be/);
    assert.throws(() => options({ env: { TG_AUTH_SANDBOX: 'maybe' } }), /TG_AUTH_SANDBOX must be 1 or 0/);
  });

  test('a NUL character, which only a config file can hold, is refused in every setting', () => {
    for (const { name } of SETTINGS)
      assert.throws(() => options({ config: { [name]: 'a\0b' } }), {
        name: 'UsageError',
        message: `"${name}" in config.json must not contain a NUL character.`,
      });
  });

  test('a text that is too long for a session name is not shown: it may be a session string', () => {
    assert.throws(
      () => options({ env: { TG_AUTH_SESSION: `secret${'x'.repeat(300)}` } }),
      (error) =>
        error instanceof UsageError && !error.message.includes('secret') && /--session-string/.test(error.message),
    );
  });

  test('a session string comes from a flag or the environment', () => {
    const sources = { flags: { 'session-string': '-' }, env: { TG_AUTH_SESSION_STRING: 'abc' } };
    const { value, from, name } = options(sources).sessionString;
    assert.deepEqual([value, from, name], ['-', 'flag', '--session-string']);
    assert.equal(options({ env: { TG_AUTH_SESSION_STRING: 'abc' } }).sessionString.value, 'abc');
  });

  test('a variable loses one line end, and counts as not set if it is empty then', () => {
    for (const end of ['', '\n', '\r\n']) {
      assert.equal(options({ env: { TG_API_HASH: HASH + end } }).apiHash.value, HASH);
      assert.equal(options({ env: { TG_API_HASH: end } }).apiHash.value, undefined);
      assert.equal(options({ env: { TG_AUTH_SESSION: end }, config: { session: 'work' } }).session.value, 'work');
    }
    assert.throws(() => options({ env: { TG_API_HASH: `${HASH}\n\n` } }), UsageError);
  });

  test('quotes around the value of a variable are named, without the value', () => {
    const names = ['TG_API_ID', 'TG_API_HASH', 'TG_AUTH_PROXY', 'TG_AUTH_SESSION_STRING', 'ALL_PROXY'];
    const value = fc.string({ minLength: 3 }).filter((text) => !'quotes around part value'.includes(text));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom('"', "'"), value, (name, quote, text) => {
        assert.throws(
          () => options({ env: { [name]: `${quote}§${text}${quote}` } }),
          (error) =>
            error instanceof UsageError && error.message.includes(`${name} has quotes`) && !error.message.includes('§'),
        );
      }),
    );
  });

  test('a malformed api_hash is not shown: it may be a mistyped secret', () => {
    assert.throws(
      () => options({ env: { TG_API_HASH: 'secret word' } }),
      (error) => !String(error).includes('secret'),
    );
  });

  test('the sandbox accepts any api_hash', () => {
    assert.equal(options({ env: { TG_API_HASH: 'x', TG_AUTH_SANDBOX: '1' } }).apiHash.value, 'x');
  });
});

describe('network', () => {
  const rows: readonly (readonly [string, Partial<Sources>, string])[] = [
    ['Telegram', {}, 'telegram'],
    ['--sandbox', { flags: { sandbox: true } }, 'sandbox'],
    ['TG_AUTH_SANDBOX=1', { env: { TG_AUTH_SANDBOX: '1' } }, 'sandbox'],
    ['TG_AUTH_SANDBOX=0', { env: { TG_AUTH_SANDBOX: '0' }, config: { sandbox: 'true' } }, 'telegram'],
    ['a flag beats a variable', { flags: { sandbox: true }, env: { TG_AUTH_SERVER: 'a:1' } }, 'sandbox'],
    [
      'a server flag beats a sandbox variable',
      { flags: { server: 'a:1', ...KEY }, env: { TG_AUTH_SANDBOX: '1' } },
      'server',
    ],
    ['a variable beats the config file', { env: { TG_AUTH_TEST: '1' }, config: { server: 'a:1' } }, 'telegram'],
    ['a key alone in the environment is ignored', { env: { TG_AUTH_SERVER_KEY: 'k' } }, 'telegram'],
    ['a server and its key may come from two sources', { flags: { server: 'a:1' }, config: KEY }, 'server'],
  ];
  for (const [what, sources, kind] of rows) test(what, () => assert.equal(options(sources).network.kind, kind));

  test('the test DCs', () => {
    assert.deepEqual(options({ flags: { test: true } }).network, { kind: 'telegram', test: true });
  });

  test('two from one source cannot be combined', () => {
    const refused = (sources: Partial<Sources>, words: RegExp) => assert.throws(() => options(sources), words);
    refused({ flags: { sandbox: true, test: true } }, /--sandbox and --test cannot be combined/);
    refused({ flags: { sandbox: true, server: 'a:1', ...KEY } }, /--sandbox and --server cannot be combined/);
    refused(
      { env: { TG_AUTH_TEST: '1', TG_AUTH_SERVER: 'a:1' } },
      /TG_AUTH_TEST and TG_AUTH_SERVER cannot be combined/,
    );
  });

  test('a server requires a key, and a key requires a server', () => {
    assert.throws(() => options({ flags: { server: 'a:1' } }), /--server requires .*--server-key.*TG_AUTH_SERVER_KEY/);
    assert.throws(() => options({ flags: KEY }), /--server-key requires --server/);
  });
});

describe('folders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tg-auth-test-'));
  after(() => rmSync(folder, { recursive: true }));

  const uid = process.geteuid?.();
  const read = (file: string) => readConfig(file, uid, { warn: assert.fail, hint: () => assert.fail() });

  function config(text: string): string {
    const file = join(folder, 'config.json');
    writeFileSync(file, text);
    return file;
  }

  test('the config file is in the XDG config folder, or in %APPDATA%', () => {
    assert.equal(configFile({ XDG_CONFIG_HOME: folder }, 'linux'), join(folder, 'tg-auth', 'config.json'));
    assert.equal(configFile({ APPDATA: folder }, 'win32'), join(folder, 'tg-auth', 'config.json'));
    const inHome = configFile({ XDG_CONFIG_HOME: 'relative', HOME: folder }, 'darwin');
    assert.equal(inHome, join(folder, '.config', 'tg-auth', 'config.json'));
  });

  test('XDG_STATE_HOME sets the folder of the sessions on every system', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      assert.equal(stateFolder({ XDG_STATE_HOME: folder }, platform), join(folder, 'tg-auth'));
    const inHome = (platform: NodeJS.Platform, ...parts: string[]) =>
      assert.equal(
        stateFolder({ XDG_STATE_HOME: 'relative', HOME: folder, USERPROFILE: folder }, platform),
        join(folder, ...parts),
      );
    inHome('linux', '.local', 'state', 'tg-auth');
    inHome('darwin', 'Library', 'Application Support', 'tg-auth');
    inHome('win32', 'AppData', 'Local', 'tg-auth', 'Data');
  });

  test('a home that is not an absolute path counts as none', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      for (const path of [undefined, '', 'relative', './x', '~']) {
        const env = { HOME: path, USERPROFILE: path, LOCALAPPDATA: path, APPDATA: path, XDG_STATE_HOME: path };
        assert.throws(() => stateFolder(env, platform), { type: 'NO_HOME' });
        assert.equal(configFile(env, platform), undefined);
      }
  });

  test('a config file is read as texts; a missing one is empty', () => {
    assert.deepEqual(read(config('{"dc": 4, "test": true, "session": "work"}')), {
      dc: '4',
      test: 'true',
      session: 'work',
    });
    assert.deepEqual(read(join(folder, 'nowhere.json')), {});
  });

  test('an unknown key is refused, and the message names it', () => {
    const refused = (text: string, words: RegExp) =>
      assert.throws(
        () => read(config(text)),
        (error) => error instanceof UsageError && words.test(error.message),
      );
    refused('{"sesion": "work"}', /Unknown key "sesion".*session/);
    refused('{"session-string": "abc"}', /Unknown key "session-string"/);
    refused('{"json": true}', /Unknown key "json"/);
    refused('{"dc": [4]}', /"dc" in .* must be a string/);
    refused('[]', /one JSON object/);
  });

  test('a config file must be JSON', () => {
    assert.throws(
      () => read(config('{')),
      (error) => error instanceof StoreError && error.exit === 32 && error.type === 'CONFIG_UNREADABLE',
    );
    assert.throws(() => read(folder), StoreError);
  });
});
