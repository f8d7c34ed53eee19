/** The names of the transports. This file imports nothing, because a help text needs them too. */

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

/** `obfuscated` and `websocket` have the framing intermediate inside. */
export type TransportName = (typeof TRANSPORTS)[number];
