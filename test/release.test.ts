/** What a release is made of: one version, pinned actions, and manifests that parse and name its files. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { EXECUTABLES, manifests, TARBALL } from '../.ci/packaging.ts';
import { sbom } from '../.ci/sbom.ts';
import { version as built } from '../src/version.ts';

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const workflows = readdirSync('.github/workflows').map((file) => join('.github/workflows', file));

const folder = mkdtempSync(join(tmpdir(), 'tg-auth-release-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a checker, which must not complain. */
function checks(command: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

/** For a test that needs a program of another project. */
function needs(command: string, ...args: readonly string[]) {
  return { skip: spawnSync(command, args).error === undefined ? false : `${command} is not installed` };
}

test('package.json, the lock file, the program, the change log and the tag have one version', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  assert.deepEqual([built, lock.version, lock.packages[''].version], [version, version, version]);
  const [, newest] = /^## \[(\d.*?)\] - \d{4}-\d\d-\d\d$/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
  assert.equal(newest, version);
  const { stdout = '' } = spawnSync('git', ['tag', '--points-at', 'HEAD'], { encoding: 'utf8' });
  for (const tag of stdout.split('\n').filter((line) => line.startsWith('v'))) assert.equal(tag, `v${version}`);
});

test('the SBOM lists what users install and what is in the bundles, and no tool of the build', () => {
  const { components, dependencies } = JSON.parse(sbom());
  const names: readonly string[] = components.map((component: { name: string }) => component.name);
  for (const each of ['inquirer', 'rxjs', 'commander', '@noble/hashes', 'ws', 'socks', 'ip-address', 'qr'])
    assert.ok(names.includes(each), each);
  for (const each of ['esbuild', 'typescript', 'postject', '@types/ws']) assert.ok(!names.includes(each), each);
  const refs: readonly string[] = dependencies.map(({ ref }: { ref: string }) => ref);
  assert.deepEqual(
    refs.filter((ref) => ref !== `${name}@${version}`).sort(),
    components.map((component: { 'bom-ref': string }) => component['bom-ref']).sort(),
  );
});

test('every action is pinned to a commit, and its version is beside it', () => {
  for (const file of workflows) {
    const uses = readFileSync(file, 'utf8').match(/\buses: (?!\.\/).*/g) ?? [];
    assert.ok(uses.length > 0, file);
    for (const use of uses) assert.match(use, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test('actionlint has no complaint', needs('actionlint', '--version'), () => checks('actionlint', ...workflows));

test('the workflow builds the executables that the manifests name', () => {
  const workflow = readFileSync('.github/workflows/release.yml', 'utf8');
  const rows = [...workflow.matchAll(/\{ target: ([\w-]+), os: [\w.-]+(?:, suffix: (\.exe))? \}/g)];
  assert.deepEqual(
    rows.map(([, target, suffix = '']) => `${name}-${target}${suffix}`),
    EXECUTABLES,
  );
});

test('only a tag publishes, and only the job that publishes may write', () => {
  const [others = '', publish = ''] = readFileSync('.github/workflows/release.yml', 'utf8').split(/^ {2}publish:$/m);
  assert.match(others, /^permissions:\n {2}contents: read$/m);
  assert.doesNotMatch(others, /: write/);
  const steps = publish.split(/^ {6}- /m).filter((step) => /npm publish|gh release|attest-build/.test(step));
  assert.equal(steps.length, 3);
  for (const step of steps) assert.match(step, /^ {8}if: github\.event_name == 'push'$/m);
});

const ASSETS = [TARBALL, ...EXECUTABLES];
const sums = new Map(ASSETS.map((file, i) => [file, String(i + 1).repeat(64)]));
const files = manifests((file) => sums.get(file) ?? assert.fail(`no release has ${file}`));

for (const [path, text] of Object.entries(files)) {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
}

test('each manifest has the version, and beside each file of the release its checksum', () => {
  for (const [path, text] of Object.entries(files)) {
    assert.ok(text.includes(version), path);
    const named = ASSETS.filter((file) => text.includes(`/v${version}/${file}`));
    for (const file of named) assert.ok(text.toLowerCase().includes(sums.get(file) ?? '?'), `${path}: ${file}`);
  }
});

test('the formula is Ruby', needs('ruby', '--version'), () =>
  checks('ruby', '-c', join(folder, 'homebrew/tg-auth.rb')),
);

test('the PKGBUILD is a shell script', needs('bash', '--version'), () => {
  const script = `source "$1" && echo "$pkgname $pkgver $source $sha256sums"`;
  const { stdout } = spawnSync('bash', ['-euc', script, 'bash', join(folder, 'aur/PKGBUILD')], { encoding: 'utf8' });
  const [pkgname, pkgver, source = '', sum] = stdout.trim().split(' ');
  assert.deepEqual([pkgname, pkgver, sum], [name, version, sums.get(TARBALL)]);
  assert.ok(source.endsWith(`/v${version}/${TARBALL}`));
});

test('the flake parses', needs('nix-instantiate', '--version'), () =>
  checks('nix-instantiate', '--parse', join(folder, 'nix/flake.nix')),
);

test('the flake closes every bracket and text', () => {
  let rest = (files['nix/flake.nix'] ?? '').replace(/"[^"\n]*"/g, '');
  assert.doesNotMatch(rest, /"/);
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\{[^(){}[\]]*\}|\([^(){}[\]]*\)|\[[^(){}[\]]*\]/g, '');
  }
  assert.doesNotMatch(rest, /[(){}[\]]/);
});

test("Scoop's manifest is JSON with one executable", () => {
  const { architecture, bin } = JSON.parse(files['scoop/tg-auth.json'] ?? '');
  assert.match(architecture['64bit'].url, /\/tg-auth-win32-x64\.exe#\/tg-auth\.exe$/);
  assert.equal(bin, 'tg-auth.exe');
});

test("winget's manifests are YAML of one package", () => {
  const winget = Object.entries(files).filter(([path]) => path.startsWith('winget/'));
  assert.equal(winget.length, 3);
  for (const [path, text] of winget) {
    const lines = text.trimEnd().split('\n');
    // A text in quotes, a name, the begin of a list, or an item of one.
    for (const line of lines) assert.match(line, /^(?:- )?(?: {2})?[A-Z]\w+:(?: "[^"\\]*")?$|^- [\w-]+$/, path);
    assert.ok(lines.includes(`PackageVersion: "${version}"`), path);
  }
});

test('the image runs as an ordinary user, from files with checksums', () => {
  const lines = (files['docker/Dockerfile'] ?? '').replaceAll('\\\n', ' ').trimEnd().split('\n');
  for (const line of lines) assert.match(line, /^($|#|(FROM|ADD|COPY|RUN|USER|ENTRYPOINT) )/);
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  assert.ok(last.some((line) => /^USER [1-9]\d*:[1-9]\d*$/.test(line)));
  assert.deepEqual(JSON.parse(last.at(-1)?.replace('ENTRYPOINT ', '') ?? ''), ['tg-auth']);
  assert.ok(lines.some((line) => line.startsWith(`ADD --checksum=sha256:${sums.get(TARBALL)} `)));
});
