/** Each side of the key exchange against published and generated transcripts, byte for byte. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, le64, type Random, toHex } from '../../src/bytes.ts';
import { igeDecrypt } from '../../src/crypto/aes.ts';
import { checkDhParameters, checkDhPublic, dhPair, KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { factor } from '../../src/crypto/factor.ts';
import { sha1 } from '../../src/crypto/hash.ts';
import {
  authKeyAuxHash,
  authKeyId,
  firstSalt,
  newNonceHash,
  newNonceHashOfFail,
  temporaryCipher,
} from '../../src/crypto/keys.ts';
import type { Flow } from '../../src/mtproto/handshake.ts';
import { handshake } from '../../src/mtproto/handshake.ts';
import { withFingerprint } from '../../src/mtproto/server-key.ts';
import { serveHandshake } from '../../src/sandbox/protocol/handshake-server.ts';
import { mtproto } from '../../src/tl/layer.ts';

const vectors = JSON.parse(readFileSync(new URL('../vectors/handshake.json', import.meta.url), 'utf8'));
const { sample, synthetic } = vectors;

/** A random source that returns these values in order, each for its length. */
function scripted(...pieces: readonly string[]): Random {
  const left = pieces.map(fromHex);
  return (length) => {
    const next = left.shift();
    assert.equal(next?.length, length, 'randomness is drawn in the expected order');
    return next ?? new Uint8Array(length);
  };
}

function ids(packets: readonly string[]): () => bigint {
  const left = packets.map((hex) => le64(fromHex(hex), 8));
  return () => left.shift() ?? assert.fail('one msg_id too many');
}

function play<T>(flow: Flow<T>, received: readonly string[], said: readonly string[]): T {
  let step = flow.next();
  for (const [i, packet] of received.entries()) {
    if (step.done === true) assert.fail('done too early');
    assert.equal(toHex(step.value), said[i]);
    step = flow.next(fromHex(packet));
  }
  if (step.done !== true) assert.fail('not done');
  return step.value;
}

const { packets, rsa } = synthetic;
const clientSays = [packets.req_pq_multi, packets.req_DH_params, packets.set_client_DH_params];
const serverSays = [packets.resPQ, packets.server_DH_params_ok, packets.dh_gen_ok];
const padding = synthetic.rsa_pad;

test('our client replays the synthetic transcript', () => {
  const key = withFingerprint({ n: fromHex(rsa.n), e: fromHex(rsa.e) });
  assert.equal(key.fingerprint, le64(fromHex(rsa.fingerprint_wire)));
  const random = scripted(
    synthetic.nonce,
    synthetic.new_nonce,
    padding.padding,
    ...padding.temp_keys.map((each: { temp_key: string }) => each.temp_key),
    synthetic.b,
    synthetic.client_padding,
  );
  const now = () => (synthetic.server_time - 7) * 1000;
  const flow = handshake({ keys: [key], dc: synthetic.dc, random, now, nextId: ids(clientSays) });
  const result = play(flow, serverSays, clientSays);
  assert.equal(toHex(result.auth_key), synthetic.auth_key);
  assert.equal(result.server_salt, le64(fromHex(synthetic.first_salt)));
  assert.equal(result.time_offset, 7);
});

test('our server replays the synthetic transcript', () => {
  const public_ = { n: fromHex(rsa.n), e: fromHex(rsa.e) };
  const [d, p, q] = [rsa.d, rsa.p, rsa.q].map((hex: string) => BigInt(`0x${hex}`));
  assert.ok(d !== undefined && p !== undefined && q !== undefined);
  const bytes = (value: bigint) => fromHex(value.toString(16).padStart(256, '0'));
  let qi = 1n;
  for (let [base, exponent] = [q % p, p - 2n]; exponent > 0n; exponent >>= 1n, base = (base * base) % p)
    if (exponent & 1n) qi = (qi * base) % p;
  const secret = { d: fromHex(rsa.d), p: fromHex(rsa.p), q: fromHex(rsa.q) };
  const key = {
    ...withFingerprint(public_),
    ...secret,
    dp: bytes(d % (p - 1n)),
    dq: bytes(d % (q - 1n)),
    qi: bytes(qi),
  };
  const random = scripted(synthetic.server_nonce, synthetic.a, synthetic.answer_padding);
  const flow = serveHandshake(fromHex(packets.req_pq_multi), {
    key,
    dc: synthetic.dc % 10000,
    random,
    now: () => synthetic.server_time * 1000,
    nextId: ids(serverSays),
    drawPrimes: () => [BigInt(synthetic.p), BigInt(synthetic.q)],
  });
  const result = play(flow, clientSays.slice(1), serverSays.slice(0, 2));
  assert.equal(toHex(result.answer), packets.dh_gen_ok);
  assert.equal(toHex(result.auth_key), synthetic.auth_key);
  assert.equal(result.server_salt, le64(fromHex(synthetic.first_salt)));
  assert.equal(result.expires_in, undefined);
});

test('the derived values of both transcripts', () => {
  for (const each of [sample, synthetic]) {
    const { key, iv } = temporaryCipher(fromHex(each.new_nonce), fromHex(each.server_nonce));
    assert.equal(toHex(key), each.tmp_aes_key);
    assert.equal(toHex(iv), each.tmp_aes_iv);
    const auth_key = fromHex(each.auth_key);
    assert.equal(authKeyId(auth_key), le64(fromHex(each.auth_key_id)));
    assert.equal(toHex(authKeyAuxHash(auth_key)), each.auth_key_aux_hash);
    const new_nonce = fromHex(each.new_nonce);
    assert.equal(toHex(newNonceHash(new_nonce, 1, auth_key)), each.new_nonce_hash1);
    assert.equal(toHex(newNonceHash(new_nonce, 2, auth_key)), each.new_nonce_hash2 ?? each.new_nonce_hash2_computed);
    assert.equal(toHex(newNonceHash(new_nonce, 3, auth_key)), each.new_nonce_hash3 ?? each.new_nonce_hash3_computed);
    assert.equal(
      firstSalt(new_nonce, fromHex(each.server_nonce)),
      le64(fromHex(each.first_salt ?? each.first_salt_computed)),
    );
    assert.deepEqual(factor(BigInt(each.pq)), [BigInt(each.p), BigInt(each.q)]);
  }
  assert.equal(toHex(newNonceHashOfFail(fromHex(synthetic.new_nonce))), synthetic.new_nonce_hash_for_params_fail);
});

test("every step of Telegram's sample exchange that can be recomputed", () => {
  const body = (packet: string) => fromHex(packet).subarray(20);
  const { nonce, server_nonce, new_nonce } = sample;
  const nonces = { nonce: fromHex(nonce), server_nonce: fromHex(server_nonce) };

  assert.equal(
    toHex(mtproto.encodeCall('req_pq_multi', { nonce: fromHex(nonce) })),
    toHex(body(sample.packets.req_pq_multi)),
  );
  const resPQ = mtproto.decodeAnswer('req_pq_multi', body(sample.packets.resPQ), { trailing: true });
  assert.deepEqual(
    resPQ.server_public_key_fingerprints,
    sample.fingerprints_offered_wire.map((hex: string) => le64(fromHex(hex))),
  );
  assert.equal(toHex(resPQ.pq), sample.pq_hex);

  const [p, q] = [sample.p, sample.q].map((each: string) => fromHex(BigInt(each).toString(16)));
  assert.ok(p !== undefined && q !== undefined);
  const inner = { pq: resPQ.pq, p, q, ...nonces, new_nonce: fromHex(new_nonce), dc: sample.dc };
  assert.equal(toHex(mtproto.encode({ _: 'p_q_inner_data_dc', ...inner })), sample.inner_data);
  const request = mtproto.encodeCall('req_DH_params', {
    ...nonces,
    p,
    q,
    public_key_fingerprint: le64(fromHex(sample.fingerprint_chosen_wire)),
    encrypted_data: fromHex(sample.rsa_pad.encrypted_data),
  });
  assert.equal(toHex(request), toHex(body(sample.packets.req_DH_params)));

  const ok = mtproto.decodeAnswer('req_DH_params', body(sample.packets.server_DH_params_ok), { trailing: true });
  assert.ok(ok._ === 'server_DH_params_ok');
  const plain = igeDecrypt(fromHex(sample.tmp_aes_key), fromHex(sample.tmp_aes_iv), ok.encrypted_answer);
  assert.equal(toHex(plain), sample.answer_with_hash);
  const { value: dh, length } = mtproto.decodePrefix('Server_DH_inner_data', plain.subarray(20));
  assert.equal(toHex(sha1(plain.subarray(20, 20 + length))), toHex(plain.subarray(0, 20)));
  assert.equal(toHex(dh.dh_prime), toHex(KNOWN_PRIME));
  assert.equal(toHex(dh.g_a), sample.g_a);
  assert.equal(dh.server_time, sample.server_time);
  checkDhParameters(dh.dh_prime, dh.g);
  checkDhPublic(dh.g_a, dh.dh_prime);

  const pair = dhPair(dh.g, dh.dh_prime, fromHex(sample.b));
  assert.equal(toHex(pair.public), sample.g_b);
  assert.equal(toHex(pair.shared(dh.g_a)), sample.auth_key);
  const client = mtproto.encode({ _: 'client_DH_inner_data', ...nonces, retry_id: 0n, g_b: pair.public });
  assert.equal(toHex(client), sample.client_inner);
  const set = mtproto.encodeCall('set_client_DH_params', {
    ...nonces,
    encrypted_data: fromHex(sample.client_encrypted_data),
  });
  assert.equal(toHex(set), toHex(body(sample.packets.set_client_DH_params)));
  const done = mtproto.decodeAnswer('set_client_DH_params', body(sample.packets.dh_gen_ok), { trailing: true });
  assert.ok(done._ === 'dh_gen_ok');
  assert.equal(toHex(done.new_nonce_hash1), sample.new_nonce_hash1);
});
