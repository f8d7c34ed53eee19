/** The packages that users install with the tarball, or get in its bundles, as `npm sbom` lists them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Sbom {
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

function npmSbom(...args: readonly string[]): Sbom {
  const shell = process.platform === 'win32';
  return JSON.parse(execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', ...args], { encoding: 'utf8', shell }));
}

/** CycloneDX, as JSON. */
export function sbom(): string {
  const all = npmSbom();
  const installed = npmSbom('--omit=dev').components.map((component) => component['bom-ref']);
  const notices = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8');
  const bundled = [...notices.matchAll(/^-{80}\n\n(\S+) (\S+) \(.+\)$/gm)].map(
    ([, name, version]) => `${name}@${version}`,
  );
  const wanted = new Set([...installed, ...bundled]);
  const components = all.components.filter((component) => wanted.has(component['bom-ref']));
  if (components.length !== wanted.size) throw new Error('The SBOM lacks a package.');
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const dependencies = all.dependencies
    .filter(({ ref }) => wanted.has(ref) || ref === `${name}@${version}`)
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => wanted.has(each)) }));
  return `${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`;
}
