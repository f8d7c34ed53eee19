/**
 * GramJS (npm `telegram`) and its fork teleproto. Told with StringSession.setDC and an entry in RSA._serverKeys. Both
 * dial port 80 or 443, whatever port the session has, so a connection class puts in the sandbox's.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { API_HASH, API_ID, place, ports, serve } from './serve.mjs';

const [folder, name] = process.argv.slice(2);
const require = createRequire(join(folder, 'index.js'));
const { TelegramClient, Api, Logger } = require(name);
const { StringSession } = require(`${name}/sessions`);
const { computeCheck } = require(`${name}/Password`);
const network = require(`${name}/network`);
const keys = require(`${name}/crypto/RSA`)._serverKeys;

keys.set(place.fingerprint, { n: require('big-integer')(place.modulus, 16), e: 65537 });
const TRANSPORTS = {
  full: network.ConnectionTCPFull,
  abridged: network.ConnectionTCPAbridged,
  obfuscated: network.ConnectionTCPObfuscated,
};
const local = (Base) =>
  class extends Base {
    constructor(options) {
      super({ ...options, ip: place.host, port: ports[options.dcId] });
    }
  };
const credentials = { apiId: API_ID, apiHash: API_HASH };
let client;
let saved;
let login;

async function open(text = '') {
  await client?.destroy();
  const session = new StringSession(text);
  if (text === '') session.setDC(2, place.host, ports[2]);
  const proxy = place.proxy && { ip: place.host, MTProxy: true, ...place.proxy };
  client = new TelegramClient(session, API_ID, API_HASH, {
    ...(proxy ? { proxy } : { connection: local(TRANSPORTS[place.transport]) }),
    connectionRetries: 2,
    floodSleepThreshold: 0,
    baseLogger: new Logger(process.env.DEBUG ? 'debug' : 'none'),
  });
  client.onError = async (error) => void process.stderr.write(`${error?.stack}\n`);
  if (!(await client.connect())) throw new Error('not connected');
}

const invoke = (request) => client.invoke(request);
const idOf = ({ user }) => ({ user: String(user.id) });

const steps = {
  open: ({ string }) => open(string),
  reopen: () => open(saved),
  async close() {
    saved = client.session.save();
    await client.destroy();
  },
  async sendCode({ phone }) {
    return { hash: (await client.sendCode(credentials, `+${phone}`)).phoneCodeHash };
  },
  async resendCode({ phone, hash }) {
    const sent = await invoke(new Api.auth.ResendCode({ phoneNumber: phone, phoneCodeHash: hash }));
    return { hash: sent.phoneCodeHash };
  },
  async signIn({ phone, hash, code }) {
    const answer = await invoke(new Api.auth.SignIn({ phoneNumber: phone, phoneCodeHash: hash, phoneCode: code }));
    if (answer instanceof Api.auth.AuthorizationSignUpRequired) throw new Error('PHONE_NUMBER_UNOCCUPIED');
    return idOf(answer);
  },
  async signUp({ phone, hash, name: firstName }) {
    const names = { firstName, lastName: '' };
    return idOf(await invoke(new Api.auth.SignUp({ phoneNumber: phone, phoneCodeHash: hash, ...names })));
  },
  async password({ password }) {
    const check = await computeCheck(await invoke(new Api.account.GetPassword()), password);
    return idOf(await invoke(new Api.auth.CheckPassword({ password: check })));
  },
  bot: async ({ token }) => idOf({ user: await client.signInBot(credentials, { botAuthToken: token }) }),
  me: async () => idOf({ user: await client.getMe() }),
  logOut: () => invoke(new Api.auth.LogOut()).then(() => {}),
  async qr() {
    const link = await new Promise((resolve, reject) => {
      login = client.signInUserWithQrCode(credentials, {
        qrCode: ({ token }) => resolve(`tg://login?token=${token.toString('base64url')}`),
        onError: async () => true,
      });
      login.catch(reject);
    });
    return { link };
  },
  accepted: async () => idOf({ user: await login }),
};

serve(steps, (error) => error?.errorMessage ?? error?.message ?? String(error));
