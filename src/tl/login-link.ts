/** The link that a login's QR code says (https://core.telegram.org/api/qr-login). */
import { toBase64 } from '../bytes.ts';

/** tg://login?token=…, in base64url without padding. */
export function loginLink(token: Uint8Array): string {
  return `tg://login?token=${toBase64(token).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** The token in such a link; `undefined` if it is none. */
export function loginToken(link: string): Uint8Array | undefined {
  const [, text] = /^tg:\/\/login\/?\?token=([\w-]+)=*$/.exec(link.trim()) ?? [];
  if (text === undefined || text.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
