/** Two clients for audits: ours, and one that checks nothing. Both sign in and end. */
import { randomBytes } from 'node:crypto';
import { le64 } from '../../../src/bytes.ts';
import { igeDecrypt } from '../../../src/crypto/aes.ts';
import { factor } from '../../../src/crypto/factor.ts';
import { firstSalt, messageCipher, temporaryCipher } from '../../../src/crypto/keys.ts';
import { rsaPad } from '../../../src/crypto/rsa.ts';
import { checkPassword, connect, sendCode, serverNetwork, signIn, whoAmI } from '../../../src/index.ts';
import { openPlain, seal, sealPlain } from '../../../src/mtproto/envelope.ts';
import { sealHashed, toBigEndian } from '../../../src/mtproto/handshake-crypto.ts';
import { messageIds } from '../../../src/mtproto/message-id.ts';
import { parseServerKey } from '../../../src/mtproto/server-key.ts';
import type { Ended } from '../../../src/sandbox/audit/index.ts';
import { bytesOf, numberOf, power } from '../../../src/sandbox/faults/weak-dh.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/tl/gzip.ts';
import { current, mtproto } from '../../../src/tl/layer.ts';
import { sendCode as codeRequest, TestClient, wrapped } from '../client.ts';

const PHONE = '9996621234';
export const PASSWORD_PHONE = '9996621002';
const random = (length: number) => new Uint8Array(randomBytes(length));

/** Turns what a function does into the end of a process. */
export async function ending(act: () => Promise<unknown>): Promise<Ended> {
  try {
    await act();
    return { status: 0, signal: null, timedOut: false, output: '' };
  } catch (error) {
    return { status: 1, signal: null, timedOut: false, output: String(error) };
  }
}

/** Aborts two seconds after the sandbox has sent a code: not sooner on a slow machine, whose fault has not come yet. */
function givingUp(sandbox: Sandbox, phone: string): AbortSignal {
  const end = new AbortController();
  const timer = setInterval(() => {
    if (sandbox.said(phone).length === 0) return;
    clearInterval(timer);
    setTimeout(() => end.abort(), 2000).unref();
  }, 50).unref();
  return end.signal;
}

/** Our own client. It may give up when an answer does not come. */
export function honest(sandbox: Sandbox, { phone = PHONE, givesUp = false } = {}): Promise<Ended> {
  return ending(async () => {
    const address = { host: sandbox.host, port: sandbox.dcs[1]?.port ?? 0 };
    const network = serverNetwork({ address, dc: 2, pem: sandbox.publicKey });
    const patience = givesUp ? { signal: givingUp(sandbox, phone) } : {};
    await using telegram = await connect({ api_id: 1, network, ...patience });
    const { client } = telegram;
    const sent = await sendCode(client, { phone, api_id: 1, api_hash: 'hash' });
    if (sent.kind !== 'sent') throw new Error(sent.kind);
    const { kind } = await signIn(client, { phone, phone_code_hash: sent.phone_code_hash, code: '22222' });
    if (kind === 'passwordNeeded') await checkPassword(client, { password: 'sandbox', random });
    await whoAmI(client);
  });
}

/** A client that believes everything. It fails only where the bytes make no sense. */
export function gullible(sandbox: Sandbox, phone = PHONE): Promise<Ended> {
  return ending(async () => {
    const client = await TestClient.connect(sandbox);
    try {
      const session = await exchange(client, sandbox);
      const sent = await ask(client, session, wrapped(encode('auth.sendCode', codeRequest(phone)), current.number));
      const { value } = current.codec.decodePrefix('auth.SentCode', sent);
      if (value._ !== 'auth.sentCode') throw new Error(value._);
      const { phone_code_hash } = value;
      const code = { phone_number: phone, phone_code_hash, phone_code: '22222' };
      await ask(client, session, encode('auth.signIn', code));
      await ask(client, session, encode('users.getUsers', { id: [{ _: 'inputUserSelf' }] }));
      if (phone !== PASSWORD_PHONE) return;
      const asked = await ask(client, session, encode('account.getPassword', {}));
      const { srp_id = 0n } = current.codec.decodePrefix('account.Password', asked).value;
      const password = { _: 'inputCheckPasswordSRP', srp_id, A: random(256), M1: random(32) } as const;
      await ask(client, session, encode('auth.checkPassword', { password }));
    } finally {
      client.close();
    }
  });
}

const encode: typeof current.codec.encodeCall = (method, params) => current.codec.encodeCall(method, params);

interface GullibleSession {
  readonly auth_key: Uint8Array;
  readonly salt: bigint;
  readonly session_id: bigint;
  readonly nextId: () => bigint;
  seq_no: number;
}

async function exchange(client: TestClient, sandbox: Sandbox): Promise<GullibleSession> {
  const ids = messageIds(Date.now);
  const nextId = () => ids('request');
  const step = async (body: Uint8Array) => {
    client.send(sealPlain(nextId(), body));
    return mtproto.decodeAny(openPlain(await client.next()).body);
  };
  const nonce = random(16);
  const resPQ = await step(mtproto.encodeCall('req_pq_multi', { nonce }));
  if (resPQ._ !== 'resPQ') throw new Error(resPQ._);
  const { server_nonce, pq } = resPQ;
  const key = parseServerKey(sandbox.publicKey);
  const factors = factorsOf(pq);
  const new_nonce = random(32);
  const inner = { _: 'p_q_inner_data_dc', nonce, server_nonce, new_nonce, ...factors, pq, dc: 2 } as const;
  const encrypted_data = rsaPad(mtproto.encode(inner), key, random);
  const public_key_fingerprint = key.fingerprint;
  const both = { nonce, server_nonce };
  const request = { ...both, ...factors, public_key_fingerprint, encrypted_data };
  const params = await step(mtproto.encodeCall('req_DH_params', request));
  if (params._ !== 'server_DH_params_ok') throw new Error(params._);
  const cipher = temporaryCipher(new_nonce, server_nonce);
  const opened = igeDecrypt(cipher.key, cipher.iv, params.encrypted_answer).subarray(20);
  const dh = mtproto.decodePrefix('Server_DH_inner_data', opened).value;
  const [prime, b] = [numberOf(dh.dh_prime), numberOf(random(4)) | 0x80000000n];
  const g_b = bytesOf(power(BigInt(dh.g), b, prime));
  const data = mtproto.encode({ _: 'client_DH_inner_data', ...both, retry_id: 0n, g_b });
  const set = () =>
    mtproto.encodeCall('set_client_DH_params', { ...both, encrypted_data: sealHashed(data, cipher, random) });
  if ((await step(set()))._ === 'dh_gen_retry') await step(set());
  const auth_key = bytesOf(power(numberOf(dh.g_a), b, prime));
  return { auth_key, salt: firstSalt(new_nonce, server_nonce), session_id: le64(random(8)), nextId, seq_no: 1 };
}

/** Returns the result of the first rpc_result that comes, whatever it answers. */
async function ask(client: TestClient, session: GullibleSession, body: Uint8Array): Promise<Uint8Array> {
  const { auth_key, salt, session_id } = session;
  const send = (bytes: Uint8Array, isContent: boolean) => {
    const seq_no = isContent ? session.seq_no : session.seq_no - 1;
    if (isContent) session.seq_no += 2;
    client.send(seal(auth_key, 'client', { salt, session_id, msg_id: session.nextId(), seq_no, body: bytes }, random));
  };
  send(body, true);
  for (;;) {
    const payload = await client.next();
    const { key, iv } = messageCipher(auth_key, payload.subarray(8, 24), 8);
    const text = igeDecrypt(key, iv, payload.subarray(24));
    const received = text.subarray(32);
    const name = mtproto.find(idOf(received))?.name;
    if (name === 'msgs_state_req') {
      const info = mtproto.encode({ _: 'msgs_state_info', req_msg_id: le64(text, 16), info: new Uint8Array(1) });
      send(info, false);
    }
    if (name === 'rpc_result') return received.subarray(12);
  }
}

function factorsOf(pq: Uint8Array): { p: Uint8Array; q: Uint8Array } {
  try {
    const [p, q] = factor(numberOf(pq));
    return { p: toBigEndian(p), q: toBigEndian(q) };
  } catch {
    return { p: Uint8Array.of(1), q: pq };
  }
}
