/** The words of the commands on two-step verification. */
import type { Command, Option } from '../../command.ts';

const CURRENT: Option = {
  flags: '--password <->',
  help: 'must be -: read the current password from stdin [TG_AUTH_PASSWORD] (default: prompt)',
};
const NEW: Option = {
  flags: '--new-password <->',
  help: 'must be -: read the new password from stdin [TG_AUTH_NEW_PASSWORD] (default: prompt)',
};
const BOTH: Option = { ...NEW, help: `${NEW.help}; the second line, if both come from there` };
const HINT: Option = {
  flags: '--hint <text>',
  help: 'hint for the new password, which anyone may see (default: none)',
};
const EMAIL: Option = {
  flags: '--email <address>',
  help: 'recovery e-mail; the change is made once the code sent there is confirmed',
};
const CODE: Option = {
  flags: '--code <code>',
  help: 'the code from the e-mail, or - for stdin [TG_AUTH_CODE] (default: prompt)',
};
const YES: Option = { flags: '--yes', help: 'do not ask for confirmation' };

export const PASSWORDS: readonly Command[] = [
  {
    name: 'password status',
    byDefault: true,
    summary: 'Show whether the account has a password, its hint, its recovery e-mail and a pending reset',
    options: [
      { flags: '--check', help: 'also check a password, and show the whole address of the recovery e-mail' },
      { ...CURRENT, help: CURRENT.help.replace('the current password', 'the password to check') },
    ],
    examples: [
      'tg-auth password status',
      'tg-auth password status --json | jq .result',
      'TG_AUTH_PASSWORD=$(pass telegram) tg-auth password status --check',
    ],
    readOnly: true,
    load: () => import('../account/password/status.ts'),
  },
  {
    name: 'password set',
    summary: 'Set a password, which a sign-in then needs besides the code; print true or false',
    options: [NEW, HINT, EMAIL],
    examples: [
      'tg-auth password set',
      "TG_AUTH_NEW_PASSWORD=$(pass telegram) tg-auth password set --hint 'in the safe'",
      'pass telegram | tg-auth password set --new-password - --email ada@example.com',
    ],
    readOnly: true,
    load: async () => ({ run: (await import('../account/password/set.ts')).set }),
  },
  {
    name: 'password change',
    summary: 'Change the password; print true or false',
    options: [CURRENT, BOTH, HINT, EMAIL],
    examples: [
      'tg-auth password change',
      'TG_AUTH_PASSWORD=$(pass old) TG_AUTH_NEW_PASSWORD=$(pass new) tg-auth password change',
      'printf \'%s\\n\' "$old" "$new" | tg-auth password change --password - --new-password -',
    ],
    readOnly: true,
    load: async () => ({ run: (await import('../account/password/set.ts')).change }),
  },
  {
    name: 'password remove',
    summary: 'Remove the password; print true or false',
    options: [CURRENT, YES],
    examples: ['tg-auth password remove', 'TG_AUTH_PASSWORD=$(pass telegram) tg-auth password remove --yes'],
    readOnly: true,
    load: async () => ({ run: (await import('../account/password/set.ts')).remove }),
  },
  {
    name: 'password email',
    summary: 'Set the e-mail address that recovers the password, or confirm it with the code sent there',
    args: [
      {
        name: '[address]',
        help: 'the new address, or - for stdin (default: prompt for it, or for the code of the last one)',
      },
    ],
    options: [
      CURRENT,
      { ...CODE, conflicts: ['resend', 'cancel', 'password'] },
      { flags: '--resend', help: 'send the code again', conflicts: ['cancel', 'password'] },
      { flags: '--cancel', help: 'forget the unconfirmed address, and the change that waits for it' },
    ],
    examples: [
      'tg-auth password email ada@example.com',
      'tg-auth password email --code "$code"',
      'tg-auth password email --resend',
      'tg-auth password email --cancel',
    ],
    readOnly: true,
    load: () => import('../account/password/email.ts'),
  },
  {
    name: 'password reset',
    summary: 'Ask Telegram to remove a lost password, which takes a week; run it again then',
    options: [YES, { flags: '--cancel', help: 'cancel the reset and keep the password', conflicts: ['yes'] }],
    examples: ['tg-auth password reset', 'tg-auth password reset --yes --json', 'tg-auth password reset --cancel'],
    readOnly: true,
    load: () => import('../account/password/reset.ts'),
  },
  {
    name: 'password recover',
    alias: 'recover-password',
    summary: 'Sign in with a code from the recovery e-mail if the password is lost',
    options: [
      {
        flags: '--send',
        help: 'send the e-mail, print its address and stop',
        conflicts: ['code', 'new-password', 'remove-password'],
      },
      CODE,
      NEW,
      { flags: '--hint <text>', help: 'hint for the new password' },
      {
        flags: '--remove-password',
        help: 'leave the account without a password',
        conflicts: ['new-password', 'hint'],
      },
    ],
    examples: [
      'tg-auth password recover',
      'tg-auth password recover --send',
      'TG_AUTH_NEW_PASSWORD=$(pass telegram) tg-auth password recover --code "$code"',
    ],
    load: () => import('../account/password/recover.ts'),
  },
];
