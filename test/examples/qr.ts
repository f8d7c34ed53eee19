import { connect, nameOf, RpcError, serverNetwork, signInByQr, whoAmI } from 'tg-auth';
import { startSandbox } from 'tg-auth/sandbox';

await using sandbox = await startSandbox();
const address = { host: sandbox.host, port: sandbox.dcs[1]?.port ?? 0 };
const network = serverNetwork({ address, dc: 2, pem: sandbox.publicKey });
const stop = new AbortController();
await using telegram = await connect({ api_id: 12345, network, signal: stop.signal });

try {
  await whoAmI(telegram.client);
} catch (error) {
  if (!(error instanceof RpcError) || error.type !== 'AUTH_KEY_UNREGISTERED') throw error;
  console.log(error.message);
}

const end = await signInByQr(telegram.client, {
  api_id: 12345,
  api_hash: 'yours',
  now: () => Date.now() + 1000 * telegram.client.state.time_offset,
  signal: stop.signal,
  onToken: ({ link }) => sandbox.scan(link, '9996620000'), // show it as a QR code instead
});
if (end.kind !== 'signedIn') throw new Error(`not yet: ${end.kind}`);
await telegram.signedIn(end.user);
console.log(`Signed in as ${nameOf(await whoAmI(telegram.client))}.`);
