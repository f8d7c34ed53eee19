/** Opens the network that the options name. Only here does the client meet the embedded sandbox. */
import { UsageError } from '../../errors.ts';
import type { Network } from '../../net/datacentres.ts';
import type { Uid } from '../../session/file.ts';
import { mayBeSecret } from '../tell/secret-words.ts';
import type { NetworkChoice } from './options.ts';
import { isLoopback } from './proxy-choice.ts';
import type { Resolved } from './setting.ts';

interface NetworkOptions {
  readonly dc: Resolved<number>;
  readonly uid: Uid;
  /** Ends the wait for a server key that comes through a pipe. */
  readonly signal: AbortSignal;
  /** Gets what the sandbox's test numbers receive. */
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Gets a function that ends the sandbox. */
  readonly onOpen: (close: () => Promise<void>) => void;
}

/** Throws `UsageError` for a server key that cannot be read, or a data centre that the sandbox does not have. */
export async function openNetwork(choice: NetworkChoice, options: NetworkOptions): Promise<Network> {
  const { dc, uid, signal, say, warn, onOpen } = options;
  const { productionNetwork, serverNetwork, testNetwork } = await import('../../net/datacentres.ts');
  if (choice.kind === 'telegram') return choice.test ? testNetwork(dc.value) : productionNetwork(dc.value);
  if (choice.kind === 'server') {
    const { readInput } = await import('../ask/secret-file.ts');
    const name = mayBeSecret(choice.keyFile) ? 'The server key' : `The server key ${choice.keyFile}`;
    const { text: pem } = await readInput(choice.keyFile, { uid, signal, name });
    const network = serverNetwork({ address: choice.address, dc: dc.value, pem });
    const { DEVELOPMENT_KEY } = await import('../../mtproto/server-key.ts');
    const { host } = choice.address;
    if (network.keys.some(({ fingerprint }) => fingerprint === DEVELOPMENT_KEY) && !isLoopback(host))
      warn(`The server key is the sandbox's development key. It is public, so any server can pose as ${host}.`);
    return network;
  }
  const { startSandbox } = await import('../../sandbox/index.ts');
  const sandbox = await startSandbox({ onEvent: (event) => event.event === 'say' && say(event.text) });
  onOpen(() => sandbox.close());
  const place = sandbox.dcs.find(({ id }) => id === dc.value);
  if (place === undefined) throw new UsageError(`${dc.name} ${dc.value}: the sandbox has only DC 1 and DC 2.`);
  return serverNetwork({ address: { host: sandbox.host, port: place.port }, dc: dc.value, pem: sandbox.publicKey });
}
