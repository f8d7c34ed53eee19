/**
 * Other people's libraries in the same race: `npm run bench -- 15 gramjs tdlib`. They are installed as for test:peers,
 * and each run is a process that makes a key and asks for a code.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../src/bytes.ts';
import { parseServerKey } from '../../src/mtproto/server-key.ts';
import { developmentKey } from '../../src/sandbox/protocol/development-key.ts';
import { serverKeyToPem } from '../../src/sandbox/protocol/rsa-key.ts';
import { patchLibrary, Unavailable } from '../peers/foreign/install.ts';
import { LIBRARIES, type Library } from '../peers/foreign/libraries.ts';
import { namespace } from '../peers/foreign/namespace.ts';
import type { PeerCommands, Served } from './startup.ts';
import { say } from './table.ts';

/** By the names of the libraries: a transport, and the arguments of Node.js without the place. */
export type Peers = Readonly<Record<string, Peer>>;

interface Peer extends Pick<Library, 'addressesCompiledIn'> {
  readonly transport: string;
  readonly args: readonly string[];
}

const STEPS = [{ do: 'open' }, { do: 'sendCode', phone: '9996620000' }, { do: 'close' }];

/** Installs the libraries with these words in their names. Says which it cannot. */
export async function installPeers(words: readonly string[], folder: string): Promise<Peers> {
  const peers: Record<string, Peer> = {};
  for (const { name, install, addressesCompiledIn, transports } of LIBRARIES) {
    if (!words.some((word) => name.toLowerCase().includes(word.toLowerCase()))) continue;
    const own = join(folder, name.replace(/\W/g, ''));
    mkdirSync(own);
    try {
      if (addressesCompiledIn === true && namespace() === undefined)
        throw new Unavailable("it needs a network namespace, because Telegram's addresses are compiled in");
      const { command } = await install(own);
      if (command[0] !== process.execPath) throw new Unavailable('it does not run on Node.js');
      const library = command.at(-1) ?? '';
      if (addressesCompiledIn === true) patchLibrary(library, library, serverKeyToPem(developmentKey()));
      const args = command.slice(1);
      peers[name] = { transport: transports[0] ?? '', args, ...(addressesCompiledIn && { addressesCompiledIn }) };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      say(`${name}: skipped: ${error.message}`);
    }
  }
  return peers;
}

/** What the drivers read from stdin, as a file, and the arguments of each. */
export function commandsOf(peers: Peers, { host, dcs, publicKey }: Served, folder: string): PeerCommands {
  const { n, fingerprint } = parseServerKey(publicKey);
  const place = {
    ...{ host, dcs, publicKey, modulus: toHex(n), fingerprint: BigInt.asIntN(64, fingerprint).toString() },
    proxy: null,
  };
  const stdin = join(folder, 'steps');
  writeFileSync(stdin, STEPS.map((step) => `${JSON.stringify(step)}\n`).join(''));
  let runs = 0;
  const named = Object.entries(peers).map(
    ([name, { transport, args }]) =>
      [
        `${name} auth.sendCode, fresh key`,
        () => [...args, JSON.stringify({ ...place, folder: join(folder, `run-${runs++}`), transport })],
      ] as const,
  );
  return { stdin, commands: Object.fromEntries(named) };
}
