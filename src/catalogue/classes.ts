/** What the error_code alone tells, for a name that the catalogue does not hold (https://core.telegram.org/api/errors). */
import { type CatalogueEntry, EXIT } from './entry.ts';

/** When to ask again; `{until}` is a clock time, which only the command line can tell. */
export const AGAIN_AT = 'It makes sense to ask again from {until} on; asking before may lengthen the wait.';

/** An unknown `…_WAIT_X`, or a 420 with a number: it is seconds. */
export const ANY_WAIT: CatalogueEntry = {
  exit: EXIT.wait,
  wait: true,
  sentence: 'Telegram asks to wait {duration}.',
  why: [AGAIN_AT],
};

const BY_CODE: ReadonlyMap<number, CatalogueEntry> = new Map([
  [303, { exit: EXIT.rpc, sentence: 'Another data centre of Telegram is responsible for this.' }],
  [400, { exit: EXIT.rpc, sentence: 'Telegram refused the request; repeating it unchanged will not help.' }],
  [
    401,
    {
      exit: EXIT.signedOut,
      sentence: 'Telegram allows this only to a session that is signed in.',
      next: 'Sign in (at a terminal; in a script with send-code and sign-in):  tg-auth login',
    },
  ],
  [403, { exit: EXIT.rpc, sentence: 'Telegram does not allow this.' }],
  [
    404,
    {
      exit: EXIT.outdated,
      sentence: 'The server does not know what it was asked for.',
      why: ['A method that was dropped from the API is answered like this.'],
      next: 'If it was auth.sendCall, ask its successor:  tg-auth send-call {phone} --method resendCode',
    },
  ],
  [
    406,
    {
      exit: EXIT.rpc,
      sentence: 'Telegram refused the request; repeating it unchanged will not help.',
      why: ['It explains such a refusal in the chat named "Telegram", on devices that are signed in.'],
    },
  ],
  [420, { exit: EXIT.wait, sentence: 'Too many requests: Telegram asks to wait, without saying how long.' }],
]);

const SERVER_SIDE: CatalogueEntry = {
  exit: EXIT.rpc,
  sentence: 'Something went wrong inside Telegram.',
  why: ['It may or may not have done what was asked.', 'The fault is on its side and usually passes in a moment.'],
};

/** Codes that nobody documents, 500 and the negative ones among them, are faults of the server. */
export function classOf(code: number): CatalogueEntry {
  return BY_CODE.get(code) ?? SERVER_SIDE;
}
