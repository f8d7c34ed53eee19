/** Entries by error_code alone, for names without an entry of their own (https://core.telegram.org/api/errors). */
import { type CatalogueEntry, EXIT } from './entry.ts';

/** `{until}` is a clock time, which only the command line knows. */
export const AGAIN_AT = 'Try again after {until}. Earlier tries may extend the wait.';

/** An unknown `…_WAIT_X`, or a 420 with a number, which is in seconds. */
export const ANY_WAIT: CatalogueEntry = {
  exit: EXIT.wait,
  wait: true,
  sentence: 'Telegram requires a wait of {duration}.',
  why: [AGAIN_AT],
};

const BY_CODE: ReadonlyMap<number, CatalogueEntry> = new Map([
  [303, { exit: EXIT.rpc, sentence: 'Another data centre handles this request.' }],
  [
    400,
    {
      exit: EXIT.rpc,
      sentence: 'Telegram rejected the request.',
      why: ['Repeating it unchanged will not help.'],
      ends: true,
    },
  ],
  [
    401,
    {
      exit: EXIT.signedOut,
      sentence: 'This requires a signed-in session.',
      next: { say: 'Sign in', run: 'tg-auth login {phone}' },
    },
  ],
  [403, { exit: EXIT.rpc, sentence: 'Telegram does not allow this.', ends: true }],
  [
    404,
    {
      exit: EXIT.outdated,
      sentence: 'The server does not support this request.',
      why: ['The method may have been removed from the API.'],
      next: { say: 'If it was auth.sendCall, use its successor', run: 'tg-auth send-call {phone} --method resendCode' },
    },
  ],
  [
    406,
    {
      exit: EXIT.rpc,
      sentence: 'Telegram rejected the request.',
      why: ['Repeating it unchanged will not help.', 'Look for the reason in the "Telegram" chat of a signed-in app.'],
      ends: true,
    },
  ],
  [420, { exit: EXIT.wait, sentence: 'Too many requests: Telegram did not say how long to wait.' }],
]);

const SERVER_SIDE: CatalogueEntry = {
  exit: EXIT.rpc,
  sentence: 'Telegram had an internal error.',
  why: ['The request may or may not have been carried out.', 'Such errors usually pass: try again in a moment.'],
};

/** Undocumented codes count as server errors, like 500 and the negative ones. */
export function classOf(code: number): CatalogueEntry {
  return BY_CODE.get(code) ?? SERVER_SIDE;
}
