/**
 * What clients send against the documentation of MTProto, or in a form that it has replaced. Telegram's servers accept
 * all of it, and so does the sandbox unless it is strict.
 */

/** Each deviation as a sentence about the client. */
export const DEVIATIONS = {
  'req-pq': 'The key exchange begins with req_pq, which req_pq_multi has replaced.',
  'plain-msg-id': 'The msg_id of a plain message is not a time, or not the id of a client.',
  'plain-padding': 'The message_length of a plain message includes padding after the value.',
  'plain-ack': 'A plain msgs_ack confirms an answer of the key exchange.',
  'rsa-padding': 'p_q_inner_data is padded with SHA1 and random bytes, which RSA_PAD has replaced.',
  'short-number': 'encrypted_data is shorter than 256 bytes: it lacks leading zeros.',
  'inner-data': 'p_q_inner_data does not name a data centre.',
  'odd-ack': 'msgs_ack has an odd seq_no, as if it needed an acknowledgement.',
  'other-layer': 'A method has an id that it does not have in the declared layer.',
  'unpadded-proxy': 'Frames through an MTProxy are not padded, although its secret begins with dd or ee.',
} as const satisfies Readonly<Record<string, string>>;

export type Deviation = keyof typeof DEVIATIONS;

/** Returns whether the server accepts a deviation, which is then reported. */
export type Tolerates = (deviation: Deviation) => boolean;

export function tolerance(isStrict: boolean, report: (deviation: Deviation, text: string) => void): Tolerates {
  const reported = new Set<Deviation>();
  return (deviation) => {
    if (isStrict || reported.has(deviation)) return !isStrict;
    reported.add(deviation);
    report(deviation, DEVIATIONS[deviation]);
    return true;
  };
}
