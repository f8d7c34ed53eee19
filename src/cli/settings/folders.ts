/** The folders of tg-auth on this machine, and its config file. */
import { isAbsolute, join } from 'node:path';
import { StoreError, UsageError } from '../../errors.ts';
import { readSettings, type Uid } from '../../session/file.ts';
import type { Output } from '../tell/output.ts';
import { SETTINGS } from './options.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the user's home folder; `undefined` if the environment names none. A path that is not absolute counts as
 * none: files would land in the current folder. Not os.homedir(), which guesses a home or throws.
 */
function homeOf({ HOME, USERPROFILE }: Env, platform: NodeJS.Platform): string | undefined {
  return absolute(platform === 'win32' ? USERPROFILE : HOME);
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** Where each system keeps the state and the settings of a program, below the home folder. */
const BELOW_HOME = {
  state: { darwin: ['Library', 'Application Support'], win32: ['AppData', 'Local'], other: ['.local', 'state'] },
  config: { darwin: ['.config'], win32: ['AppData', 'Roaming'], other: ['.config'] },
} as const;

function below(home: string | undefined, what: 'state' | 'config', platform: NodeJS.Platform): string | undefined {
  const { darwin, win32, other } = BELOW_HOME[what];
  const parts = platform === 'darwin' ? darwin : platform === 'win32' ? win32 : other;
  return home === undefined ? undefined : join(home, ...parts);
}

/**
 * Returns the folder of the sessions. XDG_STATE_HOME counts on every system, so that a script or `tg-auth sandbox`
 * can set it. Throws `StoreError` if there is none.
 */
export function stateFolder(env: Env, platform: NodeJS.Platform): string {
  const set = absolute(env.XDG_STATE_HOME);
  if (set !== undefined) return join(set, 'tg-auth');
  const isWindows = platform === 'win32';
  const base = (isWindows ? absolute(env.LOCALAPPDATA) : undefined) ?? below(homeOf(env, platform), 'state', platform);
  if (base === undefined) throw new StoreError('NO_HOME', { home: isWindows ? 'LOCALAPPDATA' : 'HOME' });
  return join(base, 'tg-auth', ...(isWindows ? ['Data'] : []));
}

/**
 * Returns the path of `config.json`: in the XDG config folder, on Windows in %APPDATA%. `undefined` if the environment
 * names no such folder.
 */
export function configFile(env: Env, platform: NodeJS.Platform): string | undefined {
  const appData = platform === 'win32' ? absolute(env.APPDATA) : undefined;
  const base = absolute(env.XDG_CONFIG_HOME) ?? appData ?? below(homeOf(env, platform), 'config', platform);
  return base === undefined ? undefined : join(base, 'tg-auth', 'config.json');
}

/**
 * Returns the entries of the config file as texts; none if there is no file. The keys are the names of the flags.
 * Throws `StoreError` if the file cannot be read, is not JSON or can be changed by others; `UsageError` for an unknown
 * key or an unusable value.
 */
export function readConfig(
  file: string | undefined,
  uid: Uid,
  out: Pick<Output, 'warn' | 'hint'>,
): Record<string, string> {
  if (file === undefined) return {};
  const { json, isOpen } = readJson(file, uid);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new UsageError(`${file} must hold one JSON object.`);
  const names: readonly string[] = SETTINGS.map(({ name }) => name);
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (!names.includes(key)) throw new UsageError(`Unknown key "${key}" in ${file}. Known keys: ${names.join(', ')}.`);
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw new UsageError(`"${key}" in ${file} must be a string, a number, true or false.`);
    settings[key] = String(value);
  }
  const secret = Object.keys(SECRET).find((key) => SECRET[key]?.test(settings[key] ?? ''));
  if (isOpen && secret !== undefined) {
    out.warn(`Other users of this machine can read ${file}, which contains your ${secret}.`);
    out.hint({ say: 'Make it private', run: `chmod go= "${file}"` });
  }
  return settings;
}

/** Secret values; a proxy counts if it holds a password or a secret. */
const SECRET: Readonly<Record<string, RegExp>> = { 'api-hash': /./, proxy: /@|secret=/ };

function readJson(path: string, uid: Uid): { json: unknown; isOpen: boolean } {
  try {
    const { text, isOpen } = readSettings(path, uid) ?? { text: '{}', isOpen: false };
    return { json: JSON.parse(text), isOpen };
  } catch (error) {
    // JSON.parse quotes the text, which may hold a secret.
    if (error instanceof SyntaxError) throw new StoreError('CONFIG_UNREADABLE', { path, reason: 'it is not JSON' });
    if (!(error instanceof StoreError) || error.type !== 'STORE_UNREADABLE') throw error;
    throw new StoreError('CONFIG_UNREADABLE', error.values, { cause: error });
  }
}
