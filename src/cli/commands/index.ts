/** All commands, as data: the parser, the help and the shells' completion read this list. */
import type { Command } from '../command.ts';
import { cancelCode } from './cancel-code.ts';
import { completion } from './completion.ts';
import { devicesAccept, devicesList, devicesTerminate } from './devices.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { recoverPassword } from './recover-password.ts';
import { resendCode } from './resend-code.ts';
import { sandbox } from './sandbox.ts';
import { sendCall } from './send-call.ts';
import { sendCode } from './send-code.ts';
import { sendSms } from './send-sms.ts';
import { sessionDelete, sessionList, sessionRename, sessionShow } from './session.ts';
import { sessionExport } from './session-export.ts';
import { sessionImport } from './session-import.ts';
import { sessionPassphrase } from './session-passphrase.ts';
import { signIn } from './sign-in.ts';
import { tlDecode, tlEncode } from './tl.ts';
import { whoami } from './whoami.ts';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  login,
  sendCode,
  sendCall,
  sendSms,
  resendCode,
  cancelCode,
  signIn,
  recoverPassword,
  whoami,
  logout,
  devicesList,
  devicesTerminate,
  devicesAccept,
  sessionList,
  sessionShow,
  sessionExport,
  sessionImport,
  sessionRename,
  sessionDelete,
  sessionPassphrase,
  explain,
  doctor,
  completion,
  sandbox,
  tlEncode,
  tlDecode,
];

/** What the commands of two words have in common, by the first. */
export const GROUPS: Readonly<Record<string, string>> = {
  devices: 'Where the account is signed in',
  session: 'Stored sessions, and the strings that other libraries know them by',
  tl: 'TL values and the 32-bit words that Telegram prints them as',
};
