/** The server salts of one auth_key. Each is current for half an hour and accepted for an hour. */
import { le64, type Now, type Random } from '../../bytes.ts';
import type { FutureSalt, ServerSalts } from '../../mtproto/service-messages.ts';

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

  /** Returns up to 64 salts, starting with the current one. Expired ones are dropped. */
  future(count: number): FutureSalt[] {
    const time = this.#now() / 1000;
    while (this.#newest + HALF_HOUR <= time)
      this.#add(le64(this.#random(8)), Math.max(this.#newest, Math.floor(time) - 2 * HALF_HOUR) + HALF_HOUR);
    while ((this.#salts[0]?.valid_until ?? Number.POSITIVE_INFINITY) <= time) this.#salts.shift();
    const start = Math.max(
      this.#salts.findLastIndex(({ valid_since }) => valid_since <= time),
      0,
    );
    const end = start + Math.min(Math.max(count, 1), MAX_FUTURE);
    while (this.#salts.length < end) this.#add(le64(this.#random(8)), this.#newest + HALF_HOUR);
    return this.#salts.slice(start, end);
  }

  /** `valid_since` of the newest salt. */
  get #newest(): number {
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
