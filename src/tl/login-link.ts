/** The link in a login's QR code (https://core.telegram.org/api/qr-login). */
import { fromBase64, toBase64Url } from '../bytes.ts';

/** tg://login?token=…, in base64url without padding. */
export function loginLink(token: Uint8Array): string {
  return `tg://login?token=${toBase64Url(token)}`;
}

/** The token in such a link; `undefined` for any other text. */
export function loginToken(link: string): Uint8Array | undefined {
  const [, text] = /^tg:\/\/login\/?\?token=([\w-]+)=*$/.exec(link.trim()) ?? [];
  return text === undefined ? undefined : fromBase64(text);
}
