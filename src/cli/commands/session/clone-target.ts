/** Where `session clone` keeps the new session: under a name of the user's, or a free one. */
import { StoreError, UsageError } from '../../../errors.ts';
import type { SessionHandle } from '../../../library.ts';
import { hasKey, type Session } from '../../../session/session.ts';
import type { SessionStore } from '../../../session/store.ts';
import type { Context } from '../../context.ts';
import { isString } from '../../settings/session-string.ts';
import type { Destination } from './export.ts';

export interface Target {
  /** The name to store it under; `undefined` for a free one. */
  readonly name: string | undefined;
  /** The clone is not to stay stored: its string goes here. */
  readonly destination: Destination | undefined;
}

/** The session that is to be signed in. */
export interface Clone {
  readonly name: string;
  readonly session: SessionHandle;
  /** Its key was made by a run that did not finish. */
  readonly resumes: boolean;
  /** Whether a later run can find it. */
  readonly isStored: boolean;
}

/** The most names that are tried. */
const MAX_NAMES = 1000;
/** Leaves space in a name for what makes it another one. */
const LONGEST = 50;

/**
 * Opens the session to sign in: a new one, or the unfinished clone of this account that has the name. Throws
 * `UsageError` for a name that is taken.
 */
export async function openClone(ctx: Context, { name, destination }: Target, owner: bigint): Promise<Clone> {
  const own = ctx.options.session.value;
  if (destination !== undefined && (isString(ctx.options) || ctx.options.network.kind === 'sandbox'))
    return { name: own, session: await ctx.openUnstored(), resumes: false, isStored: false };
  if (name === own && !isString(ctx.options)) throw taken(name);
  const { id } = await ctx.network();
  const store = await ctx.store();
  const { sealed } = await ctx.session(); // only then a clone is encrypted too
  for (let n = 1; n <= MAX_NAMES; n++) {
    const each = name ?? freeName(own, n, destination !== undefined);
    const seen = found(store, each, id);
    if (isUsable(seen, owner) || (name !== undefined && seen === 'unknown' && sealed)) {
      const session = await ctx.openStored(each);
      const value = exists(store, each, id) ? session.value : undefined;
      if (isUsable(value, owner))
        return { name: each, session, resumes: value?.clone !== undefined && hasKey(value), isStored: true };
      await session.close(); // encrypted, or just taken by another process
    }
    if (name !== undefined) throw taken(name, seen === 'unknown' ? undefined : seen);
  }
  throw new UsageError('Too many sessions have a name like this one.', { why: ['Name the new session.'] });
}

/** `default-2`, `default-3`…; for a clone that is not to stay stored `default-export`, `default-export-2`… */
export function freeName(source: string, n = 1, exports = false): string {
  const base = source.slice(0, LONGEST);
  if (exports) return n === 1 ? `${base}-export` : `${base}-export-${n}`;
  return `${base}-${n + 1}`;
}

/** Whether nothing is stored, or an unfinished clone of this account whose key no other program can have. */
function isUsable(value: Session | 'unknown' | undefined, owner: bigint): boolean {
  if (value === undefined) return true;
  return value !== 'unknown' && value.clone?.user === owner && value.clone.exported !== true;
}

function exists(store: SessionStore, session: string, network: string): boolean {
  return store.list().some((each) => each.network === network && each.name === session);
}

function found(store: SessionStore, name: string, network: string): Session | 'unknown' | undefined {
  try {
    const value = store.peek(name, network);
    return value === 'sealed' ? 'unknown' : value;
  } catch (error) {
    if (error instanceof StoreError) return 'unknown';
    throw error;
  }
}

function taken(name: string, value?: Session): UsageError {
  if (value?.clone === undefined)
    return new UsageError(`A session "${name}" already exists.`, {
      next: { say: 'Choose another name', run: `tg-auth session clone ${freeName(name)}` },
    });
  const { user, exported } = value.clone;
  return new UsageError(
    exported === true
      ? `Session "${name}" is a clone whose string may have been written. Another program may use it.`
      : `Session "${name}" is an unfinished clone of another account (user ${user}).`,
    { next: { say: 'If nothing uses it, end it', run: `tg-auth logout --session ${name}` } },
  );
}
