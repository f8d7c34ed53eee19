/** The folders of tg-auth on this machine, and its config file. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { StoreError, UsageError } from '../../errors.ts';
import { readSettings, type Uid } from '../../session/file.ts';
import type { Output } from '../tell/output.ts';
import { SETTINGS } from './options.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the folder of the sessions. XDG_STATE_HOME counts on every system, so that a script or `tg-auth sandbox`
 * can set it. env-paths calls Linux's state folder `log`; on macOS and Windows sessions go to `data`.
 */
export async function stateFolder(env: Env, platform: NodeJS.Platform): Promise<string> {
  const base = env.XDG_STATE_HOME;
  if (base !== undefined && isAbsolute(base)) return join(base, 'tg-auth');
  const { default: envPaths } = await import('env-paths');
  const paths = envPaths('tg-auth', { suffix: '' });
  return platform === 'darwin' || platform === 'win32' ? paths.data : paths.log;
}

/** Returns the path of `config.json`: in the XDG config folder, on Windows in %APPDATA%. */
export function configFile(env: Env, platform: NodeJS.Platform): string {
  const { XDG_CONFIG_HOME: xdg, APPDATA: appData } = env;
  const base =
    xdg !== undefined && isAbsolute(xdg)
      ? xdg
      : platform === 'win32'
        ? (appData ?? join(homedir(), 'AppData', 'Roaming'))
        : join(homedir(), '.config');
  return join(base, 'tg-auth', 'config.json');
}

/**
 * Returns the entries of the config file as texts; none if there is no file. The keys are the names of the flags.
 * Throws `StoreError` if the file cannot be read, is not JSON or can be changed by others; `UsageError` for an unknown
 * key or an unusable value.
 */
export function readConfig(file: string, uid: Uid, out: Pick<Output, 'warn' | 'hint'>): Record<string, string> {
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
    out.hint(`Make it private:  chmod go= "${file}"`);
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
