/** What is at the end of the way: the server's key, its clock, its API, and what it knows of the session. */
import { whoAmI } from '../../auth/account.ts';
import type { NewKey } from '../../mtproto/handshake.ts';
import { fingerprintHex } from '../../mtproto/server-key.ts';
import { Client, type ClientOptions } from '../../net/client.ts';
import { addressesIn } from '../../net/routes/dc-option.ts';
import { probeKey } from '../../net/routes/probe.ts';
import type { Route } from '../../net/routes/route.ts';
import type { Session } from '../../session/session.ts';
import { current } from '../../tl/layer.ts';
import { isNotable, skewOf } from '../tell/clock-skew.ts';
import { checkTcp, type Patient } from './network-checks.ts';

/** A key exchange from start to end, a ping under the key, and what the server's clock says. */
export async function checkKey(patient: Patient, route: Route | undefined): Promise<NewKey | undefined> {
  const { report, network, now } = patient;
  const known = network.keys.map(({ fingerprint }) => fingerprintHex(fingerprint)).join(', ');
  if (route === undefined) {
    report.add('key', 'skip', known, 'no transport leads to the server');
    report.add('clock', 'skip', "the server's", 'not asked');
    return undefined;
  }
  try {
    const started = now();
    const { key, ping } = await probeKey(route, patient);
    report.add(
      'key',
      'ok',
      known,
      `recognised; a key in ${Math.round(now() - started)} ms, a ping in ${Math.round(ping)} ms`,
    );
    const skew = key.time_offset;
    const words = `this machine's is ${skewOf(skew)}`;
    if (isNotable(skew)) report.add('clock', 'warn', "the server's", `${words}; tg-auth allows for that`);
    else report.add('clock', 'ok', "the server's", skew === 0 ? 'the same to the second' : words);
    return key;
  } catch (error) {
    report.failed('key', known, error);
    report.add('clock', 'skip', "the server's", 'not asked');
    return undefined;
  }
}

export type Asking = Pick<ClientOptions, 'application'>;

/** help.getConfig under the key that was just made, and TCP to the data centres that only it names. */
export async function checkApi(patient: Patient, key: NewKey | undefined, asking: Asking | undefined): Promise<void> {
  const { report, network, dc, proxy } = patient;
  const what = `layer ${current.number}`;
  if (key === undefined || asking === undefined) {
    report.add('api', 'skip', what, key === undefined ? 'there is no key to ask under' : 'that takes an api_id');
    return;
  }
  const client = clientOf(patient, asking, { keys: { [dc]: key }, time_offset: key.time_offset });
  try {
    const { this_dc, dc_options } = await client.call(current, 'help.getConfig', {}, { repeatable: true });
    report.add(
      'api',
      'ok',
      what,
      `help.getConfig: this is DC ${this_dc}, one of ${new Set(dc_options.map(({ id }) => id)).size}`,
    );
    const learnt = addressesIn(dc_options, undefined);
    const others = Object.keys(learnt)
      .map(Number)
      .filter((id) => network.addresses(id).length === 0);
    if (proxy?.kind !== 'mtproxy') await checkTcp({ ...patient, learnt }, others);
  } catch (error) {
    report.failed('api', what, error);
  } finally {
    client.close();
  }
}

/** Whether the server still knows the session, and who is signed in there. */
export async function checkSession(
  patient: Patient,
  session: Session | undefined,
  asking: Asking | undefined,
): Promise<void> {
  const { report, dc } = patient;
  if (session === undefined) return report.add('session', 'skip', 'none', 'it could not be opened');
  const { keys, time_offset, user } = session;
  if (keys[dc] === undefined) return report.add('session', 'ok', `DC ${dc}`, 'new: it has no key yet');
  if (asking === undefined || !report.has('api', 'ok'))
    return report.add('session', 'skip', `DC ${dc}`, 'the server could not be asked');
  const client = clientOf(patient, asking, { keys, time_offset });
  try {
    if (user === undefined) {
      await client.call(current, 'help.getConfig', {}, { repeatable: true });
      report.add('session', 'ok', `DC ${dc}`, 'the server knows its key; nobody is signed in');
    } else {
      await whoAmI(client);
      report.add('session', 'ok', `DC ${dc}`, user.bot === true ? 'a bot is signed in' : 'somebody is signed in');
    }
  } catch (error) {
    report.failed('session', `DC ${dc}`, error);
  } finally {
    client.close();
  }
}

/** One that keeps nothing: an examination changes nothing. */
function clientOf(patient: Patient, asking: Asking, known: Pick<Session, 'keys' | 'time_offset'>): Client {
  const { network, dc, learnt, proxy, transport, random, now, signal } = patient;
  return new Client({
    ...asking,
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
