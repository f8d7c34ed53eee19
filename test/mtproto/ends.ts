/** Client and server of a session, and messages sealed by hand. */
import assert from 'node:assert/strict';
import { Channel } from '../../src/mtproto/channel.ts';
import { open, seal } from '../../src/mtproto/envelope.ts';
import { messageIds } from '../../src/mtproto/message-id.ts';
import type { Event } from '../../src/mtproto/service-messages.ts';
import { Salts } from '../../src/sandbox/protocol/salts.ts';
import { current } from '../../src/tl/layer.ts';
import { NOW, seeded } from '../pair.ts';

export const auth_key = seeded('auth key')(256);
export const SALT = 77n;
/** A call; each number gives another one. */
export const call = (n = 1) =>
  current.codec.encodeCall('auth.cancelCode', { phone_number: `${n}`, phone_code_hash: 'h' });
export const TRUE = current.codec.encodeAnswer('auth.cancelCode', true);

export interface Ends {
  readonly clock: { client: number; server: number };
  readonly client: Channel;
  readonly server: Channel;
  /** Delivers the queue of one side to the other and returns the events. */
  toServer(): Event[];
  toClient(): Event[];
}

export function ends(options: { server_salt?: bigint; time_offset?: number; skew?: number } = {}): Ends {
  const clock = { client: NOW + 1000 * (options.skew ?? 0), server: NOW };
  const session_id = 5n;
  const client = new Channel({
    auth_key,
    side: 'client',
    session_id,
    server_salt: options.server_salt ?? SALT,
    time_offset: options.time_offset ?? 0,
    now: () => clock.client,
    random: seeded('client'),
  });
  const salts = new Salts(SALT, () => clock.server, seeded('salts'));
  let server = serverFor(session_id);
  function serverFor(id: bigint): Channel {
    return new Channel({
      auth_key,
      side: 'server',
      session_id: id,
      server_salt: SALT,
      salts,
      now: () => clock.server,
      random: seeded('server'),
    });
  }
  return {
    clock,
    client,
    get server() {
      return server;
    },
    toServer: () =>
      client.flush().flatMap((payload) => {
        const message = open(auth_key, 'client', payload);
        if (message.session_id !== server.session_id) server = serverFor(message.session_id);
        return server.accept(message);
      }),
    toClient: () => server.flush().flatMap((payload) => client.receive(payload)),
  };
}

/** The events of one kind. */
export function only<E extends { _: string }, K extends E['_']>(events: readonly E[], kind: K): Extract<E, { _: K }>[] {
  return events.filter((event): event is Extract<E, { _: K }> => event._ === kind);
}

/** Answers the one call that reached the server. */
export function serve(pair: Ends, options?: { gzip: boolean }): bigint {
  const [asked, ...more] = only(pair.toServer(), 'call');
  assert.ok(asked !== undefined && more.length === 0);
  pair.server.answer(asked.msg_id, TRUE, options);
  return asked.msg_id;
}

const serverIds = messageIds(() => NOW);

/** Delivers a message that the test seals as the server. */
export function fromServer(
  pair: Ends,
  body: Uint8Array,
  change: Partial<{ msg_id: bigint; seq_no: number; session_id: bigint }> = {},
) {
  const message = {
    salt: SALT,
    session_id: pair.client.session_id,
    msg_id: serverIds('notice'),
    seq_no: 1,
    body,
    ...change,
  };
  return pair.client.receive(seal(auth_key, 'server', message, seeded('padding')));
}
