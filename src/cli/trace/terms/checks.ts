/** The checks of the security guidelines: what each is good for, and whom it catches. */
import { own } from './term.ts';

/** Who would be noticed here. */
export const CAUGHT = {
  middle: 'a man in the middle would be noticed here',
  replay: 'a replayed message would be noticed here',
  server: 'a dishonest server would be noticed here',
} as const;

export interface CheckTerm {
  readonly says: string;
  readonly catches?: keyof typeof CAUGHT;
}

/** By the text of the check, or by the part before a type or a number. */
const CHECKS: Readonly<Record<string, CheckTerm>> = {
  "msg_id is a server's": {
    says: 'The lowest bit of msg_id is 0 for the client and 1 for the server, so nobody can send the client its own messages back.',
    catches: 'replay',
  },
  'nonce is ours': {
    says: 'The answer repeats the random number that the client chose for this exchange. An answer from another exchange does not.',
    catches: 'replay',
  },
  'server_nonce is the one of resPQ': {
    says: 'The answer repeats the random number that the server chose for this exchange.',
    catches: 'replay',
  },
  'a server key that we know': {
    says: 'One of the fingerprints belongs to an RSA key that is built into the client. A man in the middle who offers another key is noticed here. One who repeats the right fingerprint cannot decrypt what the client sends next.',
    catches: 'middle',
  },
  'pq has at most eight bytes': { says: 'The task is small enough to be solved.' },
  'the length of the encrypted': { says: 'The ciphertext consists of whole blocks of 16 bytes.' },
  'the hash of the encrypted': {
    says: 'The decrypted answer fits its SHA-1. Making such an answer requires new_nonce, and reading new_nonce requires the private RSA key. A man in the middle does not have that key, and so cannot replace this answer or put another g_a into it.',
    catches: 'middle',
  },
  'the padding of the encrypted': { says: 'No more padding follows than the last block of the cipher needs.' },
  'dh_prime has 2048 bits': {
    says: 'With a shorter prime, someone could compute the secret numbers.',
    catches: 'server',
  },
  'g is 2, 3, 4, 5, 6 or 7': { says: 'Only these bases are allowed.', catches: 'server' },
  'g generates a subgroup of prime order modulo dh_prime': {
    says: "Otherwise g_b would reveal a bit of the client's secret number.",
    catches: 'server',
  },
  'dh_prime is a safe prime': {
    says: 'dh_prime and (dh_prime − 1) / 2 are both prime. With a weaker prime, someone could compute the auth_key.',
    catches: 'server',
  },
  'g_a and g_b': {
    says: 'Values near 0 or near dh_prime, such as 1, would lead to a key that anyone can guess.',
    catches: 'server',
  },
  new_nonce_hash1: {
    says: 'The server has computed the same auth_key. If a man in the middle had replaced g_b, the two sides would have different keys, and this hash would not fit.',
    catches: 'middle',
  },
  new_nonce_hash2: { says: 'Only a server that knows new_nonce and the auth_key can ask for another g_b.' },
  new_nonce_hash3: { says: 'Only a server that knows new_nonce and the auth_key can refuse the exchange.' },
  'new_nonce_hash of server_DH_params_fail': { says: 'Only a server that knows new_nonce can refuse the exchange.' },
  'a container holds at most 1024 messages': { says: 'A larger container is not allowed.' },
  'the msg_id of a message in a container': {
    says: 'Each message in a container has a msg_id of the server, too.',
    catches: 'replay',
  },
  'a container is made after the messages in it': { says: 'The msg_id of the container is the highest.' },
  'no container is inside a container': { says: 'Containers inside each other are not allowed.' },
  'the length of an encrypted message': { says: 'The ciphertext consists of whole blocks of 16 bytes.' },
  'auth_key_id is the one of our key': { says: 'The message is encrypted under the key of this session.' },
  'msg_key is the hash of the message': {
    says: 'The client computes msg_key again from the auth_key and the decrypted message. Nobody can make or change a message so that msg_key fits without the auth_key.',
    catches: 'middle',
  },
  'the length and the padding inside an encrypted message': {
    says: 'The body is not longer than the message, and 12 to 1024 bytes of padding follow.',
  },
  'session_id is ours': {
    says: 'The message belongs to this session, not to an earlier one under the same key.',
    catches: 'replay',
  },
  'the time in msg_id is not too far from the clock': {
    says: 'The message is at most 300 seconds old, and at most 30 seconds ahead.',
    catches: 'replay',
  },
  'the message was not received before': { says: 'No earlier message has this msg_id.', catches: 'replay' },
};

export function checkTermOf(what: string): CheckTerm | undefined {
  return own(CHECKS, what) ?? own(CHECKS, what.replace(/ \S+$|: .*$/, ''));
}
