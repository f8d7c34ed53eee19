import { checkPassword, connect, memoryStore, nameOf, sendCode, serverNetwork, signIn } from 'tg-auth';
import { startSandbox } from 'tg-auth/sandbox';

await using sandbox = await startSandbox();
const address = { host: sandbox.host, port: sandbox.dcs[1]?.port ?? 0 };
const network = serverNetwork({ address, dc: 2, pem: sandbox.publicKey }); // without it: Telegram's own
await using telegram = await connect({ api_id: 12345, network, store: memoryStore() });

const phone = '9996621002';
const sent = await sendCode(telegram.client, { phone, api_id: 12345, api_hash: 'yours' });
if (sent.kind !== 'sent') throw new Error(`no code: ${sent.kind}`);

const code = sandbox.said.at(-1)?.code ?? ''; // what a person would read to you
const { phone_code_hash } = sent;
const end = await signIn(telegram.client, { phone, phone_code_hash, code });
if (end.kind === 'signUpNeeded') throw new Error('nobody has this number');

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const user = end.kind === 'signedIn' ? end.user : await checkPassword(telegram.client, { password: 'sandbox', random });
await telegram.signedIn(user);
console.log(`Signed in as ${nameOf(user)}.`);
