/** The transports by their names, in a file that loads nothing: a help text has them, too. */

export const TRANSPORTS = [
  'abridged',
  'intermediate',
  'padded',
  'full',
  'obfuscated',
  'obfuscated-abridged',
  'obfuscated-padded',
  'websocket',
] as const;

/** `obfuscated` alone is around the framing intermediate; so is what a WebSocket carries. */
export type TransportName = (typeof TRANSPORTS)[number];
