/**
 * Perfect forward secrecy (https://core.telegram.org/api/pfs): messages under a temporary key cannot be read once it is
 * forgotten, even by someone who gets the permanent key later. Temporary keys are kept in memory only.
 */
import { le64 } from '../bytes.ts';
import { authKeyId } from '../crypto/keys.ts';
import { NetworkError, RpcError } from '../errors.ts';
import { sealBinding } from '../mtproto/bind.ts';
import type { Channel } from '../mtproto/channel.ts';
import { current } from '../tl/layer.ts';
import { beginExchange, type ExchangeOptions, finishExchange, startChannel } from './key-exchange.ts';
import type { PacketStream } from './packet-stream.ts';
import type { Trace } from './wire-event.ts';

const BIND = 'auth.bindTempAuthKey';

/** A session under a temporary key that is bound to the permanent one. */
export interface TemporarySession {
  readonly channel: Channel;
  /** Unix seconds, by the server's clock. */
  readonly expires_at: number;
}

interface BindOptions extends ExchangeOptions {
  readonly expires_in: number;
  /** The permanent key. */
  readonly auth_key: Uint8Array;
  readonly onClock: (time_offset: number) => void;
  readonly trace: Trace;
}

/**
 * Makes a temporary key and binds it. Throws `RpcError`: ENCRYPTED_MESSAGE_INVALID if the server does not know the
 * permanent key, or does not know it yet.
 */
export async function openTemporarySession(stream: PacketStream, options: BindOptions): Promise<TemporarySession> {
  const { expires_in, onClock, trace } = options;
  const key = await finishExchange(stream, await beginExchange(stream, options));
  onClock(key.time_offset);
  const channel = startChannel(key, options);
  const expires_at = Math.floor(channel.time) + expires_in;
  await bind(stream, channel, { ...options, temp_auth_key: key.auth_key, expires_at });
  trace(`using a temporary key of ${expires_in} s`);
  return { channel, expires_at };
}

interface Binding extends BindOptions {
  readonly temp_auth_key: Uint8Array;
  readonly expires_at: number;
}

/** Sends the call, which names its own msg_id. It goes first and alone, so that every answer is about it. */
async function bind(stream: PacketStream, channel: Channel, options: Binding): Promise<void> {
  const { auth_key, temp_auth_key, expires_at, random, onClock } = options;
  const perm_auth_key_id = authKeyId(auth_key);
  const nonce = le64(random(8));
  const temp_auth_key_id = authKeyId(temp_auth_key);
  let asked = channel.send((msg_id) => {
    const temp_session_id = channel.session_id;
    const ids = { nonce, temp_auth_key_id, perm_auth_key_id, temp_session_id, expires_at };
    const inner = { _: 'bind_auth_key_inner', ...ids } as const;
    const encrypted_message = sealBinding(auth_key, { msg_id, inner }, random);
    return current.codec.encodeCall(BIND, { perm_auth_key_id, nonce, expires_at, encrypted_message });
  });
  for (;;) {
    stream.send(channel.flush());
    for (const event of channel.receive(await stream.next())) {
      if (event._ === 'renamed' && event.from === asked) asked = event.to;
      if (event._ === 'clock') onClock(event.time_offset);
      if (event._ === 'refused') throw new NetworkError('MESSAGE_REFUSED', { code: event.error_code });
      if (event._ === 'error' && event.req_msg_id === asked)
        throw new RpcError(event.error_code, event.error_message, BIND);
      if (event._ === 'answer' && event.req_msg_id === asked) {
        if (current.codec.decodeAnswer(BIND, event.body)) return;
        throw new NetworkError('ANSWER_MALFORMED', { detail: `${BIND} was answered with false` });
      }
    }
  }
}
