/** A data centre: its auth keys, their sessions and its answers. It outlives connections. */
import type { Now, Random } from '../bytes.ts';
import { authKeyId } from '../crypto/keys.ts';
import type { RsaPrivateKey } from '../crypto/rsa.ts';
import { Channel } from '../mtproto/channel.ts';
import { messageIds } from '../mtproto/message-id.ts';
import { remember } from '../mtproto/remember.ts';
import type { ServerKey } from '../mtproto/server-key.ts';
import { answerCall, type Call, type KeyState, type LayerMode } from './dispatch.ts';
import type { SandboxEvent } from './log.ts';
import type { BindParams, DcAddress } from './methods/handler.ts';
import { openBinding } from './protocol/bind-server.ts';
import type { Tolerates } from './protocol/deviations.ts';
import type { ServedKey } from './protocol/handshake-server.ts';
import { Salts } from './protocol/salts.ts';
import { Refusal } from './rules/refusal.ts';
import type { World } from './world.ts';

interface DatacentreOptions {
  readonly id: number;
  /** All DCs of the sandbox, this one included. */
  readonly dcs: readonly DcAddress[];
  readonly key: ServerKey & RsaPrivateKey;
  readonly world: World;
  readonly mode: LayerMode;
  /** Refuses what Telegram's servers tolerate. */
  readonly strict: boolean;
  readonly random: Random;
  readonly now: Now;
  readonly report: (event: SandboxEvent) => void;
}

/** A client, which is known by its auth key. */
export interface KnownClient extends KeyState {
  readonly auth_key: Uint8Array;
  readonly auth_key_id: bigint;
  readonly salts: Salts;
  readonly sessions: Map<bigint, Session>;
  readonly expiresMs: number;
}

export interface Session {
  readonly channel: Channel;
  /** The connection that the last message came from. */
  connection: SessionConnection;
}

export interface SessionConnection {
  readonly isOpen: boolean;
  readonly tolerates: Tolerates;
  /** Sends what is queued in the channel, if the connection is still open. */
  flush(channel: Channel): void;
}

/** The message and the session of a call. */
interface CallOrigin {
  readonly tolerates: Tolerates;
  readonly msg_id: bigint;
  readonly session_id: bigint;
}

const MAX_CLIENTS = 1000;
const MAX_SESSIONS = 20;

export class Datacentre {
  readonly options: DatacentreOptions;
  /** Ids for the plain messages of key exchanges. */
  readonly nextId: () => bigint;
  readonly #clients = new Map<bigint, KnownClient>();
  /** The methods of recent calls by their msg_id, for faults. */
  readonly #methods = new Map<bigint, string>();

  constructor(options: DatacentreOptions) {
    this.options = options;
    const ids = messageIds(options.now);
    this.nextId = () => ids('answer');
  }

  /** Returns the client with this key, unless its key was temporary and has expired. */
  client(auth_key_id: bigint): KnownClient | undefined {
    const client = this.#clients.get(auth_key_id);
    if (client === undefined || this.options.now() < client.expiresMs) return client;
    this.#clients.delete(auth_key_id);
    return undefined;
  }

  get newestClient(): KnownClient | undefined {
    return [...this.#clients.values()].at(-1);
  }

  add({ auth_key, server_salt, expires_in }: ServedKey): KnownClient {
    const { now, random } = this.options;
    const client: KnownClient = {
      auth_key,
      auth_key_id: authKeyId(auth_key),
      salts: new Salts(server_salt, now, random),
      sessions: new Map(),
      layer: undefined,
      device: undefined,
      temporary: expires_in !== undefined,
      bound: undefined,
      expiresMs: expires_in === undefined ? Number.POSITIVE_INFINITY : now() + expires_in * 1000,
    };
    this.#clients.set(client.auth_key_id, client);
    if (this.#clients.size > MAX_CLIENTS) this.#forgetOldest();
    return client;
  }

  /** Forgets the oldest key that no open connection uses. There are fewer connections than keys. */
  #forgetOldest(): void {
    for (const [auth_key_id, { sessions }] of this.#clients)
      if (![...sessions.values()].some(({ connection }) => connection.isOpen))
        return void this.#clients.delete(auth_key_id);
  }

  /** Returns a session, new if its id is. `resumed` means that it was on another connection before. */
  session(client: KnownClient, session_id: bigint, connection: SessionConnection) {
    const known = client.sessions.get(session_id);
    if (known !== undefined) {
      const resumed = known.connection !== connection;
      known.connection = connection;
      return { channel: known.channel, resumed };
    }
    const { now, random } = this.options;
    const { auth_key, salts } = client;
    const channel = new Channel({
      auth_key,
      side: 'server',
      session_id,
      server_salt: 0n,
      salts,
      now,
      random,
      hooks: {
        acceptsOddAck: () => session.connection.tolerates('odd-ack'),
        destroySession: (other) => other !== session_id && client.sessions.delete(other),
        destroyAuthKey: () => this.#clients.delete(client.auth_key_id),
      },
    });
    const session = { channel, connection };
    remember(client.sessions, session_id, session, MAX_SESSIONS);
    return { channel, resumed: false };
  }

  /** The result of a call, for its rpc_result. */
  answer(client: KnownClient, call: Call, origin: CallOrigin): Uint8Array {
    const { id, dcs, world, mode, now, report } = this.options;
    const bind = (params: BindParams) => this.#bind(client, origin, params);
    const auth_key_id = client.bound ?? client.auth_key_id;
    const dropTemporaryKeys = (except: readonly bigint[]) => this.#dropTemporaryKeys(auth_key_id, except);
    const { tolerates } = origin;
    const context = { dc: id, dcs, world, now, bind, dropTemporaryKeys, auth_key_id, tolerates };
    const { result, event } = answerCall(call, client, context, mode);
    remember(this.#methods, origin.msg_id, event.method);
    report(event);
    return result;
  }

  methodOf(msg_id: bigint): string | undefined {
    return this.#methods.get(msg_id);
  }

  /** Sends an update to all sessions of a key and of the temporary keys bound to it. */
  push(auth_key_id: bigint, body: Uint8Array): void {
    for (const client of this.#clients.values())
      if (client.auth_key_id === auth_key_id || client.bound === auth_key_id)
        for (const { channel, connection } of client.sessions.values()) {
          channel.send(body);
          connection.flush(channel);
        }
  }

  #dropTemporaryKeys(bound: bigint, except: readonly bigint[]): void {
    for (const [id, client] of this.#clients)
      if (client.bound === bound && !except.includes(id)) this.#clients.delete(id);
  }

  reportClosed(reason: string): void {
    this.options.report({ event: 'closed', dc: this.options.id, reason });
  }

  #bind(
    client: KnownClient,
    origin: CallOrigin,
    { perm_auth_key_id, nonce, expires_at, encrypted_message }: BindParams,
  ): boolean {
    const permanent = this.client(perm_auth_key_id);
    if (!client.temporary) throw new Refusal(400, 'TEMP_AUTH_KEY_EMPTY');
    if (client.bound !== undefined && client.bound !== perm_auth_key_id)
      throw new Refusal(400, 'TEMP_AUTH_KEY_ALREADY_BOUND');
    if (expires_at * 1000 <= this.options.now()) throw new Refusal(400, 'EXPIRES_AT_INVALID');
    const opened = permanent?.temporary === false ? openBinding(permanent.auth_key, encrypted_message) : undefined;
    const matches =
      opened?.msg_id === origin.msg_id &&
      opened.inner.nonce === nonce &&
      opened.inner.temp_auth_key_id === client.auth_key_id &&
      opened.inner.perm_auth_key_id === perm_auth_key_id &&
      opened.inner.temp_session_id === origin.session_id &&
      opened.inner.expires_at === expires_at;
    if (!matches) throw new Refusal(400, 'ENCRYPTED_MESSAGE_INVALID');
    client.bound = perm_auth_key_id;
    return true;
  }
}
