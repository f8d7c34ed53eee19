/** The settings of a run as the doctor shows them: each with its source, none with a secret. */
import { showAddress, showProxy } from '../../net/dial/proxy.ts';
import type { Options } from '../settings/options.ts';
import type { Source } from '../settings/setting.ts';
import { mayBeSecret } from '../tell/secret-words.ts';

interface ReportedSetting {
  readonly name: string;
  readonly value: string;
  readonly from: Source;
  /** The flag, variable or config key that set it. */
  readonly by: string;
}

const SECRET = new Set(['api-hash', 'session-string']);

/** Returns the settings that are not at their defaults. */
export function reportSettings({ network, ...settings }: Options): readonly ReportedSetting[] {
  const { proxy } = settings;
  const show = (name: string, text: string) => {
    if (SECRET.has(name)) return 'set';
    if (name === 'proxy' && proxy.value !== undefined) {
      const isSecret = proxy.value.kind === 'mtproxy' ? ', with a secret' : '';
      const isAuth = proxy.value.kind !== 'mtproxy' && proxy.value.credentials !== undefined ? ', with a password' : '';
      return `${showProxy(proxy.value)}${isSecret}${isAuth}`;
    }
    if (name === 'server' && network.kind === 'server') return showAddress(network.address);
    return mayBeSecret(text) ? 'set' : text;
  };
  return Object.values(settings).flatMap(({ setting, from, name, text = '' }) =>
    from === 'default' ? [] : [{ name: setting, value: show(setting, text), from, by: name }],
  );
}
