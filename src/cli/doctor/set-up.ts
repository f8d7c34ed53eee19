/** What is on this machine: configuration and store. */
import { existsSync } from 'node:fs';
import type { Network } from '../../net/datacentres.ts';
import type { Context } from '../context.ts';
import { configFile, stateFolder } from '../settings/folders.ts';
import type { Report } from './report.ts';
import { reportSettings } from './settings-report.ts';

/** Settings with where they come from, and the network that they name; `undefined` if there is none. */
export async function checkConfiguration(ctx: Context, report: Report): Promise<Network | undefined> {
  const { env, platform } = ctx.outside;
  const file = configFile(env, platform);
  report.add('configuration', 'ok', 'config file', existsSync(file) ? file : `${file} (there is none)`);
  for (const { name, value, by } of reportSettings(ctx.options))
    report.add('configuration', 'ok', name, `${value}  (${by})`);
  try {
    ctx.credentials();
  } catch (error) {
    report.failed('configuration', 'credentials', error);
  }
  try {
    return await ctx.network();
  } catch (error) {
    report.failed('configuration', 'network', error);
    return undefined;
  }
}

/** Opens the session, which checks who else can read it. */
export async function checkStore(ctx: Context, report: Report): Promise<void> {
  const { env, platform } = ctx.outside;
  const { network, session, sessionString } = ctx.options;
  const inMemory = network.kind === 'sandbox' || sessionString.value !== undefined;
  const what = inMemory ? session.value : await stateFolder(env, platform);
  try {
    const { sealed } = await ctx.session();
    const words = inMemory
      ? 'in memory alone'
      : platform === 'win32'
        ? 'can be read and written'
        : 'only you can read it';
    report.add('store', 'ok', what, sealed ? `${words}, and only with the passphrase` : words);
  } catch (error) {
    report.failed('store', what, error);
  }
}
