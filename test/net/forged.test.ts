/** An attacker between client and server forges messages that only the server may send. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authKeyId } from '../../src/crypto/keys.ts';
import { sealPlain } from '../../src/mtproto/envelope.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { current, mtproto } from '../../src/tl/layer.ts';
import { KEY_REFUSED, type MiddleboxOptions, startMiddlebox, transportError } from '../middlebox.ts';
import { aged, clientAt, portOf, sendCall, sendCode } from './fixture.ts';

let sandbox: Sandbox;
let stored: ConnectionState;
before(async () => {
  sandbox = await startSandbox();
  const { client, saved } = clientAt(sandbox);
  await sendCall(client);
  client.close();
  stored = aged(saved.at(-1));
});
after(() => sandbox.close());

type Box = Omit<MiddleboxOptions, 'target'>;

/** Makes a call through a middlebox. Returns how it ended and what was saved. */
async function through(box: Box, options: Parameters<typeof clientAt>[1] = {}, startsAnew = false) {
  const middlebox = await startMiddlebox({ target: portOf(sandbox, 2), ...box });
  const { client, saved } = clientAt(sandbox, { port: middlebox.port, transport: undefined, deadline: 10, ...options });
  try {
    const ended = client.call(current, 'auth.sendCode', sendCode('9996620000'), { startsAnew });
    const outcome = await ended.then(
      ({ _ }) => _,
      (error: unknown) => error,
    );
    return { outcome, saved, state: client.state, connections: middlebox.connections };
  } finally {
    client.close();
    await middlebox.close();
  }
}

function check(outcome: unknown, exit: number, type: string): void {
  assert.ok(outcome instanceof Error && 'exit' in outcome && 'type' in outcome, String(outcome));
  assert.deepEqual([outcome.exit, outcome.type], [exit, type]);
}

const isPlain = (id: bigint) => id === 0n;

describe('-404 in answer to the stored key', () => {
  const storedId = () => authKeyId(stored.keys[2]?.auth_key ?? assert.fail());
  const forgers: Readonly<Record<string, Box['answer']>> = {
    'to every encrypted packet': ({ auth_key_id }) => (isPlain(auth_key_id) ? undefined : KEY_REFUSED),
    'to that key alone': ({ auth_key_id }) => (auth_key_id === storedId() ? KEY_REFUSED : undefined),
    'to everything': () => KEY_REFUSED,
  };
  for (const [name, answer] of Object.entries(forgers))
    for (const startsAnew of [false, true])
      test(`${name}, ${startsAnew ? 'when a sign-in begins' : 'later'}: the key is kept`, async () => {
        const { outcome, saved } = await through({ answer, others: false }, { state: stored }, startsAnew);
        check(outcome, 30, 'TRANSPORT_ERROR');
        for (const { keys } of saved) assert.deepEqual(keys, stored.keys);
      });

  for (const [age, type] of [
    [0, 'TRANSPORT_ERROR'],
    [59, 'TRANSPORT_ERROR'],
    [62, 'KEY_UNKNOWN'],
  ] as const)
    test(`from a server that does not know it: a key of ${age} s ends in ${type}`, async () => {
      const key = { auth_key: new Uint8Array(256).fill(3), server_salt: 1n, made: Date.now() / 1000 - age };
      const { client } = clientAt(sandbox, { state: { ...stored, keys: { 2: key } } });
      await assert.rejects(sendCall(client), { type });
      client.close();
    });
});

describe('a middlebox that spoils one transport', () => {
  const nonce = new Uint8Array(16);
  const resPQ = mtproto.encode({
    _: 'resPQ',
    nonce,
    server_nonce: nonce,
    pq: Uint8Array.of(15),
    server_public_key_fingerprints: [1n],
  });
  const spoilers: Readonly<Record<string, Uint8Array>> = {
    'a resPQ with a foreign nonce': sealPlain(1n, resPQ),
    'a value of another type': sealPlain(1n, mtproto.encode({ _: 'pong', msg_id: 0n, ping_id: 0n })),
    'a plain message of nothing': sealPlain(1n, new Uint8Array(0)),
    'bytes that are no message': new Uint8Array(40).fill(7),
    'an encrypted message of another key': new Uint8Array(104).fill(9),
    'transport error -444': transportError(-444),
    'transport error -1': transportError(-1),
  };
  for (const [name, frame] of Object.entries(spoilers))
    for (const [moment, box] of Object.entries({
      'at the first question': () => frame,
      'in the key exchange': ({ payload }) => (payload.length > 100 ? frame : undefined),
    } satisfies Record<string, Box['answer']>))
      test(`with ${name}, ${moment}: another transport works`, async () => {
        const { outcome, state } = await through({ answer: box });
        assert.equal(outcome, 'auth.sentCode');
        assert.equal(state.routes?.[2]?.transport, 'obfuscated');
      });

  for (const [name, frame] of Object.entries(spoilers))
    test(`with ${name}, in answer to the stored key: another transport works`, async () => {
      const { outcome, state } = await through({ answer: () => frame }, { state: stored });
      assert.equal(outcome, 'auth.sentCode');
      assert.deepEqual(state.keys[2]?.auth_key, stored.keys[2]?.auth_key);
    });

  for (const state of [undefined, () => stored])
    test(`and closes the others: the failed check is thrown ${state ? 'with' : 'without'} a stored key`, async () => {
      const frame = spoilers['a resPQ with a foreign nonce'];
      const { outcome, saved } = await through({ answer: () => frame, others: false }, { state: state?.() });
      check(outcome, 31, 'SECURITY_CHECK_FAILED');
      assert.deepEqual(saved, [], 'and nothing is saved');
    });

  test('and is the chosen one: the failed check ends the call', async () => {
    const { outcome, connections } = await through(
      { answer: () => spoilers['a resPQ with a foreign nonce'] },
      { transport: 'intermediate' },
    );
    check(outcome, 31, 'SECURITY_CHECK_FAILED');
    assert.deepEqual(connections, { intermediate: 1, other: 0 });
  });
});

test("a failed check is final once a message has opened under the session's key", async () => {
  let packets = 0;
  const answer: Box['answer'] = ({ auth_key_id }) =>
    !isPlain(auth_key_id) && ++packets > 1 ? new Uint8Array(104).fill(9) : undefined;
  const middlebox = await startMiddlebox({ target: portOf(sandbox, 2), answer });
  const { client } = clientAt(sandbox, { port: middlebox.port, transport: undefined, state: stored });
  assert.equal(await sendCall(client), true);
  const before = { ...middlebox.connections };
  await assert.rejects(sendCall(client), { name: 'SecurityError', exit: 31 });
  assert.deepEqual(middlebox.connections, before);
  client.close();
  await middlebox.close();
});
