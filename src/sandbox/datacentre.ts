/**
 * One data centre: the keys it has made, their sessions, and its answers. It outlives connections, which are `peer.ts`'s. Its memory is
 * bounded: the oldest key, and a key's oldest session, give way.
 */
import type { Now, Random } from '../bytes.ts';
import { authKeyId } from '../crypto/keys.ts';
import type { RsaPrivateKey } from '../crypto/rsa.ts';
import { openBinding } from '../mtproto/bind.ts';
import { Channel } from '../mtproto/channel.ts';
import { messageIds } from '../mtproto/message-id.ts';
import type { ServerKey } from '../mtproto/server-key.ts';
import { idOf } from '../tl/gzip.ts';
import { mtproto } from '../tl/layer.ts';
import { answerCall, type Call, type ClientMemory, type LayerMode } from './dispatch.ts';
import type { SandboxEvent } from './log.ts';
import type { Address, Binding } from './methods/index.ts';
import type { ServedKey } from './protocol/handshake-server.ts';
import { Salts } from './protocol/salts.ts';
import { Refusal } from './rules/refusal.ts';
import type { World } from './world.ts';

export interface DatacentreOptions {
  readonly id: number;
  /** All DCs of the sandbox, this one included. */
  readonly dcs: readonly Address[];
  readonly key: ServerKey & RsaPrivateKey;
  readonly world: World;
  readonly mode: LayerMode;
  readonly random: Random;
  readonly now: Now;
  readonly tell: (event: SandboxEvent) => void;
}

/** A client is known by its auth key. */
export interface Client extends ClientMemory {
  readonly auth_key: Uint8Array;
  readonly auth_key_id: bigint;
  readonly salts: Salts;
  readonly sessions: Map<bigint, Session>;
  /** In ms. */
  readonly expires: number;
}

export interface Session {
  readonly channel: Channel;
  /** The connection that it was last heard on. */
  peer: Outlet;
}

/** A connection, as a session needs it. */
export interface Outlet {
  /** Sends what waits in the channel, if there still is somebody to send it to. */
  flush(channel: Channel): void;
}

const MOST_CLIENTS = 1000;
const MOST_SESSIONS = 20;
const DESTROY_AUTH_KEY = 0xd1435160;

export class Datacentre {
  readonly options: DatacentreOptions;
  /** Ids of the plain messages of key exchanges. */
  readonly nextId: () => bigint;
  readonly #clients = new Map<bigint, Client>();

  constructor(options: DatacentreOptions) {
    this.options = options;
    const ids = messageIds(options.now);
    this.nextId = () => ids('answer');
  }

  /** A temporary key is forgotten when its time is over. */
  client(auth_key_id: bigint): Client | undefined {
    const client = this.#clients.get(auth_key_id);
    if (client === undefined || this.options.now() < client.expires) return client;
    this.#clients.delete(auth_key_id);
    return undefined;
  }

  get newestClient(): Client | undefined {
    return [...this.#clients.values()].at(-1);
  }

  add({ auth_key, server_salt, expires_in }: ServedKey): Client {
    const { now, random } = this.options;
    const client: Client = {
      auth_key,
      auth_key_id: authKeyId(auth_key),
      salts: new Salts(server_salt, now, random),
      sessions: new Map(),
      layer: undefined,
      device: undefined,
      temporary: expires_in !== undefined,
      bound: undefined,
      expires: expires_in === undefined ? Number.POSITIVE_INFINITY : now() + expires_in * 1000,
    };
    keep(this.#clients, client.auth_key_id, client, MOST_CLIENTS);
    return client;
  }

  /** The session with this id, made if need be, now heard by `peer`. `resumed` tells that it was by another before. */
  session(client: Client, session_id: bigint, peer: Outlet): { channel: Channel; resumed: boolean } {
    const known = client.sessions.get(session_id);
    if (known !== undefined) {
      const resumed = known.peer !== peer;
      known.peer = peer;
      return { channel: known.channel, resumed };
    }
    const { now, random } = this.options;
    const { auth_key, salts } = client;
    const channel = new Channel({ auth_key, side: 'server', session_id, server_salt: 0n, salts, now, random });
    keep(client.sessions, session_id, { channel, peer }, MOST_SESSIONS);
    return { channel, resumed: false };
  }

  /** The result of a call, for its rpc_result. */
  answer(client: Client, call: Call, where: Where): Uint8Array {
    if (idOf(call.body) === DESTROY_AUTH_KEY) {
      this.#clients.delete(client.auth_key_id);
      return mtproto.encode({ _: 'destroy_auth_key_ok' });
    }
    const { id, dcs, world, mode, now, tell } = this.options;
    const bind = (params: Binding) => this.#bind(client, where, params);
    const context = { dc: id, dcs, world, now, bind, auth_key_id: client.bound ?? client.auth_key_id };
    const { result, event } = answerCall(call, client, context, mode);
    tell(event);
    return result;
  }

  /** Says something unasked to all sessions of a key, or of the temporary keys that stand for it. */
  push(auth_key_id: bigint, body: Uint8Array): void {
    for (const client of this.#clients.values())
      if (client.auth_key_id === auth_key_id || client.bound === auth_key_id)
        for (const { channel, peer } of client.sessions.values()) {
          channel.send(body);
          peer.flush(channel);
        }
  }

  #bind(client: Client, where: Where, { perm_auth_key_id, nonce, expires_at, encrypted_message }: Binding): boolean {
    const permanent = this.client(perm_auth_key_id);
    if (!client.temporary) throw new Refusal(400, 'TEMP_AUTH_KEY_EMPTY');
    if (client.bound !== undefined && client.bound !== perm_auth_key_id)
      throw new Refusal(400, 'TEMP_AUTH_KEY_ALREADY_BOUND');
    if (expires_at * 1000 <= this.options.now()) throw new Refusal(400, 'EXPIRES_AT_INVALID');
    const said = permanent?.temporary === false ? openBinding(permanent.auth_key, encrypted_message) : undefined;
    if (said === undefined) throw new Refusal(400, 'ENCRYPTED_MESSAGE_INVALID');
    const { msg_id, inner } = said;
    const same =
      msg_id === where.msg_id &&
      inner.nonce === nonce &&
      inner.temp_auth_key_id === client.auth_key_id &&
      inner.perm_auth_key_id === perm_auth_key_id &&
      inner.temp_session_id === where.session_id &&
      inner.expires_at === expires_at;
    if (!same) throw new Refusal(400, 'ENCRYPTED_MESSAGE_INVALID');
    client.bound = perm_auth_key_id;
    return true;
  }
}

/** The message and the session that a call came in. */
export interface Where {
  readonly msg_id: bigint;
  readonly session_id: bigint;
}

function keep<V>(map: Map<bigint, V>, key: bigint, value: V, most: number): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
