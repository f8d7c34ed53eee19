/** A server's salts for one auth_key: each is current for half an hour and good for half an hour more. */
import { le64, type Now, type Random } from '../../bytes.ts';
import type { ServerSalts } from '../../mtproto/channel.ts';
import type { FutureSalt } from '../../mtproto/service-messages.ts';

const HALF_HOUR = 1800;
const MAX_FUTURE = 64;

export class Salts implements ServerSalts {
  readonly #now: Now;
  readonly #random: Random;
  readonly #salts: FutureSalt[] = [];

  /** `first` is the salt of the key exchange. */
  constructor(first: bigint, now: Now, random: Random) {
    this.#now = now;
    this.#random = random;
    this.#add(first, Math.floor(now() / 1000));
  }

  #add(salt: bigint, valid_since: number): void {
    this.#salts.push({ valid_since, valid_until: valid_since + 2 * HALF_HOUR, salt });
  }

  /** `count` salts, 64 at most, from the current one on; those that are over are forgotten. */
  future(count: number): FutureSalt[] {
    const time = this.#now() / 1000;
    while (this.#last + HALF_HOUR <= time)
      this.#add(le64(this.#random(8)), Math.max(this.#last, Math.floor(time) - 2 * HALF_HOUR) + HALF_HOUR);
    while ((this.#salts[0]?.valid_until ?? Number.POSITIVE_INFINITY) <= time) this.#salts.shift();
    const at = this.#salts.findLastIndex(({ valid_since }) => valid_since <= time);
    const end = Math.max(at, 0) + Math.min(Math.max(count, 1), MAX_FUTURE);
    while (this.#salts.length < end) this.#add(le64(this.#random(8)), this.#last + HALF_HOUR);
    return this.#salts.slice(Math.max(at, 0), end);
  }

  /** When the newest salt begins. */
  get #last(): number {
    return this.#salts.at(-1)?.valid_since ?? 0;
  }

  get current(): bigint {
    return this.future(1)[0]?.salt ?? 0n;
  }

  accepts(salt: bigint): boolean {
    const time = this.#now() / 1000;
    return (
      salt === this.current ||
      this.#salts.some((each) => each.salt === salt && each.valid_since <= time && each.valid_until > time)
    );
  }
}
