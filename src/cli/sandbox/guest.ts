/** How a command knows that a sandbox runs it. */
import { basename, dirname } from 'node:path';

/** The name of a sandbox's temporary folder begins with it. */
export const FOLDER_PREFIX = 'tg-auth-sandbox-';

/** Whether a command of these variables runs in a sandbox: its key and its sessions are in that sandbox's folder. */
export function isGuest({
  XDG_STATE_HOME = '',
  TG_AUTH_SERVER_KEY = '',
}: Readonly<Record<string, string | undefined>>): boolean {
  const folder = dirname(XDG_STATE_HOME);
  return folder === dirname(TG_AUTH_SERVER_KEY) && basename(folder).startsWith(FOLDER_PREFIX);
}
