/**
 * Other people's libraries in the same race: `npm run bench -- 15 gramjs teleproto`. They are installed as for
 * test:peers, and each run is a process that makes a key and asks for a code. Only those that can be told an address:
 * TDLib has Telegram's compiled in.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../src/bytes.ts';
import { parseServerKey } from '../../src/mtproto/server-key.ts';
import { Unavailable } from '../peers/foreign/install.ts';
import { LIBRARIES } from '../peers/foreign/libraries.ts';
import type { PeerCommands, Served } from './startup.ts';
import { say } from './table.ts';

/** By the names of the libraries: a transport, and the arguments of Node.js without the place. */
export type Peers = Readonly<Record<string, { readonly transport: string; readonly args: readonly string[] }>>;

const STEPS = [{ do: 'open' }, { do: 'sendCode', phone: '9996620000' }];

/** Installs the libraries with these words in their names. Says which it cannot. */
export async function installPeers(words: readonly string[], folder: string): Promise<Peers> {
  const peers: Record<string, Peers[string]> = {};
  for (const { name, install, addressesCompiledIn, transports } of LIBRARIES) {
    if (!words.some((word) => name.toLowerCase().includes(word.toLowerCase()))) continue;
    const own = join(folder, name.replace(/\W/g, ''));
    mkdirSync(own);
    try {
      if (addressesCompiledIn === true) throw new Unavailable('it can be told no address');
      const { command } = await install(own);
      if (command[0] !== process.execPath) throw new Unavailable('it does not run on Node.js');
      peers[name] = { transport: transports[0] ?? '', args: command.slice(1) };
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
    ...{ proxy: null, folder },
  };
  const stdin = join(folder, 'steps');
  writeFileSync(stdin, STEPS.map((step) => `${JSON.stringify(step)}\n`).join(''));
  const named = Object.entries(peers).map(
    ([name, { transport, args }]) =>
      [`${name} auth.sendCode, fresh key`, () => [...args, JSON.stringify({ ...place, transport })]] as const,
  );
  return { stdin, commands: Object.fromEntries(named) };
}
