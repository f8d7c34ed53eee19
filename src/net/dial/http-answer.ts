/** Recognises a web server, or a captive portal that answers in the place of Telegram. */
import { toLatin1 } from '../../bytes.ts';

/** Ends a sentence about an address. */
export const HTTP_THERE = 'an HTTP server or a captive portal answers here';

/** Whether the first bytes from an address are an HTTP answer, or the page that old servers send without a status. */
export function isHttp(bytes: Uint8Array): boolean {
  return /^(?:HTTP\/\d|<!doctype html|<html)/i.test(toLatin1(bytes.subarray(0, 20)));
}
