/** Checks this machine: the configuration and the stored session. */
import { existsSync } from 'node:fs';
import type { Network } from '../../net/datacentres.ts';
import type { Context } from '../context.ts';
import { configFile, stateFolder } from '../settings/folders.ts';
import type { Report } from './report.ts';
import { reportSettings } from './settings-report.ts';

/** Lists the settings with their sources. Returns their network; `undefined` if they are invalid. */
export async function checkConfiguration(ctx: Context, report: Report): Promise<Network | undefined> {
  const { env, platform } = ctx.outside;
  const file = configFile(env, platform);
  const found = file === undefined ? 'none: there is no home folder' : existsSync(file) ? file : `${file} (not found)`;
  report.add('configuration', 'ok', 'config file', found);
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

/** Opens the session, which also checks its permissions. */
export async function checkStore(ctx: Context, report: Report): Promise<void> {
  const { env, platform } = ctx.outside;
  const { network, session, sessionString } = ctx.options;
  const inMemory = network.kind === 'sandbox' || sessionString.value !== undefined;
  let what = session.value;
  try {
    if (!inMemory) what = stateFolder(env, platform);
    const { sealed } = await ctx.session();
    const words = inMemory ? 'in memory only' : platform === 'win32' ? 'readable and writable' : 'readable only by you';
    report.add('store', 'ok', what, sealed ? `${words}, encrypted` : words);
  } catch (error) {
    report.failed('store', what, error);
  }
}
