/** What a test can read and change in a running sandbox. `http.ts` offers the same over HTTP. */
import { UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { loginToken } from '../../tl/login-link.ts';
import type { ClockChange } from '../clock.ts';
import { type AccountDetails, createAccount } from '../rules/accounts.ts';
import { revokeAuthorizations } from '../rules/authorizations.ts';
import { type NumberOwner, ownerOf } from '../rules/numbers.ts';
import { scanToken } from '../rules/qr.ts';
import { Refusal } from '../rules/refusal.ts';
import { isEmail, isName } from '../rules/sign-in.ts';
import type { Delivery, World } from '../world.ts';
import type { Journal, SandboxRequest } from './journal.ts';

export interface NewAccount extends AccountDetails {
  /** Default: a free test number of DC 2. */
  readonly phone?: string | undefined;
}

/** All functions throw `UsageError` for invalid input. */
export interface Controls {
  /** What reached a phone, its mailbox or its apps, or those of all numbers: the latest 1000 messages, oldest first. */
  said(phone?: string): readonly Delivery[];
  /** The latest 1000 requests and their answers, oldest first. */
  requests(): readonly SandboxRequest[];
  /**
   * Moves the clock of the rules, which decides when codes, login tokens and waits end. Returns its time in seconds
   * since 1970. The clock of the protocol stays.
   */
  clock(change: ClockChange): number;
  /** Scans the QR code of a login link with the phone of a number, which signs the client in. */
  scan(link: string, phone: string): void;
  /** Creates an account for a number that has not been used yet. Returns the number. */
  addAccount(account?: NewAccount): string;
  /** Signs out every client of an account: its next request fails with SESSION_REVOKED. Returns how many there were. */
  revoke(phone: string): number;
  /** Replaces the faults, for new connections. Without arguments there are none. */
  fault(...faults: readonly string[]): void;
  /**
   * Forgets accounts, codes, sign-ins, messages and requests, and restores the clock and the faults of the start. Auth
   * keys and connections stay, so clients need not connect again.
   */
  reset(): void;
}

interface Controlled {
  readonly world: World;
  readonly journal: Journal;
  readonly setFaults: (faults: readonly string[]) => void;
  /** Those that the sandbox started with. */
  readonly faults: readonly string[];
}

export function controlsOf({ world, journal, setFaults, faults }: Controlled): Controls {
  return {
    said(phone) {
      const all = journal.said.all();
      if (phone === undefined) return all;
      const owner = ownerNamed(phone);
      return all.filter((each) => each.phone === owner.phone);
    },
    requests: () => journal.requests.all(),
    clock(change) {
      world.clock.move(change);
      return world.clock.now() / 1000;
    },
    scan: (link, phone) => scan(world, link, phone),
    addAccount: (account = {}) => addAccount(world, account),
    revoke(phone) {
      const account = world.accounts.get(ownerNamed(phone).phone);
      if (account === undefined) throw new UsageError(`No account has been used with the number ${printable(phone)}.`);
      return revokeAuthorizations(world, account);
    },
    fault: (...specs) => setFaults(specs),
    reset() {
      world.reset();
      journal.clear();
      setFaults(faults);
    },
  };
}

function ownerNamed(phone: string): NumberOwner {
  const owner = ownerOf(phone);
  if (owner === undefined) throw new UsageError(`'${printable(phone)}' is not a phone number.`);
  return owner;
}

function scan(world: World, link: string, phone: string): void {
  const token = loginToken(link);
  if (token === undefined) throw new UsageError('Not a login link. It must begin with tg://login?token=');
  try {
    scanToken(world, phone, token);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new UsageError(`The phone cannot scan this QR code: ${cause.text}.`, { cause });
  }
}

function addAccount(world: World, { phone = freeNumber(world), ...details }: NewAccount): string {
  const { name, password, email } = details;
  const owner = ownerNamed(phone);
  if (world.accounts.has(owner.phone)) throw new UsageError(`The number ${printable(phone)} already has an account.`);
  if (name !== undefined && !isName(name)) throw new UsageError('A name must have 1 to 64 characters.');
  if (password === '') throw new UsageError('The password must not be empty.');
  if (email !== undefined && !isEmail(email)) throw new UsageError(`'${printable(email)}' is not an e-mail address.`);
  if (email !== undefined && (password ?? owner.behaviour.password) === undefined)
    throw new UsageError('An e-mail address requires a password: it receives the code that recovers it.');
  return createAccount(world, owner, details).name;
}

/** An ordinary test number without an account. A world has fewer accounts than there are such numbers. */
function freeNumber({ accounts }: World): string {
  for (let number = 9996625000; ; number++) if (!accounts.has(String(number))) return String(number);
}
