/**
 * TDLib, by tdl. It has the address of no server but Telegram's compiled in, and their keys. The key is replaced in a
 * copy of the library (see ../install.ts), and the addresses belong to this machine in the network namespace that the
 * drivers run in (see ../run.ts).
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { API_HASH, API_ID, place, serve } from './serve.mjs';

const [folder, library] = process.argv.slice(2);
const tdl = createRequire(join(folder, 'index.js'))('tdl');
tdl.configure({ tdjson: library, verbosityLevel: process.env.DEBUG ? 4 : 0 });
let client;
let sessions = 0;
let state;
let changed = () => {};

function change() {
  return new Promise((resolve) => {
    changed = resolve;
  });
}

/** Waits until TDLib wants one of these. */
async function next(...wanted) {
  while (!wanted.includes(state?._)) await change();
  return state;
}

async function open() {
  const directory = join(place.folder, String(sessions));
  client = tdl.createClient({
    apiId: API_ID,
    apiHash: API_HASH,
    databaseDirectory: join(directory, 'database'),
    filesDirectory: join(directory, 'files'),
    useTestDc: true,
  });
  client.on('error', (error) => process.stderr.write(`${error?.stack ?? error}\n`));
  client.on('update', (update) => {
    if (update._ !== 'updateAuthorizationState') return;
    state = update.authorization_state;
    changed();
  });
  if (place.proxy) {
    const proxy = {
      _: 'proxy',
      server: place.host,
      port: place.proxy.port,
      type: { _: 'proxyTypeMtproto', secret: place.proxy.secret },
    };
    await next('authorizationStateWaitPhoneNumber', 'authorizationStateReady');
    await client.invoke({ _: 'addProxy', proxy, enable: true });
  }
  await next('authorizationStateWaitPhoneNumber', 'authorizationStateReady');
}

async function close() {
  if (client === undefined) return;
  await client.close();
  client = undefined;
  state = undefined;
}

async function user() {
  await next('authorizationStateReady');
  return { user: String((await client.invoke({ _: 'getMe' })).id) };
}

/** Does one step of a login. Where TDLib wants a password or a name next, that was the answer of the server. */
async function step(call) {
  const before = state;
  await client.invoke(call);
  while (state === before) await change();
  if (state._ === 'authorizationStateWaitPassword') throw new Error('SESSION_PASSWORD_NEEDED');
  if (state._ === 'authorizationStateWaitRegistration') throw new Error('PHONE_NUMBER_UNOCCUPIED');
  return user();
}

const KEPT = { hash: 'kept by the library' };

serve({
  async open() {
    await close();
    sessions++;
    await open();
  },
  close,
  reopen: open,
  async sendCode({ phone }) {
    await client.invoke({ _: 'setAuthenticationPhoneNumber', phone_number: `+${phone}` });
    await next('authorizationStateWaitCode');
    return KEPT;
  },
  async resendCode() {
    await client.invoke({ _: 'resendAuthenticationCode' });
    return KEPT;
  },
  signIn: ({ code }) => step({ _: 'checkAuthenticationCode', code }),
  signUp: ({ name }) => step({ _: 'registerUser', first_name: name, last_name: '' }),
  password: ({ password }) => step({ _: 'checkAuthenticationPassword', password }),
  bot: ({ token }) => step({ _: 'checkAuthenticationBotToken', token }),
  me: user,
  async logOut() {
    await client.invoke({ _: 'logOut' });
    await next('authorizationStateClosed');
    client = undefined;
    state = undefined;
  },
  async qr() {
    await client.invoke({ _: 'requestQrCodeAuthentication', other_user_ids: [] });
    return { link: (await next('authorizationStateWaitOtherDeviceConfirmation')).link };
  },
  accepted: user,
});
