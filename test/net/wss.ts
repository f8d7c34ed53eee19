/** A client that uses HTTPS only, in a process of its own: Node.js reads the trusted certificates when it starts. */
import { NetworkError, SecurityError } from '../../src/errors.ts';
import { serverNetwork } from '../../src/net/datacentres.ts';
import { clientAt, sendCall } from './fixture.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);
const [port = '', pem = ''] = process.argv.slice(2);
const address = { host: 'localhost', port: Number(port) };
const network = {
  ...serverNetwork({ address, dc: 2, pem }),
  webs: () => [{ address, web: { path: '/apiws', secure: true } }],
};
const place = { host: 'localhost', dcs: [{ id: 2, port: address.port }], publicKey: pem };
const { client, trace } = clientAt(place, { network, transport: 'websocket' });
try {
  say(String(await sendCall(client)));
} catch (error) {
  say(error instanceof NetworkError || error instanceof SecurityError ? error.type : String(error));
}
say(trace.join('\n'));
client.close();
