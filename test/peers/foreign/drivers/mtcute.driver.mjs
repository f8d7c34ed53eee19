/** mtcute, as @mtcute/node. Told with `defaultDcs` and addPublicKey. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { API_HASH, API_ID, place, ports, serve } from './serve.mjs';

const [folder] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(folder, 'node_modules/@mtcute/node', file)).href);
const mtcute = await load('index.js');
const { addPublicKey, NodeCryptoProvider } = await load('utils.js');
const CODECS = {
  intermediate: () => new mtcute.IntermediatePacketCodec(),
  padded: () => new mtcute.PaddedIntermediatePacketCodec(),
  'obfuscated intermediate': () => new mtcute.ObfuscatedPacketCodec(new mtcute.IntermediatePacketCodec()),
  'obfuscated padded': () => new mtcute.ObfuscatedPacketCodec(new mtcute.PaddedIntermediatePacketCodec()),
};
const dc = { id: 2, ipAddress: place.host, port: ports[2] };
let client;
let storage;
let login;

function transport() {
  if (place.proxy) return new mtcute.MtProxyTcpTransport({ host: place.host, ...place.proxy });
  const tcp = new mtcute.TcpTransport();
  tcp.packetCodec = CODECS[place.transport];
  return tcp;
}

async function open(string) {
  const crypto = new NodeCryptoProvider();
  addPublicKey(crypto, place.publicKey);
  client = new mtcute.TelegramClient({
    apiId: API_ID,
    apiHash: API_HASH,
    crypto,
    storage,
    transport: transport(),
    defaultDcs: { main: dc, media: dc },
    logLevel: process.env.DEBUG ? 4 : 0,
  });
  if (string !== undefined) await client.importSession(string);
  await client.connect();
  await client.call({ _: 'help.getConfig' }); // it connects at its first call
}

async function close() {
  await client?.destroy();
  client = undefined;
}

const user = ({ id }) => ({ user: String(id) });

const steps = {
  async open({ string }) {
    await close();
    storage = new mtcute.MemoryStorage();
    await open(string);
  },
  close,
  reopen: () => open(),
  sendCode: async ({ phone }) => ({ hash: (await client.sendCode({ phone })).phoneCodeHash }),
  async resendCode({ phone, hash }) {
    return { hash: (await client.resendCode({ phone, phoneCodeHash: hash })).phoneCodeHash };
  },
  async signIn({ phone, hash, code }) {
    return user(await client.signIn({ phone, phoneCodeHash: hash, phoneCode: code }));
  },
  async signUp({ phone, hash, name }) {
    const names = { firstName: name, lastName: '' };
    const answer = await client.call({ _: 'auth.signUp', phoneNumber: phone, phoneCodeHash: hash, ...names });
    return user(answer.user);
  },
  password: async ({ password }) => user(await client.checkPassword(password)),
  bot: async ({ token }) => user(await client.signInBot(token)),
  me: async () => user(await client.getMe()),
  logOut: () => client.logOut().then(() => {}),
  async qr() {
    const link = await new Promise((resolve, reject) => {
      login = client.signInQr({ onUrlUpdated: resolve });
      login.catch(reject);
    });
    return { link };
  },
  accepted: async () => user(await login),
};

serve(steps, (error) => {
  // mtcute signs nobody up by a method of its own, and says so where an account is missing.
  if (/^Signup is no longer supported/.test(error?.message)) return 'PHONE_NUMBER_UNOCCUPIED';
  return error?.text ?? error?.message ?? String(error);
});
