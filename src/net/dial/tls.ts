/** TLS over a socket that stands: the certificate is always checked against the host's name. */
import type { Socket } from 'node:net';
import { type NetworkError, SecurityError } from '../../errors.ts';
import { familyOf } from './names.ts';

export interface Failures {
  readonly broken: (detail: string) => NetworkError;
  readonly closed: () => NetworkError;
}

/**
 * Resolves once the certificate of `host` was found right. Throws `SecurityError` for one that is not to be trusted, `closed` if the
 * connection broke, and otherwise what `broken` makes of the reason why it is no TLS.
 */
export async function secure(socket: Socket, host: string, failures: Failures): Promise<Socket> {
  const { connect } = await import('node:tls');
  const servername = familyOf(host) === 0 ? { servername: host } : {};
  return new Promise((resolve, reject) => {
    // Said outright, as a variable of the environment can turn it off for all that does not say so.
    const rejectUnauthorized = true;
    const secured = connect({ socket, host, ...servername, rejectUnauthorized, ALPNProtocols: ['http/1.1'] });
    const fail = (error: Error) => reject(verdict(error, host, failures));
    secured.on('error', fail); // it stays: a later error is found by whoever reads or writes, and ends no process
    secured.once('close', () => reject(failures.closed()));
    secured.once('secureConnect', () => {
      secured.setNoDelay(true);
      resolve(secured);
    });
  });
}

/** Codes of TLS itself begin with ERR_SSL_, those of the system with E; all others are OpenSSL's names for what is wrong with a certificate. */
function verdict(error: Error, host: string, { broken, closed }: Failures): Error {
  if (isCut(error)) return closed();
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isCertificate = code === 'ERR_TLS_CERT_ALTNAME_INVALID' || (code !== '' && !code.startsWith('E'));
  if (!isCertificate)
    return broken(
      /^(ERR_SSL_|EPROTO$)/.test(code) ? 'it does not speak TLS' : `TLS failed (${code || 'no reason given'})`,
    );
  return new SecurityError('the TLS certificate', 'CERTIFICATE_UNTRUSTED', { host, reason: reasonOf(code) });
}

const CUT = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);

/** Whether the connection broke, whatever was spoken on it. */
export function isCut(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && CUT.has(error.code);
}

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, unless the clock of this machine is slow',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself alone',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody this machine knows',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody this machine knows',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody this machine knows',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is that of another host',
};

function reasonOf(code: string): string {
  return REASONS[code] ?? `its certificate was refused (${code})`;
}
