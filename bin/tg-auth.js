#!/usr/bin/env node
/**
 * Starts the bundle in dist/ with V8's code cache: a command compiled once is not compiled again, which saves a third
 * of its time.
 *
 * Each command has its own cache, since a cache holds the functions that ran. V8 trusts it: it compares only its own
 * version, its flags and the length of the source. So caches are kept in the user's cache folder, and one that another
 * user owns or could change is not read. Their names hold the hash that the build wrote into the bundle. Nothing is
 * written into the installed package.
 *
 * CommonJS, which Node.js starts a few milliseconds sooner than an ES module. An old Node.js must be able to parse this
 * file too, so that it can name the version that is required.
 */
'use strict';
// Comes first: until then other users can read the arguments, maybe secrets, in the process list. Not so on Windows.
if (process.platform !== 'win32') process.title = 'tg-auth';
checkRuntime();
// Until the bundle runs and takes over. Node.js would print its source.
process.once('uncaughtException', (error) => {
  fail(70, 'BUG', `Internal error in tg-auth: ${String(error).split('\n', 1)[0]}`, [], []);
});
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
const bundle = join(__dirname, '..', 'dist', 'cli.cjs');
/** The output of --help at 80 columns without colours. */
const help = join(__dirname, '..', 'dist', 'help.txt');
/** Enough for two versions of tg-auth; 25 MB. */
const MAX_CACHES = 40;

/** Ends with exit code 2 on a runtime that the bundle cannot run on. Deno can run it. */
function checkRuntime() {
  const { node, bun } = process.versions;
  const [major, minor] = node.split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 3);
  if (!isOld && bun === undefined) return;
  const found = bun === undefined ? `Node.js ${node}` : `Bun ${bun}`;
  const needed = 'tg-auth requires Node.js 20 (from 20.19), 22 (from 22.3) or newer.';
  fail(2, 'USAGE', `${needed} This is ${found}.`, ['Install it:  https://nodejs.org'], []);
}

/** Ends the program with a failure in the form that the bundle has for failures. */
function fail(exitCode, type, message, why, next) {
  const argv = process.argv.slice(2);
  const end = argv.indexOf('--');
  if ((end === -1 ? argv : argv.slice(0, end)).indexOf('--json') === -1)
    process.stderr.write(`✖ ${[message, ...why, ...next.map(({ say, run }) => `${say}:  ${run}`)].join('\n  ')}\n`);
  else {
    const error = { type, code: null, parameter: null, message, why, retryAfter: null };
    process.stdout.write(`${JSON.stringify({ ok: false, command: null, exitCode, error, next })}\n`);
  }
  process.exit(exitCode);
}

/** Prints the version or the help if nothing else is asked for. Returns whether it did: if not, the bundle tries. */
function printText([option, ...rest]) {
  if (rest.length > 0) return false;
  try {
    if (option === '--version' || option === '-V') {
      const { version } = JSON.parse(fs.readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
      return print(Buffer.from(`${version}\n`));
    }
    return (option === '--help' || option === '-h') && isPlain() && print(fs.readFileSync(help));
  } catch (_) {
    return false;
  }
}

/** Whether stdout is a file, a pipe or a socket, and gets no colours. */
function isPlain() {
  const stats = fs.fstatSync(1);
  return !process.env.FORCE_COLOR && (stats.isFile() || stats.isFIFO() || stats.isSocket());
}

/** Writes to stdout. Throws if nothing could be written. Returns `false` if a file could not grow to hold it all. */
function print(bytes) {
  const written = fs.writeSync(1, bytes);
  if (written === bytes.length) return true;
  if (fs.fstatSync(1).isFile()) return false; // the bundle says why
  process.stdout.write(bytes.subarray(written)); // when the pipe has space
  return true;
}

/** The user's folder for caches; `undefined` without a home. Not os.homedir(), which guesses one if HOME is unset. */
function cacheHome({ XDG_CACHE_HOME: xdg = '', HOME: home = '', LOCALAPPDATA: local = '' }) {
  if (process.platform === 'win32') return isAbsolute(local) ? local : undefined;
  if (isAbsolute(xdg)) return xdg;
  return isAbsolute(home) ? join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache') : undefined;
}

/** The command. With --help any word is accepted, maybe a secret, which must not become the name of a file. */
function commandOf(argv) {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const has = (name, letter) => words.some((word) => word === name || (isShort(word) && word.endsWith(letter)));
  if (has('--version', 'V')) return '--version';
  if (words.length === 0 || words.includes('help') || has('--help', 'h')) return '--help';
  return /^[a-z][a-z-]{1,31}$/.test(words[0]) ? words[0] : 'other';
}

/** Whether a word is short options. */
function isShort(word) {
  return word[0] === '-' && word[1] !== '-';
}

/** The cache of this command, bundle, Node.js and flags; `undefined` if there can be none. */
function cacheFile(source) {
  const base = cacheHome(process.env);
  const hash = source.slice(2, 34);
  if (base === undefined || source.slice(34, 36) !== '*/') return;
  const command = commandOf(process.argv.slice(2));
  const hasFlags = process.execArgv.length > 0 || process.env.NODE_OPTIONS;
  const flags = hasFlags ? `-${require('node:v8').cachedDataVersionTag()}` : '';
  return join(base, 'tg-auth', `${command}-${hash}-${process.version}-${process.arch}${flags}`);
}

/** Windows has neither uid nor mode; its %LOCALAPPDATA% is open to its user alone. */
function isOwn({ uid }) {
  return process.geteuid === undefined || uid === process.geteuid();
}

/** Checks what is open, not what the name leads to by now. Throws if another user owns it or has any access. */
function checkPrivate(stats) {
  if (!isOwn(stats) || (process.geteuid !== undefined && (stats.mode & 0o077) !== 0)) throw new Error('not private');
  return stats;
}

function checkFolder(folder) {
  if (process.platform === 'win32') return; // which opens no folders
  const opened = fs.openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    checkPrivate(fs.fstatSync(opened));
  } finally {
    fs.closeSync(opened);
  }
}

/** The cache, if it is newer than the bundle. Compares with ctime, which cannot be set as mtime can. */
function cached(cache, { ctimeMs }) {
  try {
    checkFolder(dirname(cache));
    const opened = fs.openSync(cache, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = checkPrivate(fs.fstatSync(opened));
      return stats.isFile() && stats.mtimeMs > ctimeMs ? fs.readFileSync(opened) : undefined;
    } finally {
      fs.closeSync(opened);
    }
  } catch (_) {
    return undefined; // not there, or not to be trusted
  }
}

/** Makes a folder in one of this user's. Root may run with another user's HOME, and must leave nothing there. */
function make(folder) {
  if (!isOwn(fs.statSync(dirname(folder)))) throw new Error('the folder of another user');
  fs.mkdirSync(folder, { mode: 0o700 });
}

function keep(cache, script) {
  const folder = dirname(cache);
  const temporary = `${cache}.${process.pid}-${Date.now()}`;
  try {
    for (const each of [dirname(folder), folder]) if (!fs.existsSync(each)) make(each);
    checkFolder(folder);
    const opened = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(opened, script.createCachedData());
      fs.renameSync(temporary, cache);
    } finally {
      fs.closeSync(opened);
      fs.rmSync(temporary, { force: true });
    }
    removeOldest(folder);
  } catch (_) {
    // The folder is not private, or the disk is full. The next run starts without a cache too.
  }
}

function removeOldest(folder) {
  const files = fs.readdirSync(folder).map((name) => join(folder, name));
  const ages = files.map((file) => ({ file, time: fs.lstatSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { file } of ages.slice(MAX_CACHES)) fs.unlinkSync(file);
}

function start(stats) {
  const code = fs.readFileSync(bundle, 'latin1'); // esbuild writes ASCII
  const cache = cacheFile(code);
  const cachedData = cache && cached(cache, stats);
  const { Script } = require('node:vm');
  const script = new Script(code, { filename: bundle, cachedData });
  if (cache !== undefined && (cachedData === undefined || script.cachedDataRejected))
    process.once('exit', (status) => {
      if (status < 2) keep(cache, script);
    });
  script.runInThisContext()(require, bundle);
}

/** Runs the bundle. */
function main() {
  const stats = fs.statSync(bundle, { throwIfNoEntry: false });
  if (stats === undefined)
    fail(70, 'BUG', 'tg-auth has not been built yet.', [], [{ say: 'Build it', run: 'npm run build' }]);
  else start(stats);
}

if (!printText(process.argv.slice(2))) main();
