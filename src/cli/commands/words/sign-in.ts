/** The words of the commands that sign in. */
import type { Argument, Command, Option } from '../../command.ts';

const PHONE: Argument = { name: '[phone]', help: 'phone number with country code (default: prompt)' };
const HASH: Option = {
  flags: '--hash <hash>',
  help: 'the phone_code_hash, or - for stdin [TG_AUTH_HASH] (default: the hash of the last send-code for this number)',
};
const WAIT: Option = {
  flags: '--wait',
  help: 'wait until the next delivery method is due; exit with 20 if --timeout ends before that',
};
const PASSWORD: Option = {
  flags: '--password <->',
  help: 'must be -: read the two-step verification password from stdin [TG_AUTH_PASSWORD]',
};

function deliveryOptions(method: 'sendCall' | 'sendSms'): Option[] {
  return [
    HASH,
    {
      flags: '--method <name>',
      help: `auto, ${method} or resendCode (default: auto, which is auth.${method} unless the server dropped it)`,
      values: ['auto', method, 'resendCode'],
    },
    WAIT,
    { flags: '--dry-run', help: 'do not connect; print the query as 32-bit words in hex' },
  ];
}

export const SIGN_IN: readonly Command[] = [
  {
    name: 'login',
    summary: 'Sign in step by step: with a code, by QR code, or as a bot',
    args: [PHONE],
    options: [
      { flags: '--qr', help: 'show a QR code to scan with a signed-in phone', conflicts: ['bot'] },
      { flags: '--bot', help: 'sign in as a bot' },
      { flags: '--token <->', help: 'must be -: read the bot token from stdin [TG_AUTH_BOT_TOKEN]' },
      PASSWORD,
    ],
    examples: [
      'tg-auth login',
      'tg-auth login +79991234567 --session work',
      'tg-auth login --qr',
      'TG_AUTH_BOT_TOKEN=$(pass bot) tg-auth login --bot',
    ],
    lasting: (input) => input.has('qr'),
    load: () => import('../sign-in/login.ts'),
  },
  {
    name: 'send-code',
    summary: 'Ask for a login code and print its phone_code_hash',
    args: [PHONE],
    examples: [
      'tg-auth send-code +79991234567',
      'hash=$(tg-auth send-code +79991234567)',
      'tg-auth send-code +9996620000 --sandbox --json',
    ],
    load: () => import('../sign-in/send-code.ts'),
  },
  {
    name: 'send-call',
    summary: 'Ask for a voice call that reads out the code; print true or false',
    args: [PHONE],
    options: deliveryOptions('sendCall'),
    examples: [
      'tg-auth send-call +79991234567',
      'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox',
      'tg-auth send-call +79991234567 --wait --json',
      'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --dry-run',
    ],
    withoutConfig: (input) => input.has('dry-run'),
    load: () => import('../sign-in/send-call.ts'),
  },
  {
    name: 'send-sms',
    summary: 'Ask for the code by SMS; print true or false',
    args: [PHONE],
    options: deliveryOptions('sendSms'),
    examples: ['tg-auth send-sms +79991234567', 'tg-auth send-sms +79991234567 --wait --json'],
    withoutConfig: (input) => input.has('dry-run'),
    load: () => import('../sign-in/send-sms.ts'),
  },
  {
    name: 'resend-code',
    summary: 'Ask for the code again by the next delivery method and print its phone_code_hash',
    args: [PHONE],
    options: [HASH, WAIT],
    examples: ['tg-auth resend-code +79991234567 --wait', 'hash=$(tg-auth resend-code +79991234567 --hash "$hash")'],
    load: () => import('../sign-in/resend-code.ts'),
  },
  {
    name: 'cancel-code',
    summary: 'Cancel a code; print true or false',
    args: [PHONE],
    options: [HASH],
    examples: ['tg-auth cancel-code +79991234567'],
    load: () => import('../sign-in/cancel-code.ts'),
  },
  {
    name: 'sign-in',
    summary: 'Sign in with a code and print the user id',
    args: [PHONE],
    options: [
      HASH,
      { flags: '--code <code>', help: 'the code, or - for stdin [TG_AUTH_CODE] (default: prompt)' },
      PASSWORD,
      { flags: '--first-name <name>', help: 'for a number without an account: first name of the new account' },
      { flags: '--last-name <name>', help: 'last name of the new account (default: none)' },
      { flags: '--accept-terms', help: "accept Telegram's terms of service for the new account" },
    ],
    examples: [
      'tg-auth sign-in +79991234567',
      'echo "$code" | tg-auth sign-in +79991234567 --code -',
      'TG_AUTH_PASSWORD=$(pass telegram) tg-auth sign-in +79991234567 --code "$code"',
      'tg-auth sign-in +79991234567 --code "$code" --first-name Ada --accept-terms',
    ],
    load: () => import('../sign-in/sign-in.ts'),
  },
];
