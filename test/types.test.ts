/** The published types compile in projects of their users, which check them too and may have no other types. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const project = mkdtempSync(join(tmpdir(), 'tg-auth-types-'));
after(() => rmSync(project, { recursive: true, force: true }));

const TSC = resolve('node_modules/typescript/bin/tsc');

function tsc(...args: readonly string[]): void {
  const { status, stdout } = spawnSync(process.execPath, [TSC, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
}

const own = join(project, 'node_modules/tg-auth');
mkdirSync(own, { recursive: true });
copyFileSync('package.json', join(own, 'package.json'));
tsc('-p', 'src', '--outDir', join(own, 'dist/types'));
mkdirSync(join(project, 'node_modules/@types'));
for (const name of ['@types/node', 'undici-types'])
  symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name), 'junction');
writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(project, 'main.ts'),
  `import { type Connected, connect, type QrOptions } from 'tg-auth';
import { type Sandbox, startSandbox } from 'tg-auth/sandbox';
export async function main(api_id: number): Promise<boolean | undefined> {
  await using sandbox: Sandbox = await startSandbox();
  await using connected: Connected = await connect({ api_id });
  const { signal }: Partial<Pick<QrOptions, 'signal'>> = {};
  return signal?.aborted ?? connected.session.dc === sandbox.dcs[0]?.id;
}
`,
);

const PROJECTS = {
  'with no other types': { module: 'nodenext', lib: ['es2022'], types: [] },
  'with a bundler and the types of a browser': { module: 'preserve', lib: ['es2022', 'dom'], types: [] },
  'with the types of Node.js': { module: 'nodenext', lib: ['es2022'], types: ['node'] },
} as const;

for (const [title, options] of Object.entries(PROJECTS))
  test(`the published types compile in a project ${title}`, () => {
    const compilerOptions = { target: 'es2022', strict: true, skipLibCheck: false, noEmit: true, ...options };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    tsc('-p', project);
  });
