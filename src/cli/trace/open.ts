/** `--trace FILE`: opens the file, and decides whether secrets may be in it. */
import { type Now, type Random, toHex } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { applicationOf, type SessionHandle } from '../../library.ts';
import { type Network, productionNetwork, testNetwork } from '../../net/datacentres.ts';
import type { Trace } from '../../net/wire-event.ts';
import { formatSession } from '../../session/json.ts';
import { writeReasonOf } from '../../session/system.ts';
import type { TransportName } from '../../transport/names.ts';
import type { Outside } from '../outside.ts';
import { isGuest } from '../sandbox/guest.ts';
import { type LogFile, openLog } from '../sandbox/log-file.ts';
import type { Options } from '../settings/options.ts';
import { isLoopback, proxyFor } from '../settings/proxy-choice.ts';
import type { Globals } from '../settings/setting.ts';
import { Recorder } from './recorder.ts';

/** What a client gets of the outside while it is recorded. */
export interface Tracing {
  readonly random: Random;
  readonly now: Now;
  readonly observe: Trace;
  /** Notes what a client starts with. Throws `UsageError` for a session that is not the sandbox's own. */
  connects(options: Starting): void;
  /** Warns if not every line could be written. */
  close(): void;
}

/** What a client starts with. */
interface Starting {
  readonly api_id: number;
  readonly network: Network;
  readonly session: SessionHandle;
  readonly dc?: number | undefined;
  readonly transport?: TransportName | undefined;
  readonly pfs?: number | undefined;
  readonly waitFlood?: number;
}

interface Run {
  readonly options: Options;
  readonly flags: Globals;
  readonly command: string;
  readonly outside: Outside;
  readonly out: { warn(line: string): void };
}

/** Throws `UsageError`, or `StoreError` if the file cannot be written. */
export function openTrace({ options, flags, command, outside, out }: Run): Tracing {
  const { trace: file, 'trace-secrets': secrets = false } = flags;
  if (typeof file !== 'string') throw new UsageError('--trace-secrets requires --trace FILE.');
  if (file === '' || file === '-') throw new UsageError('--trace requires the name of a file.');
  if (command.startsWith('trace ')) throw new UsageError(`--trace and ${command} cannot be combined.`);
  if (secrets === true && !isSandbox(options, outside))
    throw new UsageError('--trace-secrets works only in the sandbox.', {
      why: ['Use it with --sandbox, or inside: tg-auth sandbox -- COMMAND. Of any other server, secrets stay hidden.'],
    });
  const log = openLog(file, { what: 'The trace', empty: true });
  const writer = new Writer(file, log);
  try {
    const recorder = new Recorder({
      write: (line) => writer.write(line),
      secrets: secrets === true,
      command,
      now: outside.now,
      elapsedMs: () => performance.now(),
    });
    writer.check();
    const { now, observe } = recorder;
    return {
      random: recorder.random(outside.random),
      now,
      observe,
      connects(starting) {
        if (secrets === true) refuseOthers(starting);
        recorder.client(startOf(starting));
      },
      close() {
        const failure = writer.close();
        if (failure !== undefined) out.warn(`The trace is incomplete. ${failure.message}`);
      },
    };
  } catch (error) {
    log.close();
    throw error;
  }
}

/** A relay on this machine may lead to Telegram, and a key from a session string may be one of Telegram's. */
function refuseOthers({ session, network }: Starting): void {
  const telegrams = [...productionNetwork().keys, ...testNetwork().keys].map(({ fingerprint }) => fingerprint);
  if (network.keys.some(({ fingerprint }) => telegrams.includes(fingerprint)))
    throw new UsageError("--trace-secrets cannot be used with Telegram's servers.");
  if (Object.values(session.value.keys).some(({ imported }) => imported === true))
    throw new UsageError('--trace-secrets cannot be used with a session that came from a string.');
}

function startOf({ api_id, network, session: { value }, transport, pfs, ...rest }: Starting) {
  const [key] = network.keys;
  const [address] = network.addresses(network.dc);
  return {
    dc: network.dc,
    host: address?.host ?? '',
    port: address?.port ?? 0,
    n: toHex(key?.n ?? new Uint8Array(0)),
    e: toHex(key?.e ?? new Uint8Array(0)),
    session: formatSession(value),
    home: rest.dc ?? value.dc,
    ...applicationOf(api_id),
    ...(transport && { transport }),
    ...(pfs && { pfs }),
    waitFlood: rest.waitFlood ?? 0,
  };
}

/** Writes lines. A failure ends the trace, and not what is traced. */
class Writer {
  readonly #file: string;
  #log: LogFile | undefined;
  #failure: StoreError | undefined;

  constructor(file: string, log: LogFile) {
    this.#file = file;
    this.#log = log;
  }

  write(line: string): void {
    if (this.#failure !== undefined) return;
    try {
      this.#log?.append(line);
    } catch (cause) {
      this.#failure = new StoreError(
        'FILE_UNWRITABLE',
        { file: `The trace ${this.#file}`, reason: writeReasonOf(cause) },
        { cause },
      );
    }
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): StoreError | undefined {
    this.#log?.close();
    this.#log = undefined;
    return this.#failure;
  }
}

/** Whether the server is the sandbox in this process, or the one that runs this command. */
function isSandbox(options: Options, outside: Outside): boolean {
  const { network, server } = options;
  if (network.kind === 'sandbox') return proxyFor(options, outside.env) === undefined;
  if (network.kind !== 'server' || server.from !== 'environment' || !isLoopback(network.address.host)) return false;
  const proxy = proxyFor(options, outside.env);
  return (proxy === undefined || isLoopback(proxy.address.host)) && isGuest(outside.env);
}
