/**
 * Times each part of a key exchange, cold (the first call of a process) and warm, and measures the rates of the two
 * inner loops.
 */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getWasmUrl, ige256Decrypt, ige256Encrypt, initSync } from '@mtcute/wasm';
import { build } from 'esbuild';
import { igeDecrypt, igeEncrypt } from '../../src/crypto/aes.ts';
import { legacy } from '../../src/tl/layer.ts';
import { median, rate, say } from './table.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const PARTS = { pq: 'PQ factorisation', rsa: 'RSA_PAD', dh: 'Diffie–Hellman: checks, g_b, auth_key' } as const;

export async function parts(rounds: number): Promise<void> {
  const program = here('../../node_modules/.cache/tg-auth/part.cjs');
  await build({
    entryPoints: [here('part.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  say(`Parts of a key exchange, ${rounds} processes                cold       warm`);
  for (const [part, name] of Object.entries(PARTS)) {
    const figures = Array.from({ length: rounds }, () => {
      const { stdout } = spawnSync(process.execPath, [program, part], { encoding: 'utf8' });
      return stdout.split(' ').map(Number);
    });
    const [cold, warm] = [0, 1].map((i) => `${median(figures.map((each) => each[i] ?? Number.NaN)).toFixed(2)} ms`);
    say(`  ${name.padEnd(46)} ${cold?.padStart(9)} ${warm?.padStart(9)}`);
  }
  say();
}

export function rates(): void {
  initSync(readFileSync(getWasmUrl()));
  const params = { phone_number: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' };
  const encoded = rate(() => legacy.codec.encodeCall('auth.sendCall', params));
  say(`TL: auth.sendCall encoded                   ${(encoded / 1000).toFixed(0).padStart(8)} k/s`);
  for (const size of [1024, 65_536]) {
    const [key, iv, data] = [randomBytes(32), randomBytes(32), new Uint8Array(randomBytes(size))];
    const speed = (work: () => void) => `${((rate(work) * size) / 1e6).toFixed(0)} MB/s`.padStart(9);
    say(
      `AES-IGE, ${String(size).padStart(5)} bytes: encrypt ${speed(() => igeEncrypt(key, iv, data))} (mtcute's wasm ${speed(() => ige256Encrypt(data, key, iv))}), ` +
        `decrypt ${speed(() => igeDecrypt(key, iv, data))} (${speed(() => ige256Decrypt(data, key, iv))})`,
    );
  }
  say(`OpenSSL is ${process.versions.openssl}, V8 ${process.versions.v8}, Node.js ${process.version}`);
}
