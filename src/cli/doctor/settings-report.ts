/** The settings as somebody may see them: each with where it comes from, and none with a secret. */
import { showAddress, showProxy } from '../../net/dial/proxy.ts';
import { type Options, SETTINGS, UNKEPT } from '../settings/options.ts';
import { type Setting, type Source, type Sources, take } from '../settings/setting.ts';
import { mayBeSecret } from '../tell/secret-words.ts';

export interface Told {
  readonly name: string;
  readonly value: string;
  readonly from: Source;
  /** The flag, variable or key that gave it. */
  readonly by: string;
}

const SECRET = new Set(['api-hash', 'session-string']);

/** Those that somebody has set. Throws `UsageError` for a malformed one. */
export function toldOf(sources: Sources, options: Options): readonly Told[] {
  return [...SETTINGS, ...UNKEPT].flatMap((setting) => {
    const { from, name: by } = take<unknown>(setting satisfies Setting<unknown>, sources);
    return from === 'default'
      ? []
      : [{ name: setting.name, value: show(setting.name, by, sources, options), from, by }];
  });
}

function show(name: string, by: string, { flags, env, config }: Sources, { proxy, network }: Options): string {
  if (SECRET.has(name)) return 'set';
  if (name === 'proxy' && proxy.value !== undefined) {
    const isSecret = proxy.value.kind === 'mtproxy' ? ', with a secret' : '';
    const isAuth = proxy.value.kind !== 'mtproxy' && proxy.value.credentials !== undefined ? ', with a password' : '';
    return `${showProxy(proxy.value)}${isSecret}${isAuth}`;
  }
  if (name === 'server' && network.kind === 'server') return showAddress(network.address);
  const text = String(flags[name] ?? env[by] ?? config[name] ?? '');
  return mayBeSecret(text) ? 'set' : text;
}
