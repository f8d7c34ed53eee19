/** One socket with the session on it, from the connect to its end. */
import { le64, type Random } from '../bytes.ts';
import type { Channel } from '../mtproto/channel.ts';
import { mtproto } from '../tl/layer.ts';
import type { ConnectedStream } from './connect.ts';
import { type Application, introduce } from './init-connection.ts';
import { Keepalive } from './keepalive.ts';
import type { PacketStream } from './packet-stream.ts';
import type { PendingCall, PendingCalls } from './pending-calls.ts';
import type { Route } from './routes/route.ts';
import type { Trace } from './wire-event.ts';

interface SessionSocketOptions {
  readonly channel: Channel;
  readonly calls: PendingCalls;
  readonly application: Application;
  readonly random: Random;
  readonly trace: Trace;
}

export class SessionSocket {
  readonly route: Route;
  readonly unproven: boolean;
  /** Whether the session is under a temporary key. */
  readonly isTemporary: boolean;
  readonly channel: Channel;
  readonly #options: SessionSocketOptions;
  readonly #stream: PacketStream;
  readonly #keepalive: Keepalive;
  /** The layer in which a call has introduced the client here. */
  #introduced: number | undefined;
  #last: bigint | undefined;

  constructor({ stream, route, unproven, known }: ConnectedStream, options: SessionSocketOptions) {
    this.route = route;
    this.unproven = unproven;
    this.isTemporary = known.temporary !== undefined;
    this.channel = options.channel;
    this.#options = options;
    this.#stream = stream;
    const giveUp = (seconds: number) => stream.abandon(seconds);
    this.#keepalive = new Keepalive({ hurried: unproven, ping: () => this.#ping(), giveUp });
  }

  /** The call that was the last thing to be sent, if it was a call. */
  get last(): bigint | undefined {
    return this.#last;
  }

  get hasReceived(): boolean {
    return this.#stream.hasReceived;
  }

  send(call: PendingCall): void {
    if (!call.maySend()) return;
    const { application, calls, trace } = this.#options;
    const { layer, bytes, method } = call.query;
    const body = layer === this.#introduced ? bytes : introduce(layer, application, bytes);
    this.#introduced = layer;
    const msg_id = this.channel.send(body);
    calls.add(msg_id, call);
    trace(`→ ${method}, ${body.length} bytes`);
    this.flush();
    this.#last = msg_id;
  }

  flush(options?: { readonly acks: boolean }): void {
    const payloads = this.channel.flush(options);
    if (payloads.length > 0) this.#last = undefined;
    this.#stream.send(payloads);
    if (this.#options.calls.size > 0) this.#keepalive.expect();
  }

  /** The next payload, still sealed. */
  async next(): Promise<Uint8Array> {
    const payload = await this.#stream.next();
    this.#keepalive.received();
    return payload;
  }

  close(): void {
    this.#keepalive.stop();
    this.#stream.close();
  }

  #ping(): void {
    this.channel.notify(mtproto.encodeCall('ping', { ping_id: le64(this.#options.random(8)) }));
    this.flush();
  }
}
