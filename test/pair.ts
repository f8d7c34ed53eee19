/** A client and a server connected in memory, for the tests of the protocol core. No socket, no promise, no clock. */
import { createHash } from 'node:crypto';
import type { Random } from '../src/bytes.ts';
import type { Flow } from '../src/mtproto/handshake.ts';
import { type HandshakeOptions, handshake, type NewKey } from '../src/mtproto/handshake.ts';
import { messageIds } from '../src/mtproto/message-id.ts';
import { withFingerprint } from '../src/mtproto/server-key.ts';
import { type ServedKey, type ServeOptions, serveHandshake } from '../src/sandbox/protocol/handshake-server.ts';
import { generateRsaKey } from '../src/sandbox/protocol/rsa-key.ts';

/** Returns bytes that look random and are the same for the same seed. */
export function seeded(seed: string): Random {
  let counter = 0;
  let pool = Buffer.alloc(0);
  return (length) => {
    while (pool.length < length)
      pool = Buffer.concat([pool, createHash('sha256').update(`${seed}/${counter++}`).digest()]);
    const out = new Uint8Array(pool.subarray(0, length));
    pool = pool.subarray(length);
    return out;
  };
}

export const NOW = 1_700_000_000_000;

const rsa = generateRsaKey(seeded('test server'));

/** The key pair of the test server. */
export const serverKey = { ...rsa, ...withFingerprint(rsa) };

export type Direction = 'client' | 'server';
/** May change a payload; `step` counts the payloads in each direction from 0. */
export type Tamper = (payload: Uint8Array, from: Direction, step: number) => Uint8Array;

/** Runs a client's flow against a server's to the end. Throws what either of them throws. */
export function zip(
  client: Flow<NewKey>,
  serve: (first: Uint8Array) => Flow<ServedKey>,
  tamper: Tamper = (payload) => payload,
): { client: NewKey; server: ServedKey; transcript: Uint8Array[] } {
  const transcript: Uint8Array[] = [];
  const pass = (payload: Uint8Array, from: Direction) => {
    const changed = tamper(payload, from, Math.floor(transcript.length / 2));
    transcript.push(changed);
    return changed;
  };
  let ask = client.next();
  if (ask.done === true) throw new TypeError('the client sent nothing');
  const server = serve(pass(ask.value, 'client'));
  let answer = server.next();
  for (;;) {
    const payload = answer.done === true ? answer.value.answer : answer.value;
    ask = client.next(pass(payload, 'server'));
    if (ask.done === true) {
      if (answer.done !== true) throw new TypeError('the client finished before the server');
      return { client: ask.value, server: answer.value, transcript };
    }
    if (answer.done === true) throw new TypeError('the server finished before the client');
    answer = server.next(pass(ask.value, 'client'));
  }
}

export interface ExchangeOptions {
  readonly seed?: string;
  readonly tamper?: Tamper;
  readonly server?: Partial<ServeOptions>;
  readonly dc?: number;
  readonly client?: Partial<HandshakeOptions>;
}

/** Runs a whole key exchange between our client and our server. */
export function exchange({ seed = 'exchange', tamper, server = {}, dc = 2, client = {} }: ExchangeOptions = {}) {
  const now = () => NOW;
  const clientIds = messageIds(now);
  const serverIds = messageIds(now);
  return zip(
    handshake({
      keys: [serverKey],
      dc,
      random: seeded(`${seed} client`),
      now,
      nextId: () => clientIds('request'),
      ...client,
    }),
    (first) =>
      serveHandshake(first, {
        key: serverKey,
        dc: 2,
        random: seeded(`${seed} server`),
        now,
        nextId: () => serverIds('answer'),
        ...server,
      }),
    tamper,
  );
}
