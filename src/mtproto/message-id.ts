/**
 * Message identifiers (https://core.telegram.org/mtproto/description#message-identifier-msg-id) for either side.
 *
 * A msg_id is the unix time of its message times 2^32. Its two low bits are 0 for a client's message, 1 for a server's
 * answer and 3 for any other message of a server.
 */
import type { Now } from '../bytes.ts';

export type Side = 'client' | 'server';

export type MessageKind = 'request' | 'answer' | 'notice';

const LOW_BITS = { request: 0n, answer: 1n, notice: 3n } as const satisfies Record<MessageKind, bigint>;

/** Returns growing ids. The low 32 bits are never zero: a server refuses an id without a fraction of a second. */
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

/** The unix time in a msg_id, in seconds. A long is signed, a time is not. */
export function timeOf(msg_id: bigint): number {
  return Number(BigInt.asUintN(64, msg_id) >> 32n);
}

/** Whether the low bits fit a message from that side. */
export function isFrom(side: Side, msg_id: bigint): boolean {
  return side === 'client' ? (msg_id & 3n) === 0n : (msg_id & 1n) === 1n;
}

/** Seconds that a msg_id may be ahead of or behind the receiver's clock (security guidelines, "Checking msg_id"). */
const WINDOW = { ahead: 30, behind: 300 } as const;

/** Seconds that a msg_id is outside the window: negative if too old, positive if too far ahead, 0 if inside. */
export function outsideWindow(msg_id: bigint, seconds: number): number {
  const difference = timeOf(msg_id) - seconds;
  if (difference > WINDOW.ahead) return difference - WINDOW.ahead;
  return difference < -WINDOW.behind ? difference + WINDOW.behind : 0;
}

/** How many of the highest ids are remembered. */
const REMEMBERED = 500;

interface Seen {
  readonly msg_id: bigint;
  readonly seq_no: number;
}

/** The ids received in a session. Accepts each once; when full, accepts none below the lowest. */
export class SeenIds {
  /** In ascending order of msg_id. */
  readonly #seen: Seen[] = [];

  /** Adds an id. Returns false if it was received before, or is lower than all that are remembered. */
  accept(msg_id: bigint, seq_no = 0): boolean {
    const at = this.#after(msg_id);
    if (this.#seen[at - 1]?.msg_id === msg_id || (at === 0 && this.#seen.length >= REMEMBERED)) return false;
    this.#seen.splice(at, 0, { msg_id, seq_no });
    if (this.#seen.length > REMEMBERED) this.#seen.shift();
    return true;
  }

  has(msg_id: bigint): boolean {
    return this.#seen[this.#after(msg_id) - 1]?.msg_id === msg_id;
  }

  /** The code of bad_msg_notification if seq_no is too low (32) or too high (33) between its neighbours. */
  misnumbered({ msg_id, seq_no }: Seen): 32 | 33 | undefined {
    const at = this.#after(msg_id);
    const [before, after] = [this.#seen[at - 1], this.#seen[at]];
    if (before?.msg_id === msg_id) return undefined;
    if (before !== undefined && !follows(seq_no, before.seq_no)) return 32;
    return after !== undefined && !follows(after.seq_no, seq_no) ? 33 : undefined;
  }

  /** A byte of msgs_state_info: 1 too old to know, 2 not received, 3 higher than all received, 4 received. */
  state(msg_id: bigint): 1 | 2 | 3 | 4 {
    if (this.has(msg_id)) return 4;
    if (this.#seen.length >= REMEMBERED && msg_id < (this.#seen[0]?.msg_id ?? 0n)) return 1;
    return msg_id > (this.#seen.at(-1)?.msg_id ?? 0n) ? 3 : 2;
  }

  /** The index of the first higher id. A binary search: a peer may ask about thousands of ids. */
  #after(msg_id: bigint): number {
    let low = 0;
    let high = this.#seen.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seen[middle]?.msg_id ?? 0n) > msg_id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Whether seq_no may follow `before`: it is higher, or equal to that of a message that is not content-related. */
export function follows(seq_no: number, before: number): boolean {
  return seq_no > before || (seq_no === before && before % 2 === 0);
}
