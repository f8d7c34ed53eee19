/** What a session remembers of its connections, and the saving of it. */
import type { AuthKey } from './connect.ts';
import type { Address } from './datacentres.ts';
import type { KnownRoute } from './routes/route.ts';

/** A value: replaced, never changed. */
export interface ConnectionState {
  /** The DC that answers this session's calls. */
  readonly dc: number;
  readonly keys: Readonly<Record<number, AuthKey>>;
  /** Addresses from help.getConfig, of DCs that the network's table lacks. */
  readonly addresses: Readonly<Record<number, readonly Address[]>>;
  /** The route to each DC that worked last. */
  readonly routes?: Readonly<Record<number, KnownRoute>>;
  /** Seconds that the server's clock is ahead of ours. */
  readonly time_offset: number;
}

export class SavedState {
  readonly #save: (state: ConnectionState) => Promise<void>;
  #current: ConnectionState;
  #stored: ConnectionState;
  #saving: Promise<void> = Promise.resolve();

  constructor(state: ConnectionState, save: (state: ConnectionState) => Promise<void>) {
    this.#current = state;
    this.#stored = state;
    this.#save = save;
  }

  get current(): ConnectionState {
    return this.#current;
  }

  change(part: Partial<ConnectionState>): void {
    this.#current = { ...this.#current, ...part };
    this.saved().catch(() => {}); // every call ends with `saved`, which tries again and throws
  }

  /** Resolves once the current state is stored. Changes made together are stored once. */
  saved(): Promise<void> {
    const saving = this.#saving.then(async () => {
      const state = this.#current;
      if (state === this.#stored) return;
      await this.#save(state);
      this.#stored = state;
    });
    this.#saving = saving.catch(() => {});
    return saving;
  }
}
