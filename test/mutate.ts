/**
 * Changes single tokens in the folders that cryptography and state depend on, and reports the changes that no test
 * notices. Not part of `npm test`: each change takes some seconds. A person must judge whether a survivor changes
 * anything at all.
 *
 *     npm run mutate                          60 faults, the same each time
 *     npm run mutate -- 100 another-seed      100 others
 *     npm run mutate -- 20 seed auth/code     20 in the files whose path contains auth/code
 *
 * StrykerJS 10 needs Node.js 22 and some two dozen dependencies, and its command runner runs one command for every
 * fault. Here a fault runs the tests of its file, then of its folder, then of a folder that depends on it. The parser
 * is that of the installed TypeScript. Its API is marked unstable, so a new version may need a change here.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import * as ast from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/** The folders, and the folder whose tests run if their own notice nothing. */
const FOLDERS = {
  tl: 'mtproto',
  crypto: 'mtproto',
  transport: 'sandbox',
  mtproto: 'sandbox',
  auth: 'net',
  session: '',
};
const SWAPS: Readonly<Record<string, string>> = {
  ...{ '===': '!==', '!==': '===', '<': '<=', '<=': '<', '>': '>=', '>=': '>', '&&': '||', '||': '&&', '??': '&&' },
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '&': '|', '|': '&', '^': '|', '<<': '>>', '>>': '<<' },
  ...{ '+=': '-=', '-=': '+=', true: 'false', false: 'true' },
};

interface Fault {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

function faultsOf(source: ast.SourceFile, file: string): Fault[] {
  const found: Fault[] = [];
  const visit = (node: ast.Node): void => {
    if (ast.isTypeNode(node) || ast.isImportDeclaration(node)) return;
    const text = node.getText(source);
    const replace = (part: ast.Node, to: string) =>
      found.push({ file, start: part.getStart(source), end: part.end, to });
    if (ast.isNumericLiteral(node)) replace(node, `(${text} + 1)`);
    else if (ast.isBigIntLiteral(node)) replace(node, `(${text} + 1n)`);
    else if (ast.isIfStatement(node)) replace(node.expression, 'false');
    else if (ast.isExpressionStatement(node) && ast.isCallExpression(node.expression)) replace(node, ';');
    else if (ast.isPrefixUnaryExpression(node) && node.operator === ast.SyntaxKind.ExclamationToken)
      replace(node, node.operand.getText(source));
    else if (SWAPS[text] !== undefined) replace(node, SWAPS[text]);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function filesIn(folder: string, end: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(end)).map((name) => join(folder, name));
}

/**
 * Takes the same number from each folder, in the order of a hash: the same seed chooses the same faults while the files
 * stay the same.
 */
function sample(count: number, seed: string, word: string): Fault[] {
  const api = new API({ cwd: resolve('.') });
  const [project] = api.updateSnapshot({ openProject: resolve('tsconfig.json') }).getProjects();
  const rank = (fault: Fault) =>
    createHash('sha256')
      .update(`${seed} ${JSON.stringify(fault)}`)
      .digest('hex');
  const ranked = Object.keys(FOLDERS).map((folder) =>
    filesIn(join('src', folder), '.ts').flatMap((file) => {
      const source = file.includes(word) ? project?.program.getSourceFile(resolve(file)) : undefined;
      return source === undefined ? [] : faultsOf(source, file).map((fault) => ({ fault, rank: rank(fault) }));
    }),
  );
  api.close();
  for (const faults of ranked) faults.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const inTurn = Array.from({ length: count }, (_, i) => ranked.flatMap((faults) => faults[i] ?? [])).flat();
  return inTurn.slice(0, count).map(({ fault }) => fault);
}

/** Groups of test files for a file of src, the nearest first. */
function testsOf(file: string): string[][] {
  const mirrored = join('test', relative('src', file)).replace(/\.ts$/, '.test.ts');
  const folders = Object.entries(FOLDERS).find(([folder]) => relative('src', file).startsWith(folder)) ?? [];
  const all = folders.filter((folder) => folder !== '').map((folder) => filesIn(join('test', folder), '.test.ts'));
  const isMirrored = (name: string) => name === mirrored;
  return [all.flat().filter(isMirrored), ...all.map((names) => names.filter((name) => !isMirrored(name)))].filter(
    (names) => names.length > 0,
  );
}

/** A copy of the project: a run that ends early leaves no fault behind. */
const root = mkdtempSync(join(tmpdir(), 'tg-auth-mutate-'));
let stop = () => {};
process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  stop();
  rmSync(root, { recursive: true, force: true });
});

/** Runs tests in the copy. Returns false if one fails or if they take longer than `limitMs`. */
async function passes(files: readonly string[], limitMs: number): Promise<boolean> {
  const args = ['--import', 'tsx', '--test', ...files];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore', detached: true });
  // The whole process group: a child may be in a loop.
  stop = () => void (child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'));
  const timer = setTimeout(stop, limitMs);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  stop = () => {};
  return code === 0;
}

/** Milliseconds that tests may take: five times as long as without a fault, plus five seconds. */
const limits = new Map<string, number>();
async function limitOf(files: readonly string[]): Promise<number> {
  const known = limits.get(files.join());
  if (known !== undefined) return known;
  const before = Date.now();
  if (!(await passes(files, 600_000))) throw new Error(`without a fault one of these fails: ${files.join(' ')}`);
  const limit = 5 * (Date.now() - before) + 5000;
  limits.set(files.join(), limit);
  return limit;
}

async function isNoticed({ file, start, end, to }: Fault): Promise<boolean> {
  const text = readFileSync(file, 'utf8');
  for (const tests of testsOf(file)) {
    const limit = await limitOf(tests);
    writeFileSync(join(root, file), text.slice(0, start) + to + text.slice(end));
    const passed = await passes(tests, limit);
    writeFileSync(join(root, file), text);
    if (!passed) return true;
  }
  return false;
}

function titleOf({ file, start, end, to }: Fault): string {
  const text = readFileSync(file, 'utf8');
  return `${file}:${text.slice(0, start).split('\n').length}  ${text.slice(start, end).replace(/\s+/g, ' ')}  →  ${to}`;
}

const [count = '60', seed = 'faults', word = ''] = process.argv.slice(2);
for (const name of ['src', 'test', 'package.json', 'tsconfig.json'])
  cpSync(name, join(root, name), { recursive: true });
symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
const survivors: Fault[] = [];
const faults = sample(Number(count), seed, word);
for (const [i, fault] of faults.entries()) {
  const noticed = await isNoticed(fault);
  process.stdout.write(`${i + 1}/${faults.length}  ${noticed ? 'noticed ' : 'SURVIVED'}  ${titleOf(fault)}\n`);
  if (!noticed) survivors.push(fault);
}
process.stdout.write(`\n${faults.length - survivors.length} of ${faults.length} faults were noticed.\n`);
for (const fault of survivors) process.stdout.write(`  ${titleOf(fault)}\n`);
