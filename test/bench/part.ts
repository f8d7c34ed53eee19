/**
 * Times one part of a key exchange in a process of its own. Prints the milliseconds of the first call and the median of
 * the others.
 */
import { randomBytes } from 'node:crypto';
import { fromHex } from '../../src/bytes.ts';
import { checkDhParameters, checkDhPublic, dhPair, KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { factor } from '../../src/crypto/factor.ts';
import { rsaPad } from '../../src/crypto/rsa.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const modulus = fromHex('c1'.repeat(255).concat('0f'));
const other = random(255);

/** Semiprimes near 2^62, as servers send them. */
const PQS = [
  2694724800268887959n,
  1724114033281923457n,
  2222863310780025307n,
  3192211506522611731n,
  3251064694001712607n,
];

const PARTS: Record<string, (i: number) => void> = {
  pq: (i) => factor(PQS[i % PQS.length] ?? 15n),
  rsa: () => rsaPad(random(100), { n: modulus, e: Uint8Array.of(1, 0, 1) }, random),
  dh: () => {
    checkDhParameters(KNOWN_PRIME, 3);
    checkDhPublic(other, KNOWN_PRIME);
    dhPair(3, KNOWN_PRIME, random(256)).shared(other);
  },
};

const part = PARTS[process.argv[2] ?? ''];
if (part === undefined) throw new TypeError('which part?');
const times = Array.from({ length: 41 }, (_, i) => {
  const started = performance.now();
  part(i + process.pid);
  return performance.now() - started;
});
const warm = times.slice(1).sort((a, b) => a - b)[20];
process.stdout.write(`${times[0]} ${warm}`);
