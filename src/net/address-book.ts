/** Where data centres are: the network's own table, what was learnt in an earlier run, or what help.getConfig says now. */
import { NetworkError } from '../errors.ts';
import { current } from '../tl/layer.ts';
import type { TransportName } from '../transport/names.ts';
import type { Address, Network } from './datacentres.ts';
import { addressesIn } from './routes/dc-option.ts';

type Addresses = Readonly<Record<number, readonly Address[]>>;

export interface AddressBookOptions {
  readonly network: Network;
  readonly transport: TransportName | undefined;
  /** What is stored. */
  readonly stored: () => Addresses;
  /** Asks the network's first DC. Never under a key that came in a session string: its maker could name any server. */
  readonly ask: (query: Uint8Array) => Promise<Uint8Array>;
  readonly learn: (addresses: Addresses) => void;
}

/** At the only address, and at all of several. */
const NOBODY_THERE = new Set(['CONNECTION_REFUSED', 'NO_WAY_THROUGH']);

export class AddressBook {
  readonly #options: AddressBookOptions;
  /** `stale` addresses are learnt anew before they are used; they stay stored until then. */
  #stored: 'old' | 'stale' | 'new' = 'old';

  constructor(options: AddressBookOptions) {
    this.#options = options;
  }

  /** Never none. Throws `NetworkError` of the type DC_UNKNOWN, and what `ask` throws. */
  async addresses(dc: number): Promise<readonly Address[]> {
    const { network, stored } = this.#options;
    const known = network.addresses(dc);
    if (known.length > 0) return known;
    const learnt = stored()[dc] ?? [];
    return learnt.length > 0 && this.#stored !== 'stale' ? learnt : this.#learn(dc);
  }

  /** Whether this error means that addresses of an earlier run may have changed: then they are learnt anew. */
  distrust(error: NetworkError, dc: number): boolean {
    const isOld = this.#stored === 'old' && this.#options.stored()[dc] !== undefined;
    if (!isOld || !NOBODY_THERE.has(error.type)) return false;
    this.#stored = 'stale';
    return true;
  }

  async #learn(dc: number): Promise<readonly Address[]> {
    const { network, transport, ask, learn } = this.#options;
    if (dc === network.dc) throw new NetworkError('DC_UNKNOWN', { dc });
    const answer = await ask(current.codec.encodeCall('help.getConfig', {}));
    const addresses = addressesIn(current.codec.decodeAnswer('help.getConfig', answer).dc_options, transport);
    this.#stored = 'new';
    learn(addresses);
    const found = addresses[dc];
    if (found === undefined) throw new NetworkError('DC_UNKNOWN', { dc });
    return found;
  }
}
