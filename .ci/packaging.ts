/**
 * The manifests of package managers, from package.json and one table. `npm run docs` writes them to .github/packaging/
 * with checksums of zeros, with which nothing installs. A release writes them with those of its files:
 *
 *     node --import tsx .ci/packaging.ts build/release build/release/packaging
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { name, version, description, license, repository } = JSON.parse(readFileSync('package.json', 'utf8'));
const home = repository.url.replace(/^git\+|\.git$/g, '');
const [owner] = home.split('/').slice(-2);
const downloads = `${home}/releases/download/v${version}`;

/** The files of a release. .github/workflows/release.yml builds each executable on a system of its own. */
export const TARBALL = `${name}-${version}.tgz`;
export const EXECUTABLES = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].map(
  (target) => `${name}-${target}${target.startsWith('win32') ? '.exe' : ''}`,
);

const UNRELEASED = '0'.repeat(64);
const TRY = 'send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox --quiet';

/** The manifests by their paths below .github/packaging/. `sumOf`: the SHA-256 of a file of the release, in hex. */
export function manifests(sumOf: (file: string) => string = () => UNRELEASED): Record<string, string> {
  const [tarball, sum] = [`${downloads}/${TARBALL}`, sumOf(TARBALL)];
  const windows = `${name}-win32-x64.exe`;
  const winget = { PackageIdentifier: `${owner}.${name}`, PackageVersion: version };
  const wingetFile = (kind: string) => `winget/${owner}.${name}${kind}.yaml`;
  const wingetPage = (type: string, fields: object) => yaml({ ...winget, ...fields, ManifestType: type });
  return {
    [`homebrew/${name}.rb`]: `class TgAuth < Formula
  desc "${description.split(':')[0]}"
  homepage "${home}"
  url "${tarball}"
  sha256 "${sum}"
  license "${license}"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    man1.install_symlink libexec.glob("share/man/man1/*")
  end

  test do
    assert_equal "true", shell_output("#{bin}/${name} ${TRY}").strip
  end
end
`,

    [`scoop/${name}.json`]: `${JSON.stringify(
      {
        version,
        description,
        homepage: home,
        license,
        architecture: { '64bit': { url: `${downloads}/${windows}#/${name}.exe`, hash: sumOf(windows) } },
        bin: `${name}.exe`,
        checkver: 'github',
        autoupdate: {
          architecture: { '64bit': { url: `${home}/releases/download/v$version/${windows}#/${name}.exe` } },
        },
      },
      null,
      2,
    )}\n`,

    [wingetFile('')]: wingetPage('version', { DefaultLocale: 'en-GB' }),
    [wingetFile('.locale.en-GB')]: wingetPage('defaultLocale', {
      PackageLocale: 'en-GB',
      Publisher: owner,
      PackageName: name,
      PackageUrl: home,
      License: license,
      ShortDescription: description,
    }),
    [wingetFile('.installer')]: wingetPage('installer', {
      InstallerType: 'portable',
      Commands: [name],
      Installers: [
        { Architecture: 'x64', InstallerUrl: `${downloads}/${windows}`, InstallerSha256: sumOf(windows).toUpperCase() },
      ],
    }),

    'nix/flake.nix': `{
  description = "${description}";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  inputs.source = {
    url = "github:${owner}/${name}/v${version}";
    flake = false;
  };

  outputs = { nixpkgs, source, ... }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system:
        let
          pkgs = nixpkgs.legacyPackages.\${system};
        in
        {
          default = pkgs.buildNpmPackage {
            pname = "${name}";
            version = "${version}";
            src = source;
            npmDeps = pkgs.importNpmLock { npmRoot = source; };
            npmConfigHook = pkgs.importNpmLock.npmConfigHook;
            meta.mainProgram = "${name}";
          };
        });
    };
}
`,

    'aur/PKGBUILD': `pkgname=${name}
pkgver=${version}
pkgrel=1
pkgdesc="${description}"
arch=(any)
url="${home}"
license=(${license})
depends=(nodejs)
makedepends=(npm)
noextract=("$pkgname-$pkgver.tgz")
source=("${home}/releases/download/v$pkgver/$pkgname-$pkgver.tgz")
sha256sums=(${sum})

package() {
  npm install --global --prefix "$pkgdir/usr" --cache "$srcdir/cache" "$srcdir/$pkgname-$pkgver.tgz"
  chown --recursive root:root "$pkgdir"
  install -D --mode=644 "$pkgdir/usr/lib/node_modules/$pkgname/LICENSE" --target-directory="$pkgdir/usr/share/licenses/$pkgname"
}
`,

    'docker/Dockerfile': `# docker run --rm --interactive --tty --volume tg-auth:/home/node/.local/state ${name} login
FROM node:24-slim
ADD --checksum=sha256:${sum} ${tarball} /${name}.tgz
RUN npm install --global --ignore-scripts /${name}.tgz && rm /${name}.tgz \\
  && install --directory --owner=1000 --group=1000 --mode=0700 /home/node/.local /home/node/.local/state
USER 1000:1000
ENTRYPOINT ["${name}"]
`,
  };
}

/** YAML of a flat object, whose lists hold texts or flat objects. JSON's quoted texts are YAML. */
function yaml(fields: object): string {
  const lines = Object.entries({ ...fields, ManifestVersion: '1.9.0' }).flatMap(([key, value]) =>
    Array.isArray(value)
      ? [`${key}:`, ...value.map((each) => (typeof each === 'string' ? `- ${each}` : itemOf(each)))]
      : [`${key}: ${JSON.stringify(value)}`],
  );
  return `${lines.join('\n')}\n`;
}

function itemOf(fields: object): string {
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `- ${lines.join('\n  ')}`;
}

const [assets, target] = process.argv.slice(2);
if (process.argv[1]?.endsWith('packaging.ts') && assets !== undefined && target !== undefined) {
  const sumOf = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(assets, file)))
      .digest('hex');
  const missing = [TARBALL, ...EXECUTABLES].filter((file) => !existsSync(join(assets, file)));
  if (missing.length > 0) throw new Error(`${assets} has no ${missing.join(', ')}`);
  for (const [path, text] of Object.entries(manifests(sumOf))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
}
