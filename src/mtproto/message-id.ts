/**
 * Message identifiers (https://core.telegram.org/mtproto/description#message-identifier-msg-id) for either side.
 *
 * A msg_id is the unix time times 2^32, so it says when its message was made. The two low bits say whose it is: 0 a
 * client's, 1 a server's answer, 3 a server's own.
 */
import type { Now } from '../bytes.ts';

export type Side = 'client' | 'server';

export type MessageKind = 'request' | 'answer' | 'notice';

const LOW_BITS = { request: 0n, answer: 1n, notice: 3n } as const satisfies Record<MessageKind, bigint>;

/** Ids that only ever grow. The low word is never zero, since a server refuses an id without the fraction of its second. */
export function messageIds(now: Now): (kind: MessageKind) => bigint {
  let last = 0n;
  return (kind) => {
    const time = ((BigInt(Math.floor(now() * 1000)) << 32n) / 1_000_000n) & ~3n;
    let id = time > last ? time : last + 4n;
    if ((id & 0xffffffffn) === 0n) id += 4n;
    last = id;
    return BigInt.asIntN(64, id | LOW_BITS[kind]);
  };
}

/** The unix time, in seconds, that a msg_id names. A long is signed, a time is not. */
export function timeOf(msg_id: bigint): number {
  return Number(BigInt.asUintN(64, msg_id) >> 32n);
}

/** Whether the low bits are right for a message of that side. */
export function isFrom(side: Side, msg_id: bigint): boolean {
  return side === 'client' ? (msg_id & 3n) === 0n : (msg_id & 1n) === 1n;
}

/** Seconds that a msg_id may be ahead of, or behind, the receiver's clock (security guidelines, "Checking msg_id"). */
export const WINDOW = { ahead: 30, behind: 300 } as const;

/** How many seconds a msg_id is outside the window: negative is too old, positive too far ahead, 0 inside. */
export function outsideWindow(msg_id: bigint, seconds: number): number {
  const difference = timeOf(msg_id) - seconds;
  if (difference > WINDOW.ahead) return difference - WINDOW.ahead;
  return difference < -WINDOW.behind ? difference + WINDOW.behind : 0;
}

/** How many of the latest ids are remembered. */
const REMEMBERED = 500;

/** The ids received in a session: each is accepted once, and once the store is full nothing below the lowest of it. */
export class SeenIds {
  readonly #ids: bigint[] = [];

  /** Adds an id in its order; false if it was there already or is older than all that are remembered. */
  accept(msg_id: bigint): boolean {
    const at = this.#after(msg_id);
    if (this.#ids[at - 1] === msg_id || (at === 0 && this.#ids.length >= REMEMBERED)) return false;
    this.#ids.splice(at, 0, msg_id);
    if (this.#ids.length > REMEMBERED) this.#ids.shift();
    return true;
  }

  has(msg_id: bigint): boolean {
    return this.#ids[this.#after(msg_id) - 1] === msg_id;
  }

  /** msgs_state_info's byte: 4 received, 1 too old to know, 3 above all that came, 2 not received. */
  state(msg_id: bigint): 1 | 2 | 3 | 4 {
    if (this.has(msg_id)) return 4;
    if (this.#ids.length >= REMEMBERED && msg_id < (this.#ids[0] ?? 0n)) return 1;
    return msg_id > (this.#ids.at(-1) ?? 0n) ? 3 : 2;
  }

  /** Where the ids above this one begin. By halves: a peer may ask about thousands. */
  #after(msg_id: bigint): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ids[middle] ?? 0n) > msg_id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
