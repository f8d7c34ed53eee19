/** Where data centres are: the network's own table, what an earlier run stored, or what help.getConfig says now. */
import { NetworkError } from '../../errors.ts';
import { current } from '../../tl/layer.ts';
import type { TransportName } from '../../transport/names.ts';
import type { Address, Network } from '../datacentres.ts';
import type { SavedState } from '../state.ts';
import { addressesIn } from './dc-option.ts';

interface AddressBookOptions {
  readonly network: Network;
  readonly transport?: TransportName | undefined;
}

export class AddressBook {
  readonly #options: AddressBookOptions;
  readonly #state: SavedState;
  readonly #ask: (query: Uint8Array) => Promise<Uint8Array>;
  /** Stored addresses that are `stale` stay stored until they have been asked for again. */
  #stored: 'old' | 'stale' | 'new' = 'old';

  /** `ask` asks the network's first DC, never under a key of a session string: its maker could name any server. */
  constructor(options: AddressBookOptions, state: SavedState, ask: (query: Uint8Array) => Promise<Uint8Array>) {
    this.#options = options;
    this.#state = state;
    this.#ask = ask;
  }

  /** Returns at least one address. Throws `NetworkError` DC_UNKNOWN, and what `ask` throws. */
  async addresses(dc: number): Promise<readonly Address[]> {
    const known = this.#options.network.addresses(dc);
    if (known.length > 0) return known;
    const stored = this.#state.current.addresses[dc] ?? [];
    return stored.length > 0 && this.#stored !== 'stale' ? stored : this.#learn(dc);
  }

  /** Returns whether the error may come from outdated addresses; these are then asked for again. */
  distrust({ type }: NetworkError, dc: number): boolean {
    const isUnreachable = type === 'CONNECTION_REFUSED' || type === 'NO_WAY_THROUGH'; // the one address, or all of them
    const isOld = this.#stored === 'old' && this.#state.current.addresses[dc] !== undefined;
    if (!isOld || !isUnreachable) return false;
    this.#stored = 'stale';
    return true;
  }

  async #learn(dc: number): Promise<readonly Address[]> {
    const { network, transport } = this.#options;
    if (dc === network.dc) throw new NetworkError('DC_UNKNOWN', { dc });
    const answer = await this.#ask(current.codec.encodeCall('help.getConfig', {}));
    const addresses = addressesIn(current.codec.decodeAnswer('help.getConfig', answer).dc_options, transport);
    this.#stored = 'new';
    this.#state.change({ addresses });
    const found = addresses[dc];
    if (found === undefined) throw new NetworkError('DC_UNKNOWN', { dc });
    return found;
  }
}
