/** Which proxy counts, and what is told of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportSettings } from '../../../src/cli/doctor/settings-report.ts';
import { resolve } from '../../../src/cli/settings/options.ts';
import { proxyFor } from '../../../src/cli/settings/proxy-choice.ts';
import type { Globals } from '../../../src/cli/settings/setting.ts';

const PROXY = 'socks5://alice:swordfish@10.0.0.1:1080';

interface Given {
  readonly flags?: Globals;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
}

function isProxied({ flags = {}, env = {}, config = {} }: Given): boolean {
  const options = resolve({ flags, env: { TG_AUTH_SERVER_KEY: 'key.pem', ...env }, config });
  return proxyFor(options, env) !== undefined;
}

const at = (host: string) => ({ TG_AUTH_SERVER: `${host}:443` });

describe('a proxy', () => {
  for (const [name, given, expected] of [
    ['of a flag goes for Telegram', { flags: { proxy: PROXY } }, true],
    ['of our variable, too', { env: { TG_AUTH_PROXY: PROXY } }, true],
    ["of everybody's variable, too", { env: { ALL_PROXY: PROXY } }, true],
    ['of the config file, too', { config: { proxy: PROXY } }, true],
    ['that is empty is none', { env: { TG_AUTH_PROXY: '', ALL_PROXY: '' } }, false],
    ['of a flag goes for a server on this machine', { flags: { proxy: PROXY }, env: at('127.0.0.1') }, true],
    ['of our variable, too', { env: { TG_AUTH_PROXY: PROXY, ...at('127.0.0.1') } }, true],
    ["of everybody's variable does not", { env: { ALL_PROXY: PROXY, ...at('127.0.0.1') } }, false],
    ['nor does it for one with a name', { env: { all_proxy: PROXY, ...at('localhost') } }, false],
    ['nor does that of the config file', { config: { proxy: PROXY }, env: at('127.0.0.5') }, false],
    ["of everybody's variable goes for another server", { env: { ALL_PROXY: PROXY, ...at('dc.example.org') } }, true],
    [
      'but not for one in NO_PROXY',
      { env: { ALL_PROXY: PROXY, NO_PROXY: 'a.org, .example.org', ...at('dc.example.org') } },
      false,
    ],
    [
      'nor for one with its port there',
      { env: { ALL_PROXY: PROXY, NO_PROXY: 'dc.example.org:443', ...at('dc.example.org') } },
      false,
    ],
    [
      'nor for an IPv6 address',
      { env: { ALL_PROXY: PROXY, NO_PROXY: '[2001:db8::1]', ...at('[2001:db8::1]') } },
      false,
    ],
    ['nor for Telegram with *', { env: { ALL_PROXY: PROXY, NO_PROXY: '*' } }, false],
    ['nor for any with *', { env: { ALL_PROXY: PROXY, no_proxy: '*', ...at('dc.example.org') } }, false],
    [
      'goes where NO_PROXY names only the end of a word',
      { env: { ALL_PROXY: PROXY, NO_PROXY: 'ample.org', ...at('dc.example.org') } },
      true,
    ],
    ['goes for the embedded sandbox if the flag says so', { flags: { proxy: PROXY, sandbox: true } }, true],
    ['and not otherwise', { flags: { sandbox: true }, env: { TG_AUTH_PROXY: PROXY } }, false],
  ] as const satisfies [string, Given, boolean][])
    test(name, () => assert.equal(isProxied(given), expected));
});

test('what is told of the settings has where they come from, and no secret', () => {
  const secret = 'ee00112233445566778899aabbccddeeff6578616d706c652e6f7267';
  const sources = {
    flags: { dc: '4', 'session-string': 'swordfish' },
    env: { TG_API_HASH: 'swordfish', TG_AUTH_PROXY: PROXY },
    config: { timeout: '7' },
  };
  assert.deepEqual(reportSettings(resolve(sources)), [
    { name: 'api-hash', value: 'set', from: 'environment', by: 'TG_API_HASH' },
    { name: 'dc', value: '4', from: 'flag', by: '--dc' },
    { name: 'proxy', value: 'SOCKS 10.0.0.1:1080, with a password', from: 'environment', by: 'TG_AUTH_PROXY' },
    { name: 'timeout', value: '7', from: 'config', by: '"timeout" in config.json' },
    { name: 'session-string', value: 'set', from: 'flag', by: '--session-string' },
  ]);
  const other = { flags: {}, env: { TG_AUTH_PROXY: `127.0.0.1:443:${secret}` }, config: {} };
  assert.deepEqual(reportSettings(resolve(other)), [
    { name: 'proxy', value: 'MTProxy 127.0.0.1:443, with a secret', from: 'environment', by: 'TG_AUTH_PROXY' },
  ]);
});
