/** The examination: each layer in its turn. Nothing is changed by it, and nothing in its report is secret. */
import type { Network } from '../../net/datacentres.ts';
import { version } from '../../version.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';
import { proxyFor } from '../settings/proxy-choice.ts';
import { hiding } from '../tell/secret-words.ts';
import { checkNames, checkProxy, checkTcp, checkTransports, type Patient } from './network-checks.ts';
import { LAYERS, Report } from './report.ts';
import { checkApi, checkKey, checkSession } from './server.ts';
import { checkConfiguration, checkStore } from './set-up.ts';

/** Seconds for one step, and which part of the time for all of them that may be: one that hangs must leave room for the others. */
const PATIENCE = { most: 5, part: 6 } as const;

export async function examine(ctx: Context): Promise<Result> {
  const report = new Report(hiding(Object.values(ctx.sources.flags).map(String), ctx.outside.env));
  ctx.out.busy('Looking at the configuration');
  const network = await checkConfiguration(ctx, report);
  if (network === undefined) return ending(skipped(report, 'the network is not known'));
  ctx.out.busy('Looking at the session');
  await checkStore(ctx, report);
  const session = report.has('store', 'fail') ? undefined : (await ctx.session()).value;
  const patient = patientOf(ctx, report, network, session);
  ctx.out.busy('Trying the way');
  await checkNames(patient);
  await checkProxy(patient);
  if (report.has('proxy', 'fail')) report.add('tcp', 'skip', 'all', 'the proxy does not lead on');
  else await checkTcp(patient);
  const route = await checkTransports(patient);
  ctx.out.busy('Asking the server');
  const asking = report.has('configuration', 'fail') ? undefined : { application: ctx.application() };
  const key = await checkKey(patient, route);
  await checkApi(patient, key, asking);
  await checkSession(patient, session, asking);
  if (report.failure === undefined)
    ctx.out.success(report.isSpotless ? 'All is well.' : 'Nothing has failed. What has a ! may be worth a look.');
  return ending(report);
}

/** What there is to say where the settings themselves cannot be read. */
export function unexamined(error: unknown): Result {
  const report = new Report();
  report.failed('configuration', 'settings', error);
  return ending(skipped(report, 'the settings come first'));
}

function skipped(report: Report, reason: string): Report {
  for (const layer of LAYERS.slice(1)) report.add(layer, 'skip', 'all', reason);
  return report;
}

function patientOf(
  ctx: Context,
  report: Report,
  network: Network,
  session: { readonly dc: number; readonly addresses: Patient['learnt']; readonly time_offset: number } | undefined,
): Patient {
  const { random, now, env } = ctx.outside;
  const { transport, timeout } = ctx.options;
  const { dc = network.dc, addresses: learnt = {}, time_offset = 0 } = session ?? {};
  return {
    report,
    network,
    dc,
    innerDc: network.innerDc(dc),
    keys: network.keys,
    learnt,
    transport: transport.value,
    proxy: proxyFor(ctx.options, env),
    signal: ctx.deadline.signal,
    patience: timeout.value === 0 ? PATIENCE.most : Math.min(PATIENCE.most, timeout.value / PATIENCE.part),
    time_offset,
    random,
    now,
  };
}

function ending(report: Report): Result {
  const { failure } = report;
  const about = { version, node: process.version, platform: process.platform };
  return {
    text: report.table(),
    json: { method: 'help.getConfig', ...about, checks: report.json() },
    ...(failure && { error: failure }),
  };
}
