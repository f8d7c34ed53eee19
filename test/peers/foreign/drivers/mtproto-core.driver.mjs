/** @mtproto/core. Told with `dcList`, and with a key of our own in its list of keys. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { API_HASH, API_ID, place, ports, serve } from './serve.mjs';

const [folder] = process.argv.slice(2);
const MTProto = createRequire(join(folder, 'index.js'))('@mtproto/core');
const settings = { _: 'codeSettings' };
let client;
let dcId;
let files = 0;
let scanned;

/**
 * Draws the secret numbers, of 256 bytes, from a seed: with them, the keys are the same in every run. Nonces and
 * padding need not be, and how much of them the library draws depends on time.
 */
function steady(seed, random) {
  let numbers = 0;
  Math.random = () => 0.5; // decides how long it takes to find the factors of pq
  return (length) =>
    length === 256
      ? createHash('shake256', { outputLength: 256 }).update(`${seed} ${numbers++}`).digest()
      : random(length);
}

function open(file) {
  client = new MTProto({ api_id: API_ID, api_hash: API_HASH, storageOptions: { path: join(place.folder, file) } });
  client.dcList = Object.entries(ports).map(([id, port]) => ({ id: Number(id), ip: place.host, port }));
  const { crypto } = client;
  if (place.seed !== null) crypto.getRandomBytes = steady(place.seed, crypto.getRandomBytes);
  const { rsa } = crypto;
  const known = rsa.getPublisKeysByHex.bind(rsa);
  const fingerprint = BigInt.asUintN(64, BigInt(place.fingerprint)).toString(16);
  rsa.getPublisKeysByHex = async () => ({
    ...(await known()),
    [fingerprint]: { modulus: place.modulus, exponent: '010001' },
  });
  return client.call('help.getNearestDc', {}, { dcId });
}

/** Calls, and moves to another data centre if the answer says so: that is left to the library's user. */
async function call(method, params = {}) {
  try {
    return await client.call(method, params, { dcId });
  } catch (error) {
    const [, moved] = /^\w+_MIGRATE_(\d+)$/.exec(error?.error_message ?? '') ?? [];
    if (moved === undefined) throw error;
    dcId = Number(moved);
    return client.call(method, params, { dcId });
  }
}

const idOf = ({ user }) => ({ user: String(user.id) });

const steps = {
  async open() {
    dcId = 2;
    await open(`${++files}.json`);
  },
  close: () => {},
  async reopen() {
    await open(`${files}.json`);
  },
  async sendCode({ phone }) {
    return { hash: (await call('auth.sendCode', { phone_number: phone, settings })).phone_code_hash };
  },
  async resendCode({ phone, hash }) {
    return { hash: (await call('auth.resendCode', { phone_number: phone, phone_code_hash: hash })).phone_code_hash };
  },
  async signIn({ phone, hash, code }) {
    const answer = await call('auth.signIn', { phone_number: phone, phone_code_hash: hash, phone_code: code });
    if (answer._ === 'auth.authorizationSignUpRequired') throw new Error('PHONE_NUMBER_UNOCCUPIED');
    return idOf(answer);
  },
  async signUp({ phone, hash, name }) {
    const names = { first_name: name, last_name: '' };
    return idOf(await call('auth.signUp', { phone_number: phone, phone_code_hash: hash, ...names }));
  },
  async password({ password }) {
    const { srp_id, current_algo, srp_B } = await call('account.getPassword');
    const { g, p, salt1, salt2 } = current_algo;
    const { A, M1 } = await client.crypto.getSRPParams({ g, p, salt1, salt2, gB: srp_B, password });
    return idOf(await call('auth.checkPassword', { password: { _: 'inputCheckPasswordSRP', srp_id, A, M1 } }));
  },
  bot: async ({ token }) => idOf(await call('auth.importBotAuthorization', { bot_auth_token: token })),
  async me() {
    const { users } = await call('users.getFullUser', { id: { _: 'inputUserSelf' } });
    return idOf({ user: users[0] });
  },
  logOut: () => call('auth.logOut').then(() => {}),
  async qr() {
    scanned = new Promise((resolve) => {
      client.updates.on('updateShort', ({ update }) => update._ === 'updateLoginToken' && resolve());
    });
    const { token } = await exportToken();
    return { link: `tg://login?token=${Buffer.from(token).toString('base64url')}` };
  },
  async accepted() {
    await scanned;
    return idOf((await exportToken()).authorization);
  },
};

const exportToken = () => call('auth.exportLoginToken', { except_ids: [] });

serve(steps, (error) => error?.error_message ?? error?.message ?? String(error));
