/**
 * The layers of src: a file imports from its own folder or from a lower layer, and folders of one layer do not import
 * each other. The table below says which folder may use which package or part of Node.js, and why.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Folder {
  readonly layer: 1 | 2 | 3 | 4 | 5;
  /** Package or node: module → why this folder uses it. */
  readonly uses: Readonly<Record<string, string>>;
}

/** The folders of src. Each file directly in src counts as a folder of its own. */
const FOLDERS: Readonly<Record<string, Folder>> = {
  'bytes.ts': { layer: 1, uses: {} },
  'errors.ts': { layer: 1, uses: {} },
  'printable.ts': { layer: 1, uses: {} },
  'version.ts': { layer: 1, uses: {} },
  'catalogue.ts': { layer: 1, uses: {} },
  tl: { layer: 2, uses: { 'node:buffer': 'checks that a string is UTF-8', 'node:zlib': 'gzip_packed' } },
  crypto: {
    layer: 2,
    uses: {
      '@noble/hashes': 'HMAC-SHA-256 of fake TLS',
      'big-integer': 'range checks and residues of public numbers',
      'node:crypto': 'constant-time arithmetic on secrets, AES, hashes and PBKDF2',
      'node:util': 'the promise of PBKDF2',
    },
  },
  transport: { layer: 3, uses: { 'node:zlib': 'CRC-32 of the full transport' } },
  mtproto: { layer: 3, uses: { 'node:crypto': 'reads and writes the PEM of a server key' } },
  net: {
    layer: 4,
    uses: {
      'node:net': 'TCP',
      'node:tls': 'HTTPS proxies and WebSockets',
      'node:http': 'HTTP CONNECT',
      'node:dns/promises': 'host names, which socks5:// resolves on this machine',
      'node:timers/promises': 'pauses between attempts',
      socks: 'SOCKS proxies',
      ws: 'WebSocket',
    },
  },
  auth: { layer: 4, uses: {} },
  session: {
    layer: 4,
    uses: {
      'node:crypto': 'scrypt and AES-256-GCM for sessions with a passphrase',
      'node:fs': 'session folders, files and locks',
      'node:os': 'the host name in a lock',
      'node:path': 'file names',
      'node:timers/promises': 'waiting for a lock',
    },
  },
  sandbox: {
    layer: 4,
    uses: {
      'node:crypto': 'makes the server key and the token of the control API',
      'node:http': 'the request that opens a WebSocket; the control API',
      'node:net': 'TCP',
      'node:stream': 'the type of a TCP or WebSocket connection',
      ws: 'WebSocket clients',
    },
  },
  cli: {
    layer: 5,
    uses: {
      chalk: 'colours',
      commander: 'parses argv',
      inquirer: 'prompts',
      '@inquirer/core': 'the prompt for a code, with keys and a countdown',
      qr: 'QR codes',
      'node:net': 'a pipe that is named as a file',
      'node:tty': 'whether the terminal is still there',
      'node:child_process': 'the command after `sandbox --`',
      'node:events': 'the end of the command after `sandbox --`; the number of listeners of the deadline',
      'node:fs': 'the config file, and the temporary folder of `sandbox --`',
      'node:fs/promises': 'the same',
      'node:os': 'the home folder, signal numbers',
      'node:path': 'file names',
      'node:stream': 'stdin, until a deadline',
    },
  },
  'library.ts': {
    layer: 5,
    uses: { 'node:crypto': 'randomness', 'node:os': 'the system version for initConnection' },
  },
  'index.ts': { layer: 5, uses: {} },
};

/** Packages that only one file may use, so that nothing else depends on them. */
const SOLE_USERS: Readonly<Record<string, string>> = {
  'big-integer': 'crypto/number.ts',
  commander: 'cli/program.ts',
  inquirer: 'cli/ask/prompts.ts',
  '@inquirer/core': 'cli/ask/code-prompt.ts',
  qr: 'cli/tell/qr-code.ts',
  chalk: 'cli/tell/output.ts',
  socks: 'net/dial/tunnel.ts',
};

/** What lower layers get as parameters and must not read themselves. */
const FORBIDDEN: readonly { readonly upTo: number; readonly what: RegExp; readonly why: string }[] = [
  { upTo: 4, what: /\bprocess\./, why: 'reads `process`, which only layer 5 may' },
  {
    upTo: 3,
    what: /\bDate\.now\b|\bnew Date\(\)|\bperformance\./,
    why: 'reads a clock; time is a parameter in layers 1 to 3',
  },
  {
    upTo: 3,
    what: /\bMath\.random\b|\brandomBytes\b|\brandomFill|\bgetRandomValues\b|\brandomUUID\b/,
    why: 'draws random numbers; randomness is a parameter in layers 1 to 3',
  },
];

const src = join(dirname(fileURLToPath(import.meta.url)), '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

function folderOf(file: string): string {
  const [first = ''] = file.split('/');
  if (first === 'catalogue') return 'catalogue.ts'; // its entries
  return first;
}

/** The code without comments. A `//` inside a string belongs to a URL and follows a colon. */
function codeOf(file: string): string {
  return readFileSync(join(src, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1');
}

function importsOf(code: string): string[] {
  const found = code.matchAll(
    /^(?:import|export)\s[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}

/** What is wrong with one import; `undefined` if nothing is. */
function complaint(file: string, target: string): string | undefined {
  const name = folderOf(file);
  const folder = FOLDERS[name];
  if (folder === undefined) return `src/${file}: ${name} is not in the table of test/rooms.test.ts.`;
  if (!target.startsWith('.')) {
    const parts = target.split('/').slice(0, target.startsWith('@') || /^node:(fs|timers|dns)\//.test(target) ? 2 : 1);
    const used = parts.join('/');
    if (folder.uses[used] === undefined)
      return `src/${file} uses ${used}, but test/rooms.test.ts gives no reason for it in ${name}.`;
    const sole = SOLE_USERS[used];
    return sole === undefined || sole === file
      ? undefined
      : `src/${file} uses ${used}, which only src/${sole} may use.`;
  }
  const other = folderOf(posix.join(posix.dirname(file), target));
  const layer = FOLDERS[other]?.layer;
  if (other === 'library.ts' && folder.layer === 5) return undefined; // the command line is built on it
  if (other === name || (layer !== undefined && (layer < folder.layer || (layer === 1 && folder.layer === 1))))
    return undefined;
  return layer === folder.layer
    ? `src/${file} imports ${target}, but ${name} and ${other} are in the same layer (${layer}).`
    : `src/${file} imports ${target}, but ${other} (layer ${layer}) is above ${name} (layer ${folder.layer}).`;
}

test('every import is from the same folder, a lower layer, or the table', () => {
  const complaints = files.flatMap((file) => importsOf(codeOf(file)).map((target) => complaint(file, target)));
  assert.deepEqual(
    complaints.filter((each) => each !== undefined),
    [],
  );
});

/** The shortest path of imports from a file back to itself; `undefined` if there is none. */
function circleOf(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const paths = [[start]];
  const seen = new Set<string>();
  for (const path of paths)
    for (const next of imports.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return [...path, next];
      if (!seen.has(next)) paths.push([...path, next]);
      seen.add(next);
    }
  return undefined;
}

test('no file imports itself through others, not even for types', () => {
  const targets = (file: string) => importsOf(codeOf(file)).filter((target) => target.startsWith('.'));
  const imports = new Map(files.map((file) => [file, targets(file).map((to) => posix.join(posix.dirname(file), to))]));
  const circles = files.flatMap((file) => circleOf(file, imports)?.join(' → ') ?? []);
  assert.deepEqual(circles, []);
});

test('the table has no unused entry', () => {
  const used = new Set(files.flatMap((file) => importsOf(codeOf(file)).map((target) => `${folderOf(file)} ${target}`)));
  const entries = Object.entries(FOLDERS).flatMap(([name, { uses }]) =>
    Object.keys(uses).map((what) => `${name} ${what}`),
  );
  assert.deepEqual(
    entries.filter((entry) => ![...used].some((each) => each === entry || each.startsWith(`${entry}/`))),
    [],
  );
});

test('lower layers get time, randomness and the process as parameters', () => {
  const complaints = files.flatMap((file) =>
    FORBIDDEN.filter(({ upTo, what }) => (FOLDERS[folderOf(file)]?.layer ?? 5) <= upTo && what.test(codeOf(file))).map(
      ({ why }) => `src/${file} ${why}.`,
    ),
  );
  assert.deepEqual(complaints, []);
});

test('no file is over 300 lines without a reason in its head comment', () => {
  const long = files.filter((file) => {
    const text = readFileSync(join(src, file), 'utf8');
    const head = /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? '';
    return text.split('\n').length > 301 && !/\bover 300 lines because\b/.test(head);
  });
  assert.deepEqual(long, [], 'split the file, or say "over 300 lines because …" in its head comment');
});

test('the check finds what it forbids', () => {
  assert.match(complaint('net/client.ts', '../auth/code.ts') ?? '', /same layer/);
  assert.match(complaint('tl/codec.ts', '../net/client.ts') ?? '', /is above/);
  assert.match(complaint('auth/code.ts', 'node:net') ?? '', /no reason/);
  assert.match(complaint('cli/main.ts', 'commander') ?? '', /only src/);
  const circle = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts', 'a.ts']],
  ]);
  assert.deepEqual(circleOf('a.ts', circle), ['a.ts', 'b.ts', 'a.ts']);
  assert.equal(circleOf('c.ts', circle), undefined);
  assert.deepEqual(importsOf(`import type { A } from './a.ts';\nexport { b } from '../b.ts';\nawait import('c');`), [
    './a.ts',
    '../b.ts',
    'c',
  ]);
});
