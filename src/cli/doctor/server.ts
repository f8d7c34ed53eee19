/** Checks the server: its key, clock and API, and whether it knows the session. */
import { whoAmI } from '../../auth/account.ts';
import type { NewKey } from '../../mtproto/handshake.ts';
import { fingerprintHex } from '../../mtproto/server-key.ts';
import { Client, type ClientOptions } from '../../net/client.ts';
import { addressesIn } from '../../net/routes/dc-option.ts';
import { probeKey } from '../../net/routes/probe.ts';
import type { Route } from '../../net/routes/route.ts';
import { type Session, signInState } from '../../session/session.ts';
import { current } from '../../tl/layer.ts';
import { isNotable, skewOf } from '../tell/clock-skew.ts';
import { type CheckOptions, checkTcp } from './network-checks.ts';

/** Makes a key, pings with it, and compares the clocks. */
export async function checkKey(options: CheckOptions, route: Route | undefined): Promise<NewKey | undefined> {
  const { report, network } = options;
  const known = network.keys.map(({ fingerprint }) => fingerprintHex(fingerprint)).join(', ');
  if (route === undefined) {
    report.add('key', 'skip', known, 'no transport works');
    report.add('clock', 'skip', 'this machine', 'not checked');
    return undefined;
  }
  try {
    const started = performance.now();
    const { key, ping } = await probeKey(route, options);
    report.add(
      'key',
      'ok',
      known,
      `trusted; key exchange ${Math.round(performance.now() - started)} ms, ping ${Math.round(ping)} ms`,
    );
    const skew = key.time_offset;
    if (isNotable(skew)) report.add('clock', 'warn', 'this machine', `${skewOf(skew)}; tg-auth corrects for it`);
    else report.add('clock', 'ok', 'this machine', skew === 0 ? 'exact to the second' : skewOf(skew));
    return key;
  } catch (error) {
    report.failed('key', known, error);
    report.add('clock', 'skip', 'this machine', 'not checked');
    return undefined;
  }
}

/** Calls help.getConfig with the new key, and connects to the data centres that only its answer names. */
export async function checkApi(
  options: CheckOptions,
  key: NewKey | undefined,
  application: ClientOptions['application'] | undefined,
): Promise<void> {
  const { report, network, dc, proxy } = options;
  const what = `layer ${current.number}`;
  if (key === undefined || application === undefined) {
    report.add('api', 'skip', what, key === undefined ? 'no key' : 'api_id required');
    return;
  }
  const client = clientOf(options, application, { keys: { [dc]: key }, time_offset: key.time_offset });
  try {
    const { this_dc, dc_options } = await client.call(current, 'help.getConfig', {}, { repeatable: true });
    report.add(
      'api',
      'ok',
      what,
      `help.getConfig answered by DC ${this_dc} of ${new Set(dc_options.map(({ id }) => id)).size}`,
    );
    const learnt = addressesIn(dc_options, undefined);
    const others = Object.keys(learnt)
      .map(Number)
      .filter((id) => network.addresses(id).length === 0);
    if (proxy?.kind !== 'mtproxy') await checkTcp({ ...options, learnt }, others);
  } catch (error) {
    report.failed('api', what, error);
  } finally {
    client.close();
  }
}

/** Asks the server whether it still knows the session and whether a user is signed in. */
export async function checkSession(
  options: CheckOptions,
  session: Session | undefined,
  application: ClientOptions['application'] | undefined,
): Promise<void> {
  const { report, dc } = options;
  if (session === undefined) return report.add('session', 'skip', 'none', 'could not be opened');
  const { keys, time_offset, user } = session;
  if (keys[dc] === undefined) return report.add('session', 'ok', `DC ${dc}`, 'new, without a key');
  if (application === undefined || !report.has('api', 'ok'))
    return report.add('session', 'skip', `DC ${dc}`, 'not checked: the api check did not succeed');
  const client = clientOf(options, application, { keys, time_offset });
  try {
    if (user === undefined) {
      await client.call(current, 'help.getConfig', {}, { repeatable: true });
      const state = signInState(session) === 'unknown' ? 'may be signed in' : 'not signed in';
      report.add('session', 'ok', `DC ${dc}`, `the server knows its key; ${state}`);
    } else {
      await whoAmI(client);
      report.add('session', 'ok', `DC ${dc}`, user.bot === true ? 'signed in as a bot' : 'signed in');
    }
  } catch (error) {
    report.failed('session', `DC ${dc}`, error);
  } finally {
    client.close();
  }
}

/** A client that stores nothing, because a diagnosis must not change anything. */
function clientOf(
  options: CheckOptions,
  application: ClientOptions['application'],
  known: Pick<Session, 'keys' | 'time_offset'>,
): Client {
  const { network, dc, learnt, proxy, transport, random, now, signal } = options;
  return new Client({
    application,
    network,
    state: { dc, addresses: learnt, ...known },
    save: async () => {},
    transport,
    proxy,
    random,
    now,
    signal,
  });
}
