/**
 * Signs a library in once, with a code and a password, as the command of `tg-auth sandbox audit`. The arguments are the
 * command of its driver. The variables of the sandbox say where to connect.
 */
import { spawn } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const { TG_AUTH_SERVER = '', TG_AUTH_SERVER_KEY = '', TRANSPORT = 'full', HOME = '.' } = process.env;
const [file, ...args] = process.argv.slice(2);
const [host, port] = TG_AUTH_SERVER.split(':');
const publicKey = readFileSync(TG_AUTH_SERVER_KEY, 'utf8');
const n = Buffer.from(createPublicKey(publicKey).export({ format: 'jwk' }).n, 'base64url');
const bytes = Buffer.concat([Buffer.from('fe000100', 'hex'), n, Buffer.from('03010001', 'hex')]);
const place = {
  host,
  dcs: [{ id: 2, port: Number(port) }],
  publicKey,
  modulus: n.toString('hex'),
  fingerprint: String(createHash('sha1').update(bytes).digest().readBigInt64LE(12)),
  transport: TRANSPORT,
  proxy: null,
  folder: mkdtempSync(join(HOME, 'files-')),
  seed: null,
};
const driver = spawn(file, [...args, JSON.stringify(place)], { stdio: ['pipe', 'pipe', 'inherit'], cwd: place.folder });
const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();

async function ask(step) {
  driver.stdin.write(`${JSON.stringify(step)}\n`);
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`The driver ended before it answered ${step.do}.`);
    if (!/^\{"(ok|error|missing)":/.test(value)) continue;
    const { ok, error } = JSON.parse(value);
    if (ok === undefined) throw new Error(`${step.do}: ${error}`);
    return ok;
  }
}

/** An account with a password. */
const phone = '9996621002';
try {
  await ask({ do: 'open' });
  const { hash } = await ask({ do: 'sendCode', phone });
  await ask({ do: 'signIn', phone, hash, code: '22222' }).catch((error) => {
    if (!/SESSION_PASSWORD_NEEDED/.test(error.message)) throw error;
  });
  await ask({ do: 'password', password: 'sandbox' });
  await ask({ do: 'me' });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
driver.kill('SIGKILL');
