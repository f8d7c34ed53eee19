/** What was built, and what it runs on: for `--version --verbose` and for bug reports. */
import { version } from '../../version.ts';

/** Set by .ci/esbuild.ts. The source that runs unbuilt, as in tests, does not have it. */
declare const BUILD_INFO: { readonly commit: string | null; readonly released: boolean } | undefined;

export function describeBuild() {
  const { commit, released } = typeof BUILD_INFO === 'undefined' ? { commit: null, released: false } : BUILD_INFO;
  return { commit, released, node: process.version, platform: `${process.platform} ${process.arch}` };
}

export function describeVersion() {
  const build = describeBuild();
  const lines = [
    `tg-auth ${version}${build.released ? '' : ' (unreleased)'}`,
    `commit ${build.commit ?? 'unknown'}`,
    `Node.js ${build.node}`,
    build.platform,
  ];
  return { text: lines.join('\n'), json: { result: version, ...build } };
}
