/** TLS over a connected socket. The certificate is always checked against the host's name. */
import type { Socket } from 'node:net';
import { type NetworkError, SecurityError } from '../../errors.ts';
import { familyOf } from './names.ts';

interface TlsErrors {
  /** The other side does not speak TLS, or not as it should. */
  readonly broken: (detail: string) => NetworkError;
  readonly closed: () => NetworkError;
}

/** Throws `SecurityError` if the certificate of `host` cannot be trusted, else one of `errors`. */
export async function secure(socket: Socket, host: string, errors: TlsErrors): Promise<Socket> {
  const { connect } = await import('node:tls');
  const servername = familyOf(host) === 0 ? { servername: host } : {};
  return new Promise((resolve, reject) => {
    const rejectUnauthorized = true; // explicit: an environment variable can change the default
    const secured = connect({ socket, host, ...servername, rejectUnauthorized, ALPNProtocols: ['http/1.1'] });
    const fail = (error: Error) => reject(tlsError(error, host, errors));
    secured.on('error', fail); // stays: a later error must not end the process
    secured.once('close', () => reject(errors.closed()));
    secured.once('secureConnect', () => {
      secured.setNoDelay(true);
      resolve(secured);
    });
  });
}

/** Codes of TLS begin with ERR_SSL_, the system's with E; the others are OpenSSL's names for certificate faults. */
function tlsError(error: Error, host: string, { broken, closed }: TlsErrors): Error {
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

/** Whether the connection broke, as opposed to a fault of the protocol on it. */
export function isCut(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && CUT.has(error.code);
}

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this machine's clock is slow",
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that this machine does not know',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate belongs to another host',
};

function reasonOf(code: string): string {
  return REASONS[code] ?? `its certificate was refused (${code})`;
}
