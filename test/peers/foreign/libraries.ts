/** The libraries that test:peers installs and drives. */
import { join } from 'node:path';
import { toHex } from '../../../src/bytes.ts';
import { serverKeyToPem } from '../../../src/sandbox/protocol/rsa-key.ts';
import type { FormatName } from '../../../src/session/formats/index.ts';
import { serverKey } from '../../pair.ts';
import { cargo, go, type Installed, npm, npmRecipe, patchCrate, patchLibrary, pip, pytest } from './install.ts';

export interface Library {
  readonly name: string;
  readonly version: string;
  /** How a client learns the sandbox's addresses and key. */
  readonly setup: string;
  readonly transports: readonly string[];
  /** The transport over which it is audited, if it is. */
  readonly audit?: string;
  /** The session strings that its driver opens. */
  readonly format?: FormatName;
  /** Telegram's addresses are compiled in: it runs only in a network namespace where they are those of this machine. */
  readonly addressesCompiledIn?: true;
  /** Installs it into an empty folder. Throws `Unavailable` if that is not possible here. */
  readonly install: (folder: string) => Promise<Installed>;
}

/** The fingerprint of the sandbox's key as a signed number, the form of a TL `long`. */
export const FINGERPRINT = BigInt.asIntN(64, serverKey.fingerprint).toString();

export const PUBLIC_KEY = serverKeyToPem(serverKey);

const MTPROXIES = ['mtproxy plain', 'mtproxy dd', 'mtproxy ee'];
const PYTEST = ['pytest==9.2.0'];
const PLAIN = ['full', 'abridged', 'intermediate'];
const PYROGRAM = ['abridged', 'full', 'intermediate', 'obfuscated abridged', 'obfuscated intermediate'];
const GRAMJS = {
  format: 'gramjs',
  setup: '`session.setDC`, and a `Connection` with the port; the key is added to `RSA._serverKeys`',
  transports: ['full', 'abridged', 'obfuscated', 'mtproxy plain', 'mtproxy dd'],
  audit: 'full',
} as const;

export const LIBRARIES: readonly Library[] = [
  {
    name: 'Telethon',
    version: '1.45.0',
    setup: '`session.set_dc` and `rsa.add_key`',
    transports: [...PLAIN, 'obfuscated', 'mtproxy plain', 'mtproxy dd'],
    audit: 'full',
    install: (folder) => pip(folder, 'telethon.driver.py', ['telethon==1.45.0', ...PYTEST], pytest('test_telethon.py')),
  },
  {
    name: 'Pyrogram',
    version: '2.0.106',
    setup: '`Connection` is replaced; the key is added to `rsa.server_public_keys`',
    transports: PYROGRAM,
    install: (folder) => pip(folder, 'pyrogram.driver.py', ['pyrogram==2.0.106']),
  },
  {
    name: 'kurigram',
    version: '2.2.26',
    setup: '`connection_factory`; the key is added to `rsa.server_public_keys`',
    transports: [...PYROGRAM, 'padded', ...MTPROXIES],
    install: (folder) => pip(folder, 'pyrogram.driver.py', ['kurigram==2.2.26', ...PYTEST], pytest('test_kurigram.py')),
  },
  {
    name: 'pyrofork',
    version: '2.3.69',
    setup: '`connection_factory`; the key is added to `rsa.server_public_keys`',
    transports: PYROGRAM,
    install: (folder) => pip(folder, 'pyrogram.driver.py', ['pyrofork==2.3.69', 'qrcode==8.2']),
  },
  {
    name: 'mtcute',
    format: 'mtcute',
    version: '0.30.3',
    setup: '`defaultDcs` and `addPublicKey`',
    transports: ['intermediate', 'padded', 'obfuscated intermediate', 'obfuscated padded', ...MTPROXIES],
    audit: 'intermediate',
    install: (folder) => npm(folder, 'mtcute.driver.mjs', ['@mtcute/node@0.30.3'], npmRecipe('mtcute.test.mjs')),
  },
  {
    name: 'GramJS',
    version: '2.26.22',
    ...GRAMJS,
    install: (folder) => npm(folder, 'gramjs.driver.mjs', ['telegram@2.26.22']),
  },
  {
    name: 'teleproto',
    version: '214.1.7',
    ...GRAMJS,
    install: (folder) => npm(folder, 'gramjs.driver.mjs', ['teleproto@214.1.7'], npmRecipe('teleproto.test.mjs')),
  },
  {
    name: '@mtproto/core',
    version: '6.3.0',
    setup: '`dcList`; `rsa.getPublisKeysByHex` is replaced',
    transports: ['obfuscated intermediate'],
    install: (folder) => npm(folder, 'mtproto-core.driver.mjs', ['@mtproto/core@6.3.0']),
  },
  {
    name: 'gotd',
    version: '0.145.0',
    setup: '`Options.DCList` and `Options.PublicKeys`',
    transports: [...PLAIN, 'padded', 'websocket', ...MTPROXIES],
    audit: 'full',
    install: (folder) => go(folder, 'gotd', ['github.com/gotd/td@v0.145.0'], 'login_test.go'),
  },
  {
    name: 'grammers',
    version: '0.11.0',
    setup: '`Session::set_dc_option`; the key is compiled in and replaced in its source',
    transports: ['full'],
    install: (folder) =>
      cargo(folder, 'grammers', (vendor) =>
        patchCrate(join(vendor, 'grammers-mtproto'), 'src/authentication.rs', (text) =>
          text.replace(
            /(_ => return None)/,
            `${FINGERPRINT} => rsa::Key::new("${BigInt(`0x${toHex(serverKey.n)}`)}", "65537").unwrap(),\n        $1`,
          ),
        ),
      ),
  },
  {
    name: 'TDLib',
    version: '1.8.65',
    setup: 'both are compiled in: the key is replaced in the library, the addresses belong to the machine',
    transports: ['obfuscated intermediate', ...MTPROXIES],
    addressesCompiledIn: true,
    async install(folder) {
      const { command } = await npm(folder, 'tdlib.driver.mjs', ['tdl@8.1.0', 'prebuilt-tdlib@0.1008065.0']);
      const built = join(folder, 'node_modules', '@prebuilt-tdlib', `linux-${process.arch}-glibc`, 'libtdjson.so');
      const patched = join(folder, 'patched', 'libtdjson.so');
      patchLibrary(built, patched, PUBLIC_KEY);
      return { command: [...command.slice(0, -1), patched] };
    },
  },
];
