/** The proxy that a command uses, and what the doctor shows of the settings. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportSettings } from '../../../src/cli/doctor/settings-report.ts';
import { resolve } from '../../../src/cli/settings/options.ts';
import { proxyFor } from '../../../src/cli/settings/proxy-choice.ts';
import type { Globals } from '../../../src/cli/settings/setting.ts';

const PROXY = 'socks5://alice:swordfish@10.0.0.1:1080';

interface Settings {
  readonly flags?: Globals;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
}

function isProxied({ flags = {}, env = {}, config = {} }: Settings): boolean {
  const options = resolve({ flags, env: { TG_AUTH_SERVER_KEY: 'key.pem', ...env }, config });
  return proxyFor(options, env) !== undefined;
}

const at = (host: string) => ({ TG_AUTH_SERVER: `${host}:443` });

describe('a proxy', () => {
  for (const [name, settings, expected] of [
    ['from the flag is used for Telegram', { flags: { proxy: PROXY } }, true],
    ['from our variable, too', { env: { TG_AUTH_PROXY: PROXY } }, true],
    ['from ALL_PROXY, too', { env: { ALL_PROXY: PROXY } }, true],
    ['from the config file, too', { config: { proxy: PROXY } }, true],
    ['that is empty is not used', { env: { TG_AUTH_PROXY: '', ALL_PROXY: '' } }, false],
    ['from the flag is used for a server on this machine', { flags: { proxy: PROXY }, env: at('127.0.0.1') }, true],
    [
      'from our variable is used for a server on this machine',
      { env: { TG_AUTH_PROXY: PROXY, ...at('127.0.0.1') } },
      true,
    ],
    [
      'from ALL_PROXY is not used for a server on this machine',
      { env: { ALL_PROXY: PROXY, ...at('127.0.0.1') } },
      false,
    ],
    ['nor for localhost', { env: { all_proxy: PROXY, ...at('localhost') } }, false],
    ['nor is one from the config file', { config: { proxy: PROXY }, env: at('127.0.0.5') }, false],
    ['from ALL_PROXY is used for another server', { env: { ALL_PROXY: PROXY, ...at('dc.example.org') } }, true],
    [
      'but not for a host in NO_PROXY',
      { env: { ALL_PROXY: PROXY, NO_PROXY: 'a.org, .example.org', ...at('dc.example.org') } },
      false,
    ],
    [
      'nor for a host with its port there',
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
      'is used where NO_PROXY holds only the end of the host name',
      { env: { ALL_PROXY: PROXY, NO_PROXY: 'ample.org', ...at('dc.example.org') } },
      true,
    ],
    ['is used for the embedded sandbox if the flag names it', { flags: { proxy: PROXY, sandbox: true } }, true],
    ['and not otherwise', { flags: { sandbox: true }, env: { TG_AUTH_PROXY: PROXY } }, false],
  ] as const satisfies [string, Settings, boolean][])
    test(name, () => assert.equal(isProxied(settings), expected));
});

test('the report of the settings has their sources and no secrets', () => {
  const secret = 'ee00112233445566778899aabbccddeeff6578616d706c652e6f7267';
  const sources = {
    flags: { dc: '4', 'session-string': 'swordfish' },
    env: { TG_API_HASH: '0123456789abcdef0123456789abcdef', TG_AUTH_PROXY: PROXY },
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
