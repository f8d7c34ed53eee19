import { checkPassword, connect, nameOf, sendCode, serverNetwork, signIn } from 'tg-auth';
import { startSandbox } from 'tg-auth/sandbox';

const sandbox = await startSandbox();
const address = { host: sandbox.host, port: sandbox.dcs[1].port };
const network = serverNetwork({ address, dc: 2, pem: sandbox.publicKey }); // leave it out for Telegram itself
const telegram = await connect({ api_id: 12345, network });

const phone = '9996621002';
const { phone_code_hash } = await sendCode(telegram.client, { phone, api_id: 12345, api_hash: 'yours' });
const code = sandbox.said().at(-1).code; // ask a person instead
let end = await signIn(telegram.client, { phone, phone_code_hash, code });
if (end.kind === 'passwordNeeded') {
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));
  end = { kind: 'signedIn', user: await checkPassword(telegram.client, { password: 'sandbox', random }) };
}
await telegram.signedIn(end.user);
console.log(`Signed in as ${nameOf(end.user)}.`);

await telegram.close();
await sandbox.close();
