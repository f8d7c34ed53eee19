/** Answers to older lines of a method, where the type of the answer or of one of its fields was another. */
import type { Answers } from '../../tl/types.ts';
import type { Current } from './handler.ts';

type Method = keyof Answers<Current> & string;

interface PastAnswer<M extends Method> {
  /** The type of the answer that the older line has. */
  readonly result?: string;
  /** A constructor that the layer does not have yet. */
  readonly lacks?: string;
  readonly from: (answer: Answers<Current>[M]) => unknown;
}

const PAST_ANSWERS: { readonly [M in Method]?: PastAnswer<M> } = {
  'auth.logOut': { result: 'Bool', from: () => true },
  'help.getAppConfig': { result: 'JSONValue', from: (answer) => ('config' in answer ? answer.config : undefined) },
  'messages.getDialogFilters': { result: 'Vector<DialogFilter>', from: ({ filters }) => filters },
  'payments.getStarsTransactions': {
    lacks: 'starsAmount',
    from: (answer) => ({ ...answer, balance: answer.balance.amount, history: [] }),
  },
  'users.getFullUser': { result: 'UserFull', from: ({ full_user, users: [user] }) => ({ ...full_user, user }) },
};

/** Turns the answer to a method into that to its line with this result, in a layer with these types. */
export function pastAnswer<M extends Method>(
  method: M,
  answer: Answers<Current>[M] | undefined,
  result: string,
  hasType: (name: string) => boolean,
): unknown {
  const past: PastAnswer<M> | undefined = PAST_ANSWERS[method];
  if (answer === undefined || past === undefined) return answer;
  const isPast = past.result === result || (past.lacks !== undefined && !hasType(past.lacks));
  return isPast ? past.from(answer) : answer;
}
