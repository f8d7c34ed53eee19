/** Answers of the older lines of a method, whose type was another. */
import type { Answers } from '../../tl/types.ts';
import type { Current } from './handler.ts';

type Method = keyof Answers<Current> & string;

interface PastAnswer<M extends Method> {
  /** The older type. */
  readonly result: string;
  readonly from: (answer: Answers<Current>[M]) => unknown;
}

const PAST_ANSWERS: { readonly [M in Method]?: PastAnswer<M> } = {
  'auth.logOut': { result: 'Bool', from: () => true },
  'help.getAppConfig': { result: 'JSONValue', from: (answer) => ('config' in answer ? answer.config : undefined) },
  'messages.getDialogFilters': { result: 'Vector<DialogFilter>', from: ({ filters }) => filters },
  'users.getFullUser': { result: 'UserFull', from: ({ full_user, users: [user] }) => ({ ...full_user, user }) },
};

/** Turns the answer to a method into that to its line with this result. */
export function pastAnswer<M extends Method>(
  method: M,
  result: string,
  answer: Answers<Current>[M] | undefined,
): unknown {
  const past: PastAnswer<M> | undefined = PAST_ANSWERS[method];
  return answer === undefined || past?.result !== result ? answer : past.from(answer);
}
