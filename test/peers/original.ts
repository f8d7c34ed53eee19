/** A session of tg-auth, and clones of it as strings for other libraries. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cloneSession } from '../../src/auth/clone.ts';
import { sendCode } from '../../src/auth/code.ts';
import { checkPassword } from '../../src/auth/password.ts';
import { signIn } from '../../src/auth/sign-in.ts';
import type { User } from '../../src/auth/user.ts';
import { type Connected, connect } from '../../src/library.ts';
import { serverNetwork } from '../../src/net/datacentres.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { contentsOf } from '../../src/session/formats/convert.ts';
import { type FormatName, writeSessionString } from '../../src/session/formats/index.ts';

const APPLICATION = { api_id: 1, api_hash: 'a secret' };
/** An account of DC 1 with a password. Its client and its clones start at DC 2. */
const PHONE = '9996611002';
const PASSWORD = { password: 'sandbox', random: (length: number) => new Uint8Array(randomBytes(length)) };

export interface Original extends AsyncDisposable {
  readonly client: Connected['client'];
  readonly user: User;
  /** Clones the session: the hash of the new device, and its string. */
  clone(format: FormatName): Promise<{ readonly hash: bigint; readonly string: string }>;
}

export async function original(sandbox: Sandbox): Promise<Original> {
  const addressOf = (dc: number) => ({ host: sandbox.host, port: sandbox.dcs[dc - 1]?.port ?? 0 });
  const network = serverNetwork({ address: addressOf(2), dc: 2, pem: sandbox.publicKey });
  const start = () => connect({ api_id: APPLICATION.api_id, network });
  const source = await start();
  const { client } = source;
  const sent = await sendCode(client, { phone: PHONE, ...APPLICATION });
  assert.ok(sent.kind === 'sent');
  const { phone_code_hash } = sent;
  await signIn(client, { phone: PHONE, phone_code_hash, code: sandbox.said(PHONE).at(-1)?.code ?? '' });
  const user = await checkPassword(client, PASSWORD);
  return {
    client,
    user,
    async clone(format) {
      await using fresh = await start();
      let hash = 0n;
      const onAccepted = (device: { readonly hash: bigint }) => {
        hash = device.hash;
      };
      const end = await cloneSession(client, fresh.client, { ...APPLICATION, onAccepted });
      assert.deepEqual(end, { kind: 'passwordNeeded', dc: 1 });
      await fresh.signedIn(await checkPassword(fresh.client, { ...PASSWORD, dc: 1 }));
      const contents = contentsOf(fresh.session, { address: addressOf(1), api_id: APPLICATION.api_id });
      return { hash, string: writeSessionString(format, contents ?? assert.fail()) };
    },
    [Symbol.asyncDispose]: () => source.close(),
  };
}
