/** Diagnoses the connection, layer by layer. Changes nothing, and reports no secrets. */
import { applicationOf } from '../../library.ts';
import type { Network } from '../../net/datacentres.ts';
import { version } from '../../version.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';
import { proxyFor } from '../settings/proxy-choice.ts';
import { describeBuild } from '../tell/build.ts';
import { hiding } from '../tell/secret-words.ts';
import { type CheckOptions, checkNames, checkProxy, checkTcp, checkTransports } from './network-checks.ts';
import { LAYERS, Report } from './report.ts';
import { checkApi, checkKey, checkSession } from './server.ts';
import { checkConfiguration, checkStore } from './set-up.ts';

/** Seconds for one step; at most a sixth of --timeout, so that a step that hangs leaves time for the others. */
const MAX_STEP = 5;
const STEPS = 6;

export async function diagnose(ctx: Context): Promise<Result> {
  const report = new Report(hiding(Object.values(ctx.flags).map(String), ctx.outside.env));
  ctx.out.busy('Checking the configuration');
  const network = await checkConfiguration(ctx, report);
  if (network === undefined) return ending(skipped(report, 'the network is unknown'));
  ctx.out.busy('Checking the session');
  await checkStore(ctx, report);
  const session = report.has('store', 'fail') ? undefined : (await ctx.session()).value;
  const options = checkOptions(ctx, report, network, session);
  ctx.out.busy('Checking the connection');
  await checkNames(options);
  await checkProxy(options);
  if (report.has('proxy', 'fail')) report.add('tcp', 'skip', 'all', 'the proxy does not work');
  else await checkTcp(options);
  const route = await checkTransports(options);
  ctx.out.busy('Checking the server');
  const application = report.has('configuration', 'fail') ? undefined : applicationOf(ctx.api_id());
  const key = await checkKey(options, route);
  await checkApi(options, key, application);
  await checkSession(options, session, application);
  if (report.failure === undefined)
    ctx.out.success(report.isAllOk ? 'All checks passed.' : 'No check failed. See the warnings marked "!".');
  return ending(report);
}

/** The report if the settings themselves are invalid. */
export function reportInvalidSettings(error: unknown): Result {
  const report = new Report();
  report.failed('configuration', 'settings', error);
  return ending(skipped(report, 'the settings are invalid'));
}

function skipped(report: Report, reason: string): Report {
  for (const layer of LAYERS.slice(1)) report.add(layer, 'skip', 'all', reason);
  return report;
}

function checkOptions(
  ctx: Context,
  report: Report,
  network: Network,
  session:
    | { readonly dc: number; readonly addresses: CheckOptions['learnt']; readonly time_offset: number }
    | undefined,
): CheckOptions {
  const { env } = ctx.outside;
  const { random, now, observe: trace } = ctx.watched;
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
    timeoutSeconds: timeout.value === 0 ? MAX_STEP : Math.min(MAX_STEP, timeout.value / STEPS),
    time_offset,
    random,
    now,
    trace,
  };
}

function ending(report: Report): Result {
  const { failure } = report;
  return {
    text: report.table(),
    wraps: true,
    json: {
      method: 'help.getConfig',
      ...(failure === undefined && { result: true }),
      version,
      ...describeBuild(),
      checks: report.json(),
    },
    ...(failure && { error: failure }),
  };
}
