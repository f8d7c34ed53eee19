/**
 * The RSA key of every sandbox that has neither a seed nor `newKey`, so that other projects can commit its public half.
 * It is published here and keeps nothing secret: `DEVELOPMENT_KEY` is its fingerprint, by which clients recognise it.
 */
import type { RsaPrivateKey } from '../../crypto/rsa.ts';
import { rsaKeyOf } from './rsa-key.ts';

const P =
  'ec1bf88ca4c2051b5d3f268937a411cda5964e109e0b92ae530b24ab3009edf4251dfcfa9e082a306d2d2efd930d5ee8' +
  'f2b4dd0ca4723391d1f8a23929f8bfc1ddb7cc1c825a8408f4fe1dabe9b9b09a03a36e36b55f568cd64d360be9bbeb13' +
  '0e2f7894b77df5c0b536c4146dcd84198c9704d7e7112dce5c3ca34a900388d3';

const Q =
  'ec6ea94134e095b47c4cd9558f34fcf99f504fd8fab45c4173a9b679ba0da28035e2dbd02f30c89bbab7285ca263eb0f' +
  'a7554e3f4676bd498283ea3d66fc52e1b6627780d5546c68528bc8807190c0f41d1f15d7df911be1b31b33f549f5ce0b' +
  'ab32df9773ac6f6d80385e9561ab518caa588a7cbe407fa990fc3801eaa42ef5';

export function developmentKey(): RsaPrivateKey {
  return rsaKeyOf(BigInt(`0x${P}`), BigInt(`0x${Q}`));
}
