/** The snippets of `sandbox --show`. test/peers runs them with the libraries that are there. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LIBRARIES } from '../../../src/cli/sandbox/libraries.ts';
import { snippetFor } from '../../../src/cli/sandbox/snippets.ts';
import { parseServerKey } from '../../../src/mtproto/server-key.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { folder, POSIX } from '../../scripts/cli.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ dcs: 3 });
});
after(() => sandbox.close());

/** The snippet for TDLib uses GNU sed. */
const LINUX = { skip: process.platform === 'linux' ? false : 'needs GNU sed' };

/** Libraries whose snippet names only the first DC: they ask it for the addresses of the others. */
const ASK: readonly string[] = ['telethon', 'mtcute', 'tg-auth'];

describe('a snippet', () => {
  for (const library of LIBRARIES)
    test(`for ${library} has the addresses and the key`, () => {
      const snippet = snippetFor(library, sandbox);
      assert.ok(snippet.includes(sandbox.host));
      for (const { id, port } of sandbox.dcs)
        if (id === 2 || !ASK.includes(library)) assert.ok(snippet.includes(String(port)), `DC ${id}`);
      const { n, fingerprint } = parseServerKey(sandbox.publicKey);
      const [, line = ''] = sandbox.publicKey.split('\n');
      const forms = [line, `0x${Buffer.from(n).toString('hex')}`.slice(2), String(fingerprint)];
      assert.ok(forms.some((form) => snippet.includes(form)));
      assert.doesNotMatch(snippet, /undefined|\[object/);
    });

  test('names the first DC if there is no DC 2', async () => {
    await using one = await startSandbox({ dcs: 1 });
    assert.match(snippetFor('telethon', one), /set_dc\(1, .*\+9996611234/s);
  });

  test('has an IPv6 address, or is refused where the snippet cannot use one', async () => {
    await using six = await startSandbox({ host: '::1' });
    assert.match(snippetFor('tg-auth', six), /TG_AUTH_SERVER='\[::1\]:\d+'/);
    for (const library of ['grammers', 'tdlib'] as const)
      assert.throws(() => snippetFor(library, six), /needs an IPv4 address/);
  });

  test('is valid in its language', POSIX, () => {
    const file = (name: string, text: string) => {
      const path = join(folder(), name);
      writeFileSync(path, text);
      return path;
    };
    for (const library of ['gramjs', 'teleproto'] as const)
      execFileSync(process.execPath, ['--check', file('client.cjs', snippetFor(library, sandbox))]);
    execFileSync(process.execPath, ['--check', file('client.mjs', snippetFor('mtcute', sandbox))]);
    for (const library of ['tg-auth', 'tdlib'] as const)
      execFileSync('/bin/sh', ['-n', file('client.sh', snippetFor(library, sandbox))]);
    for (const library of ['telethon', 'pyrogram'] as const) {
      const parse = ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'];
      const { error, status } = spawnSync('python3', parse, { input: snippetFor(library, sandbox) });
      assert.ok(error !== undefined || status === 0, `Python, where it is installed, reads the snippet for ${library}`);
    }
  });
});

test('the snippet for TDLib replaces the test data centres in its source', LINUX, () => {
  const root = folder();
  const net = join(root, 'td/telegram/net');
  execFileSync('mkdir', ['-p', net]);
  // Lines of the same form as in TDLib.
  const addresses = [
    '    add_ip_ports(1, {"149.154.175.10"}, ports);',
    '    add_ip_ports(2, {"149.154.167.40"}, ports);',
    '    add_ip_ports(3, {"149.154.175.117"}, ports);',
    '    add_ip_ports(2, {"2001:67c:4e8:f002::e"}, ports, HostType::IPv6);',
    '    add_ip_ports(2, {"149.154.167.51", "95.161.76.100"}, ports);',
    '    add_ip_ports(2, {"2001:67c:4e8:f002::a"}, ports, HostType::IPv6);',
  ];
  writeFileSync(join(net, 'ConnectionCreator.cpp'), addresses.join('\n'));
  const keys = ['  if (is_test) {', '    add_pem(', '        "test");', '    return;', '  }', '  add_pem("main");'];
  writeFileSync(join(net, 'PublicRsaKeySharedMain.cpp'), keys.join('\n'));
  const two = { ...sandbox, dcs: sandbox.dcs.slice(0, 2) };
  execFileSync('/bin/sh', ['-c', snippetFor('tdlib', two)], { cwd: root });
  const [one, second] = two.dcs;
  const read = (name: string) => execFileSync('cat', [join(net, name)], { encoding: 'utf8' }).split('\n');
  assert.deepEqual(read('ConnectionCreator.cpp'), [
    `    add_ip_ports(1, {"127.0.0.1"}, {${one?.port}});`,
    `    add_ip_ports(2, {"127.0.0.1"}, {${second?.port}});`,
    ...addresses.slice(4),
  ]);
  const pem = sandbox.publicKey.trimEnd().replaceAll('\n', '\\n');
  assert.deepEqual(read('PublicRsaKeySharedMain.cpp'), [
    '  if (is_test) {',
    `    add_pem("${pem}");`,
    '    return;',
    ...keys.slice(4),
  ]);
});
