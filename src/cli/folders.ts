/** Where tg-auth keeps things on this machine, and the config file that it reads there. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { StoreError, UsageError } from '../errors.ts';
import { SETTINGS } from './options.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of the sessions. XDG_STATE_HOME is honoured on every system, so that a script or `tg-auth sandbox -- …` can set it apart.
 * env-paths keeps Linux's state folder under the name `log`; on macOS and Windows a `log` is a log, and sessions are `data`.
 */
export async function stateFolder(env: Env, platform: NodeJS.Platform): Promise<string> {
  const base = env.XDG_STATE_HOME;
  if (base !== undefined && isAbsolute(base)) return join(base, 'tg-auth');
  const { default: envPaths } = await import('env-paths');
  const paths = envPaths('tg-auth', { suffix: '' });
  return platform === 'darwin' || platform === 'win32' ? paths.data : paths.log;
}

/** `config.json` in the XDG config folder, in %APPDATA% on Windows. */
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

/** JSON.parse quotes what it met, which may be a piece of a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON';
  return error instanceof Error ? error.message : String(error);
}

/**
 * The settings of the config file as texts; nothing if there is no file. Keys are the names of the flags.
 * Throws `StoreError` if it cannot be read or is no JSON, `UsageError` for a key or a value that cannot be.
 */
export function readConfig(file: string): Record<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new StoreError('CONFIG_UNREADABLE', { path: file, reason: reasonOf(error) }, { cause: error });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new UsageError(`${file} must hold one JSON object.`);
  const names: readonly string[] = SETTINGS.map(({ name }) => name);
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (!names.includes(key))
      throw new UsageError(`${file} has an unknown key "${key}". The keys are: ${names.join(', ')}.`);
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw new UsageError(`"${key}" in ${file} must be a text, a number, true or false.`);
    settings[key] = String(value);
  }
  return settings;
}
