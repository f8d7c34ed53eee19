/**
 * `trace replay`: gives a client what a trace with secrets recorded (the server's bytes, the clock, the randomness and
 * the calls), and checks that the same bytes go out.
 */
import { equal, fromHex } from '../../bytes.ts';
import { EXIT, TgAuthError, UsageError } from '../../errors.ts';
import { withFingerprint } from '../../mtproto/server-key.ts';
import { within } from '../../net/abort.ts';
import { Client, type ClientOptions } from '../../net/client.ts';
import { networkOfKey } from '../../net/datacentres.ts';
import { parseSession } from '../../session/json.ts';
import { type CallOptions, current, legacy } from '../../tl/layer.ts';
import { TRANSPORTS } from '../../transport/names.ts';
import { type CallEvent, type ClientEvent, type Field, type FrameEvent, leavesOf, type TraceEvent } from './format.ts';
import { parseTrace, type ReadTrace } from './read.ts';
import { Recorder } from './recorder.ts';
import { Script } from './script.ts';

/** Turns of the event loop after which a client that waits for nothing but the server has done all it will do. */
const TURNS = 5;

/** Returns the number of frames that went out as recorded. Throws `UsageError`: REPLAY_DIFFERS if one did not. */
export async function replay(trace: ReadTrace, signal: AbortSignal): Promise<number> {
  const { header, events } = trace;
  const starts = events.filter((event) => event.event === 'client');
  const [start] = starts;
  if (!header.secrets || start === undefined || starts.length > 1) throw unfit(starts.length);
  if (events.some((event) => event.event === 'open' && event.proxy !== undefined))
    throw new UsageError('A trace through a proxy cannot be replayed.');
  const player = new Player(start, events, signal);
  try {
    return await player.play();
  } finally {
    player.close();
  }
}

function unfit(clients: number): UsageError {
  if (clients > 1) return new UsageError('A trace with several clients cannot be replayed.');
  return new UsageError('Only a trace with secrets, of a command that connected, can be replayed.', {
    why: ['Record one in the sandbox with --trace FILE --trace-secrets.'],
  });
}

class Player {
  readonly #script: Script;
  readonly #client: Client;
  readonly #steps: readonly TraceEvent[];
  readonly #events: readonly TraceEvent[];
  readonly #signal: AbortSignal;
  /** The lines of a trace of this replay. */
  readonly #lines: string[] = [];
  /** Calls that have no outcome yet. */
  #pending = 0;
  #failure: unknown;
  #sent = 0;

  constructor(start: ClientEvent, events: readonly TraceEvent[], signal: AbortSignal) {
    this.#events = events;
    this.#steps = events.filter(isStep);
    this.#signal = signal;
    this.#script = new Script(events);
    const { now, random, dial } = this.#script;
    const write = (line: string) => void this.#lines.push(line);
    const recorder = new Recorder({ write, secrets: true, command: 'trace replay', now: () => 0, elapsedMs: () => 0 });
    this.#client = clientOf(start, { now, random, dial, signal, observe: recorder.observe });
  }

  close(): void {
    this.#client.close();
  }

  async play(): Promise<number> {
    // Loaded before, so that a few turns of the event loop are enough.
    await Promise.all([import('../../mtproto/handshake.ts'), import('../../net/pfs.ts')]);
    const lastInput = this.#steps.findLastIndex(isInput);
    for (const [i, step] of this.#steps.entries()) await this.#step(step, i > lastInput);
    this.close();
    await this.#settle();
    if (this.#script.sent.length > 0) throw this.#differs('it sends one frame more');
    return this.#sent;
  }

  async #step(step: TraceEvent, isLast: boolean): Promise<void> {
    switch (step.event) {
      case 'time':
        return this.#script.setTime(step.now);
      case 'call':
        this.#call(step);
        return this.#settle();
      case 'open': {
        const dial = await this.#next(this.#script.dials, `connect to ${step.address}`, false);
        if (dial.place !== step.address) throw this.#differs(`it does not connect to ${step.address} next`);
        const { connection } = step;
        const isAccepted = this.#events.some((each) => each.event === 'connected' && each.connection === connection);
        if (isAccepted) dial.accept();
        else dial.refuse();
        return this.#settle();
      }
      case 'received':
        this.#script.receive(step.connection, fromHex(step.bytes));
        return this.#settle();
      case 'close':
        this.#script.receive(step.connection, undefined);
        return this.#settle();
      case 'frame':
        return this.#compare(step, isLast);
    }
  }

  async #compare(frame: FrameEvent, isLast: boolean): Promise<void> {
    const what = this.#titleOf(frame);
    const sent = await this.#next(this.#script.sent, `send ${what}`, isLast);
    if (sent.connection !== frame.connection) throw this.#differs(`it does not send ${what} next`);
    this.#sent++;
    const wire = fromHex(frame.wire ?? '');
    if (equal(sent.bytes, wire)) return;
    const offset = wire.findIndex((byte, i) => byte !== sent.bytes[i]);
    const at = offset === -1 ? wire.length : offset;
    const field = this.#fieldThatDiffers(frame);
    throw this.#differs(`${what} differs at byte ${at} of its frame${field === undefined ? '' : `: ${field}`}`);
  }

  #titleOf({ frame }: FrameEvent): string {
    const message = this.#events.find((event) => event.event === 'message' && event.frame === frame);
    return `message ${frame} (${message?.event === 'message' ? message.title : 'not opened'})`;
  }

  /** The first field of the opened message that is not as recorded. */
  #fieldThatDiffers({ frame }: FrameEvent): string | undefined {
    const { events } = parseTrace(this.#lines.join('\n'), 'the replay');
    const [before, after] = [fieldsOf(this.#events, frame), fieldsOf(events, frame)];
    const index = before.findIndex(({ bytes, name }, i) => bytes !== after[i]?.bytes || name !== after[i]?.name);
    const field = before[index];
    return field && `the field ${field.name} at byte ${field.offset} of the message`;
  }

  /** Waits for the client to act. If the trace gives it nothing more, closes it: its last acknowledgements go out. */
  async #next<T>(acts: T[], what: string, isLast: boolean): Promise<T> {
    for (;;) {
      this.#check();
      const act = acts.shift();
      if (act !== undefined) return act;
      if (isLast || this.#pending === 0) {
        await this.#settle();
        if (isLast && acts.length === 0) this.close();
        await this.#settle();
        const late = acts.shift();
        if (late !== undefined) return late;
        throw this.#differs(`it does not ${what}`);
      }
      await within(this.#signal, () => this.#script.acted());
    }
  }

  /** Lets the client do what it can without the server. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#script.surprise !== undefined) throw this.#differs(this.#script.surprise);
  }

  #differs(detail: string): UsageError {
    const next = { say: 'Look at the recorded messages', run: 'tg-auth trace show FILE --bytes' };
    return new UsageError(`The replay differs: ${detail}.`, { type: 'REPLAY_DIFFERS', exit: EXIT.bug, next });
  }

  #call({ layer, bytes = '', options = {} }: CallEvent): void {
    this.#pending++;
    makeCall(this.#client, layer, fromHex(bytes), options).then(
      () => void this.#pending--,
      (error: unknown) => {
        this.#pending--;
        if (!(error instanceof TgAuthError)) this.#failure = error;
      },
    );
  }
}

function isStep({ event, ...rest }: TraceEvent): boolean {
  if ('by' in rest) return rest.by === 'server';
  if ('from' in rest && event === 'frame') return rest.from === 'client';
  return event === 'time' || event === 'call' || event === 'open' || event === 'received';
}

/** Whether it gives the client something to act on. */
function isInput({ event }: TraceEvent): boolean {
  return event === 'received' || event === 'call' || event === 'close';
}

function makeCall(client: Client, layer: number, bytes: Uint8Array, options: CallOptions): Promise<unknown> {
  if (layer === legacy.number) {
    const call = legacy.codec.decodeCall(bytes);
    if ('query' in call) throw new UsageError('A recorded call is a wrapper.');
    return client.call(legacy, call._, call, options);
  }
  const call = current.codec.decodeCall(bytes);
  if ('query' in call) throw new UsageError('A recorded call is a wrapper.');
  return client.call(current, call._, call, options);
}

function clientOf(
  start: ClientEvent,
  outside: Pick<ClientOptions, 'now' | 'random' | 'dial' | 'signal' | 'observe'>,
): Client {
  const { dc, host, port, n, e, session, home, transport, pfs, waitFlood, ...application } = start;
  const key = withFingerprint({ n: fromHex(n), e: fromHex(e) });
  const { keys, addresses, routes, time_offset } = parseSession(session, 'The session in the trace');
  return new Client({
    ...outside,
    network: networkOfKey(key, { address: { host, port }, dc }),
    state: { dc: home, keys, addresses, ...(routes && { routes }), time_offset },
    save: async () => {},
    application,
    transport: TRANSPORTS.find((name) => name === transport),
    pfs,
    waitFlood,
  });
}

/** The parts without parts of a message that has been opened. */
function fieldsOf(events: readonly TraceEvent[], frame: number): readonly Field[] {
  const found = events.find((event) => event.event === 'message' && event.frame === frame);
  return found?.event === 'message' ? found.fields.flatMap(leavesOf) : [];
}
