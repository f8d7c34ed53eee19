/**
 * Holds the house to its design: a file imports from its own room or from a line below, and rooms on one line do not see each other.
 * Which room may use which package or part of Node.js, and why, stands in the table below; what is not in it fails with a sentence.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Room {
  readonly line: 1 | 2 | 3 | 4 | 5;
  /** Package or node: module → why this room uses it. */
  readonly uses: Readonly<Record<string, string>>;
}

/** Rooms are the folders of src, and each file right in src is one of its own. */
const ROOMS: Readonly<Record<string, Room>> = {
  'bytes.ts': { line: 1, uses: {} },
  'errors.ts': { line: 1, uses: {} },
  'printable.ts': { line: 1, uses: {} },
  'version.ts': { line: 1, uses: {} },
  'catalogue.ts': { line: 1, uses: {} },
  tl: { line: 2, uses: { 'node:buffer': 'whether a string is UTF-8', 'node:zlib': 'gzip_packed' } },
  crypto: {
    line: 2,
    uses: {
      '@noble/hashes': 'SHA-1 and SHA-256 of short texts, without the cost of loading OpenSSL',
      'big-integer': 'the range checks and residues of numbers that are no secret',
      'node:crypto': 'arithmetic on secrets in constant time, AES, and PBKDF2',
      'node:util': 'the promise of PBKDF2',
    },
  },
  transport: { line: 3, uses: { 'node:zlib': 'CRC-32 of the full transport' } },
  mtproto: { line: 3, uses: { 'node:crypto': 'reads and writes the PEM of a server key' } },
  net: {
    line: 4,
    uses: {
      'node:net': 'TCP',
      'node:tls': 'the certificates of HTTPS proxies and WebSockets',
      'node:http': 'HTTP CONNECT',
      'node:dns/promises': 'names that socks5:// leaves to this machine',
      'node:timers/promises': 'pauses between attempts',
      socks: 'SOCKS proxies',
      ws: 'WebSocket',
    },
  },
  auth: { line: 4, uses: {} },
  session: {
    line: 4,
    uses: {
      'node:crypto': 'scrypt and AES-256-GCM of a session behind a passphrase',
      'node:fs': 'the folders and files of the sessions, and their locks',
      'node:os': 'the name of the machine in a lock',
      'node:path': 'the names of the files',
      'node:timers/promises': 'the wait for a lock',
    },
  },
  sandbox: {
    line: 4,
    uses: {
      'node:crypto': 'makes the server key',
      'node:http': 'reads the request that opens a WebSocket',
      'node:net': 'TCP',
      'node:stream': 'the type of a connection of either kind',
      ws: 'WebSocket, by those who come over it',
    },
  },
  cli: {
    line: 5,
    uses: {
      chalk: 'colours',
      commander: 'parses argv',
      'env-paths': 'the folders of a user on each system',
      inquirer: 'prompts',
      '@inquirer/core': 'the prompt for a code, which has keys and a countdown',
      qr: 'the QR code of a login',
      'node:child_process': 'the command behind `sandbox --`',
      'node:events': 'the end of the command behind `sandbox --`, and how many may hear of the deadline',
      'node:fs': 'the config file, and the temporary folder of `sandbox --`',
      'node:fs/promises': 'the same',
      'node:os': 'the home folder, numbers of signals',
      'node:path': 'names of files',
      'node:stream': 'reads stdin until a deadline',
    },
  },
  'library.ts': {
    line: 5,
    uses: { 'node:crypto': 'randomness', 'node:os': 'what initConnection tells of the system' },
  },
  'index.ts': { line: 5, uses: {} },
};

/** Packages with one user, so that the rest of the house does not depend on them. */
const SOLE_USERS: Readonly<Record<string, string>> = {
  'big-integer': 'crypto/number.ts',
  commander: 'cli/program.ts',
  inquirer: 'cli/ask/prompts.ts',
  '@inquirer/core': 'cli/ask/code-prompt.ts',
  qr: 'cli/tell/qr-code.ts',
  chalk: 'cli/tell/output.ts',
  'env-paths': 'cli/settings/folders.ts',
  socks: 'net/dial/tunnel.ts',
};

/** What the lower lines are given as parameters and must not fetch by themselves. */
const FORBIDDEN: readonly { readonly upTo: number; readonly what: RegExp; readonly why: string }[] = [
  { upTo: 4, what: /\bprocess\./, why: 'reads `process`, which only the command line and the library may' },
  {
    upTo: 3,
    what: /\bDate\.now\b|\bnew Date\(\)|\bperformance\./,
    why: 'reads a clock; time is a parameter on lines 1 to 3',
  },
  {
    upTo: 3,
    what: /\bMath\.random\b|\brandomBytes\b|\brandomFill|\bgetRandomValues\b|\brandomUUID\b/,
    why: 'draws random numbers; randomness is a parameter on lines 1 to 3',
  },
];

const src = join(dirname(fileURLToPath(import.meta.url)), '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

function roomOf(file: string): string {
  const [first = ''] = file.split('/');
  if (first === 'catalogue') return 'catalogue.ts'; // its data are in a folder
  return first;
}

/** The code without its comments; a `//` inside a text is a URL's and has a colon before it. */
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

/** What is wrong with one import, as a sentence. */
function complaint(file: string, target: string): string | undefined {
  const name = roomOf(file);
  const room = ROOMS[name];
  if (room === undefined)
    return `src/${file} is in a room that test/rooms.test.ts does not know: give ${name} a line in its table.`;
  if (!target.startsWith('.')) {
    const parts = target.split('/').slice(0, target.startsWith('@') || /^node:(fs|timers|dns)\//.test(target) ? 2 : 1);
    const used = parts.join('/');
    if (room.uses[used] === undefined)
      return `src/${file} uses ${used}, which the room ${name} has no reason for in test/rooms.test.ts.`;
    const sole = SOLE_USERS[used];
    return sole === undefined || sole === file
      ? undefined
      : `src/${file} uses ${used}, whose only user is src/${sole}.`;
  }
  const other = roomOf(posix.join(posix.dirname(file), target));
  const line = ROOMS[other]?.line;
  if (other === 'library.ts' && room.line === 5) return undefined; // the command line is built on it
  if (other === name || (line !== undefined && (line < room.line || (line === 1 && room.line === 1)))) return undefined;
  return line === room.line
    ? `src/${file} imports ${target}: ${name} and ${other} are on one line (${line}), and rooms on one line do not see each other.`
    : `src/${file} imports ${target}: ${other} (line ${line}) is above ${name} (line ${room.line}).`;
}

test('every import comes from the own room, a line below, or the table', () => {
  const complaints = files.flatMap((file) => importsOf(codeOf(file)).map((target) => complaint(file, target)));
  assert.deepEqual(
    complaints.filter((each) => each !== undefined),
    [],
  );
});

test('the table holds nothing that is not used', () => {
  const used = new Set(files.flatMap((file) => importsOf(codeOf(file)).map((target) => `${roomOf(file)} ${target}`)));
  const entries = Object.entries(ROOMS).flatMap(([name, { uses }]) =>
    Object.keys(uses).map((what) => `${name} ${what}`),
  );
  assert.deepEqual(
    entries.filter((entry) => ![...used].some((each) => each === entry || each.startsWith(`${entry}/`))),
    [],
  );
});

test('the lower lines are given time, randomness and the process', () => {
  const complaints = files.flatMap((file) =>
    FORBIDDEN.filter(({ upTo, what }) => (ROOMS[roomOf(file)]?.line ?? 5) <= upTo && what.test(codeOf(file))).map(
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
  assert.deepEqual(long, [], 'say "over 300 lines because …" at the head of the file, or find the wall in it');
});

test('the rule itself finds what it forbids', () => {
  assert.match(complaint('net/client.ts', '../auth/code.ts') ?? '', /on one line/);
  assert.match(complaint('tl/codec.ts', '../net/client.ts') ?? '', /is above/);
  assert.match(complaint('auth/code.ts', 'node:net') ?? '', /no reason/);
  assert.match(complaint('cli/main.ts', 'commander') ?? '', /only user/);
  assert.deepEqual(importsOf(`import type { A } from './a.ts';\nexport { b } from '../b.ts';\nawait import('c');`), [
    './a.ts',
    '../b.ts',
    'c',
  ]);
});
