/** Gives the files of the tarball the modes that git knows, so that its bytes do not depend on the umask. */
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const { files, bin } = JSON.parse(readFileSync('package.json', 'utf8'));
const programs: readonly string[] = Object.values(bin);

for (const path of ['package.json', 'README.md', 'LICENSE', ...files.filter((path: string) => !path.startsWith('!'))]) {
  const isFolder = statSync(path).isDirectory();
  const inside = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((file) => join(path, file))
    : [path];
  for (const file of inside)
    if (statSync(file).isFile()) chmodSync(file, programs.includes(file.replaceAll('\\', '/')) ? 0o755 : 0o644);
}
