/** The latest messages and requests of a sandbox, for a test to read. Memory is bounded, whatever clients send. */
import type { SandboxEvent } from '../log.ts';
import type { Delivery } from '../world.ts';

const MAX_ITEMS = 1000;
/** Characters of JSON. */
const MAX_SIZE = 8 << 20;

/** A request and its answer, as in the log. */
export type SandboxRequest = Omit<Extract<SandboxEvent, { readonly event: 'request' }>, 'event'>;

export class Journal {
  readonly said = new Latest<Delivery>();
  readonly requests = new Latest<SandboxRequest>();

  record({ event: kind, ...event }: SandboxEvent): void {
    if (kind === 'say' && 'phone' in event) this.said.add(event);
    if (kind === 'request' && 'method' in event) this.requests.add(event);
  }

  clear(): void {
    this.said.clear();
    this.requests.clear();
  }
}

class Latest<T> {
  #items: { readonly item: T; readonly size: number }[] = [];
  #size = 0;

  add(item: T): void {
    const { length: size } = JSON.stringify(item);
    this.#items.push({ item, size });
    this.#size += size;
    while (this.#items.length > MAX_ITEMS || (this.#size > MAX_SIZE && this.#items.length > 1))
      this.#size -= this.#items.shift()?.size ?? 0;
  }

  all(): T[] {
    return this.#items.map(({ item }) => item);
  }

  clear(): void {
    this.#items = [];
    this.#size = 0;
  }
}
