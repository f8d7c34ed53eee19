/** Proxies as text: every form, invalid text, and that messages never repeat the text. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../../../src/bytes.ts';
import { UsageError } from '../../../src/errors.ts';
import { type ProxyServer, parseProxy, readProxy, showAddress, showProxy } from '../../../src/net/dial/proxy.ts';

/** 16 bytes with every hex digit. */
const KEY = '00112233445566778899aabbccddeeff';
const DOMAIN = 'www.example.com';
const SECRETS = { plain: KEY, padded: `dd${KEY}`, tls: `ee${KEY}${Buffer.from(DOMAIN).toString('hex')}` };

/** Returns all fields of a proxy as text. */
function summary(proxy: ProxyServer | undefined): string {
  if (proxy === undefined) return 'none';
  const where = showAddress(proxy.address);
  if (proxy.kind === 'mtproxy') {
    const { secret } = proxy;
    return `mtproxy ${where} ${secret.kind} ${toHex(secret.key)}${secret.kind === 'tls' ? ` ${secret.domain}` : ''}`;
  }
  const who = proxy.credentials === undefined ? '' : ` as ${JSON.stringify(Object.values(proxy.credentials))}`;
  if (proxy.kind === 'http') return `http${proxy.secure ? ' in TLS' : ''} ${where}${who}`;
  return `socks ${proxy.version}${proxy.resolves ? ' resolves' : ''} ${where}${who}`;
}

const FORMS: readonly (readonly [text: string, proxy: string])[] = [
  // Schemes and default ports.
  ['socks5://10.0.0.1:9050', 'socks 5 10.0.0.1:9050'],
  ['socks5://10.0.0.1', 'socks 5 10.0.0.1:1080'],
  ['socks5h://proxy.example', 'socks 5 resolves proxy.example:1080'],
  ['socks://proxy.example', 'socks 5 resolves proxy.example:1080'],
  ['socks4://10.0.0.1', 'socks 4 10.0.0.1:1080'],
  ['socks4a://proxy.example:1081', 'socks 4 resolves proxy.example:1081'],
  ['http://proxy.example', 'http proxy.example:80'],
  ['http://proxy.example:8080/', 'http proxy.example:8080'],
  ['http://proxy.example:80', 'http proxy.example:80'],
  ['http://proxy.example:443', 'http proxy.example:443'],
  ['https://proxy.example', 'http in TLS proxy.example:443'],
  ['https://proxy.example:443', 'http in TLS proxy.example:443'],
  ['https://proxy.example:3129', 'http in TLS proxy.example:3129'],
  ['SOCKS5://10.0.0.1', 'socks 5 10.0.0.1:1080'],
  ['  http://proxy.example:8080\n', 'http proxy.example:8080'],
  // IPv6.
  ['socks5://[::1]:9050', 'socks 5 [::1]:9050'],
  ['socks5://[2001:db8::1]', 'socks 5 [2001:db8::1]:1080'],
  ['http://[::1]', 'http [::1]:80'],
  ['https://[2001:db8::1]:8443', 'http in TLS [2001:db8::1]:8443'],
  // Credentials.
  ['socks5://alice:swordfish@10.0.0.1', 'socks 5 10.0.0.1:1080 as ["alice","swordfish"]'],
  ['socks4a://alice@10.0.0.1', 'socks 4 resolves 10.0.0.1:1080 as ["alice",""]'],
  ['http://alice:@10.0.0.1', 'http 10.0.0.1:80 as ["alice",""]'],
  ['http://:swordfish@10.0.0.1', 'http 10.0.0.1:80 as ["","swordfish"]'],
  ['https://al%40ice:open%3A%20s%40same%2f%25@[::1]', 'http in TLS [::1]:443 as ["al@ice","open: s@same/%"]'],
  ['socks5h://%E2%82%AC:p%C3%A4ss@10.0.0.1', 'socks 5 resolves 10.0.0.1:1080 as ["€","päss"]'],
  ['http://päss:€@10.0.0.1', 'http 10.0.0.1:80 as ["päss","€"]'],
  // Links.
  ...[
    'tg://proxy?',
    'tg:proxy?',
    'tg:/proxy?',
    'https://t.me/proxy?',
    'http://telegram.me/proxy?',
    'https://telegram.dog/proxy?',
  ].map((start) => [`${start}server=10.0.0.1&port=443&secret=${KEY}`, `mtproxy 10.0.0.1:443 plain ${KEY}`] as const),
  ...[
    't.me/proxy?',
    'T.me/proxy?',
    '//t.me/proxy?',
    'www.telegram.me/proxy?',
    'telegram.dog/proxy/?',
    'https://www.t.me/proxy?',
    'https://t.me/proxy/?',
    'HTTPS://T.ME/PROXY?',
    'tg://proxy/?',
    'TG://PROXY?',
    'Tg:Proxy?',
    'TG://PROXY?SERVER=10.0.0.1&PORT=443&',
  ].map((start) => [`${start}server=10.0.0.1&port=443&secret=${KEY}`, `mtproxy 10.0.0.1:443 plain ${KEY}`] as const),
  [`https://t.me/proxy?server=10.0.0.1&amp;port=443&amp;secret=${KEY}`, `mtproxy 10.0.0.1:443 plain ${KEY}`],
  ['t.me/socks?server=10.0.0.1&amp;port=1080&AMP;user=alice', 'socks 5 resolves 10.0.0.1:1080 as ["alice",""]'],
  // International host names.
  ['socks5://пример.test', 'socks 5 xn--e1afmkfd.test:1080'],
  ['socks5h://alice:swordfish@пример.test:99', 'socks 5 resolves xn--e1afmkfd.test:99 as ["alice","swordfish"]'],
  ['http://пример.test', 'http xn--e1afmkfd.test:80'],
  ['tg://socks?server=пример.test&port=1080', 'socks 5 resolves xn--e1afmkfd.test:1080'],
  [`пример.test:443:${KEY}`, `mtproxy xn--e1afmkfd.test:443 plain ${KEY}`],
  [
    `t.me/proxy?server=%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.test&port=443&secret=${KEY}`,
    `mtproxy xn--e1afmkfd.test:443 plain ${KEY}`,
  ],
  ['http://alice:sword@fish@10.0.0.1', 'http 10.0.0.1:80 as ["alice","sword@fish"]'],
  [`tg://proxy?secret=${SECRETS.tls}&port=8443&server=mt.example`, `mtproxy mt.example:8443 tls ${KEY} ${DOMAIN}`],
  [`tg://proxy?server=2001:db8::1&port=443&secret=${SECRETS.padded}`, `mtproxy [2001:db8::1]:443 padded ${KEY}`],
  [`tg://proxy?server=[::1]&port=443&secret=${SECRETS.padded}`, `mtproxy [::1]:443 padded ${KEY}`],
  ['tg://socks?server=10.0.0.1&port=1080', 'socks 5 resolves 10.0.0.1:1080'],
  [
    'tg:socks?server=::1&port=1080&user=alice&pass=open%3As%40same',
    'socks 5 resolves [::1]:1080 as ["alice","open:s@same"]',
  ],
  [
    'https://t.me/socks?server=proxy.example&port=9050&user=alice',
    'socks 5 resolves proxy.example:9050 as ["alice",""]',
  ],
  // HOST:PORT:SECRET.
  [`10.0.0.1:443:${SECRETS.plain}`, `mtproxy 10.0.0.1:443 plain ${KEY}`],
  [`mt.example:443:${SECRETS.padded.toUpperCase()}`, `mtproxy mt.example:443 padded ${KEY}`],
  [`[::1]:443:${SECRETS.tls}`, `mtproxy [::1]:443 tls ${KEY} ${DOMAIN}`],
];

describe('a proxy is read', () => {
  for (const [text, proxy] of FORMS)
    test(JSON.stringify(text), () => {
      assert.equal(summary(readProxy(text)), proxy);
      assert.deepEqual(parseProxy(text), readProxy(text));
    });

  test('with its secret in hex and in both alphabets of base64, padded or not', () => {
    for (const [kind, hex] of Object.entries({ ...SECRETS, plus: `dd${'fb'.repeat(16)}`, slash: 'ff'.repeat(16) })) {
      const bytes = Buffer.from(hex, 'hex');
      const url = bytes.toString('base64url');
      const [from] = ['10.0.0.1:443:'];
      const expected = summary(readProxy(from + hex));
      assert.notEqual(expected, 'none', kind);
      for (const secret of [hex, hex.toUpperCase(), bytes.toString('base64'), url]) {
        assert.equal(summary(readProxy(from + secret)), expected, kind);
        // Plain and escaped: a + in a query means a space.
        for (const written of [secret, encodeURIComponent(secret)])
          assert.equal(summary(readProxy(`tg://proxy?server=10.0.0.1&port=443&secret=${written}`)), expected, kind);
      }
    }
  });

  test('with any escaped name and password', () => {
    const scheme = fc.constantFrom('socks5', 'socks5h', 'socks4a', 'http', 'https');
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(scheme, text, text, (name, user, password) => {
        const proxy = parseProxy(`${name}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@10.0.0.1:99`);
        assert.ok(proxy.kind !== 'mtproxy');
        assert.deepEqual(proxy.credentials, { user, password });
        assert.deepEqual(proxy.address, { host: '10.0.0.1', port: 99 });
      }),
    );
  });

  test('with any address, the same in each form', () => {
    // As URLs write them: they shorten IPv6 addresses.
    const v6 = fc.ipV6().map((each) => new URL(`http://[${each}]`).hostname.slice(1, -1));
    const host = fc.oneof(fc.ipV4(), v6, fc.domain());
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65535 }), (name, port) => {
        const address = { host: name, port };
        const shown = showAddress(address);
        const link = `server=${name}&port=${port}`;
        for (const text of [
          `socks5://${shown}`,
          `tg://socks?${link}`,
          `tg://proxy?${link}&secret=${KEY}`,
          `${shown}:${KEY}`,
        ])
          assert.deepEqual(parseProxy(text).address, address);
      }),
    );
  });
});

const REFUSED = [
  '',
  'proxy.example',
  'proxy.example:1080',
  '10.0.0.1:1080',
  '[::1]:1080',
  'ftp://proxy.example',
  'socks6://proxy.example',
  'socks5:',
  'socks5://',
  'socks5://:1080',
  'socks5://alice:swordfish@',
  'socks5://10.0.0.1:0',
  'socks5://10.0.0.1:65536',
  'socks5://10.0.0.1:http',
  'socks5://10.0.0.1/somewhere',
  'http://10.0.0.1:8080/?a=b',
  'http://10.0.0.1:8080/#a',
  'http://alice:sword%fish@10.0.0.1',
  'socks5://alice:%ff@10.0.0.1',
  'http://alice:sword/fish@10.0.0.1',
  'http://alice:sword#fish@10.0.0.1',
  // Links.
  'tg://resolve?domain=durov',
  'tg://proxy',
  `tg://proxy?port=443&secret=${KEY}`,
  `tg://proxy?server=&port=443&secret=${KEY}`,
  `tg://proxy?server=10.0.0.1&secret=${KEY}`,
  `tg://proxy?server=10.0.0.1&port=0&secret=${KEY}`,
  `tg://proxy?server=10.0.0.1&port=65536&secret=${KEY}`,
  `tg://proxy?server=10.0.0.1&port=4e2&secret=${KEY}`,
  'tg://proxy?server=10.0.0.1&port=443',
  'tg://proxy?server=10.0.0.1&port=443&secret=',
  `tg://proxy?server=10.0.0.1&port=443&secret=${KEY.slice(1)}`,
  `tg://proxy?server=10.0.0.1&port=443&secret=cc${KEY}`,
  `tg://proxy?server=10.0.0.1&port=443&secret=ee${KEY}`,
  // Impossible characters in a host.
  `tg://proxy?server=no%00name&port=443&secret=${KEY}`,
  `https://t.me/proxy?server=no%01name&port=443&secret=${KEY}`,
  'tg://socks?server=no%00name&port=1080',
  'tg://socks?server=no%7Fname&port=1080',
  'http://no%00name',
  'socks5://no\0name',
  `no\0name:443:${KEY}`,
  `no\x01name:443:${KEY}`,
  'tg://socks?port=1080',
  'tg://socks?server=10.0.0.1',
  `https://t.me.example/proxy?server=10.0.0.1&port=443&secret=${KEY}`,
  `https://t.me/proxies?server=10.0.0.1&port=443&secret=${KEY}`,
  'https://t.me/durov',
  'tg://socks?server=alice:swordfish@10.0.0.1&port=1080',
  'tg://socks?server=10.0.0.1:1080&port=1080',
  'tg://socks?server=http://10.0.0.1&port=1080',
  'tg://socks?server=proxy%20example&port=1080',
  // HOST:PORT:SECRET.
  `10.0.0.1:0:${KEY}`,
  `10.0.0.1:65536:${KEY}`,
  `10.0.0.1:443:${KEY.slice(2)}`,
  `:443:${KEY}`,
  `::1:443:${KEY}`,
  '10.0.0.1:443:swordfish!',
];

describe('invalid text is refused', () => {
  for (const text of REFUSED)
    test(JSON.stringify(text), () => {
      assert.equal(summary(readProxy(text)), 'none');
      assert.throws(() => parseProxy(text), UsageError);
    });

  test('a reserved character in a password is named with its escape', () => {
    const reserved = fc.constantFrom('/', '?', '#', '%');
    const part = fc.stringMatching(/^[g-z]{0,8}$/);
    const scheme = fc.constantFrom('socks5', 'socks5h', 'http', 'https', 'SOCKS5');
    fc.assert(
      fc.property(scheme, part, part, reserved, (name, before, after, mark) => {
        const text = `${name}://alice:${before}${mark}${after}@10.0.0.1:1080`;
        assert.match(messageOf(text) ?? '', /user and password escaped: % as %25, \/ as %2F/);
      }),
    );
  });

  test('a webproxy link is named as not supported', () => {
    for (const start of ['tg://webproxy', 'https://t.me/webproxy', 't.me/webproxy', 'TG://WEBPROXY', 'tg:webproxy/'])
      assert.match(
        messageOf(`${start}?server=10.0.0.1&port=443&secret=x`) ?? '',
        /webproxy links are not supported yet/,
      );
  });

  test('with one of three messages', () => {
    const words = ['', 'http://a:/@', 'tg://webproxy'].map(messageOf);
    const password = fc.string({ unit: 'binary' });
    const broken = fc.oneof(
      password,
      password.map((each) => `ftp://alice:${encodeURIComponent(each)}@10.0.0.1`),
      password.map((each) => `socks5://alice:${each}%@10.0.0.1`),
      password.map((each) => `http://alice:${each}@10.0.0.1:99999`),
      password.map((each) => `tg://proxy?server=10.0.0.1&port=443&secret=${each}!`),
      password.map((each) => `10.0.0.1:443:${each}!`),
    );
    fc.assert(
      fc.property(broken, (text) => {
        const said = messageOf(text);
        assert.ok(said === undefined || words.includes(said), said);
      }),
      { numRuns: 500 },
    );
  });
});

/** Returns the whole text of the error; `undefined` if the text is valid. */
function messageOf(text: string): string | undefined {
  try {
    parseProxy(text);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof UsageError);
    const { message, next, cause } = error;
    return JSON.stringify({ message, next, cause });
  }
}

describe('a proxy is shown', () => {
  test('by its kind and its address', () => {
    const shown = FORMS.map(([text]) => showProxy(parseProxy(text)));
    for (const expected of [
      'SOCKS 10.0.0.1:9050',
      'HTTP [::1]:80',
      'HTTPS proxy.example:443',
      'MTProxy mt.example:8443',
    ])
      assert.ok(shown.includes(expected), expected);
  });

  test('without its password or its secret', () => {
    const scheme = fc.constantFrom('socks5', 'socks4a', 'http', 'https');
    const letters = fc.string({ unit: fc.constantFrom(...'QXZ@:/ %ü'), minLength: 3 });
    fc.assert(
      fc.property(scheme, letters, letters, (name, user, password) => {
        const text = `${name}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@proxy.example:99`;
        assert.match(showProxy(parseProxy(text)), /^(SOCKS|HTTPS?) proxy\.example:99$/);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom('', 'dd'), fc.uint8Array({ minLength: 16, maxLength: 16 }), (prefix, key) => {
        assert.equal(showProxy(parseProxy(`mt.example:99:${prefix}${toHex(key)}`)), 'MTProxy mt.example:99');
      }),
    );
  });
});
