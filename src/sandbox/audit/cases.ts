/**
 * What an audit tests: rules of the protocol, the faults that break each, what a client does that believes the fault,
 * and which verdicts are right. The names of the faults are a contract: a new version only adds some.
 */

/** What each verdict says of the client. */
export const VERDICTS = {
  noticed: 'stopped before it trusted anything',
  recovered: 'got the true answer in the end',
  swallowed: 'believed the forgery and went on',
  unseen: 'did nothing that shows whether it believed the forgery',
  hung: 'had not ended at the deadline',
  crashed: 'was ended by a signal',
} as const satisfies Readonly<Record<string, string>>;

export type Verdict = keyof typeof VERDICTS;

/**
 * What a client that believes a fault does, as the server sees it:
 *
 * - step: it takes the next step of the key exchange.
 * - half: it answers bad values with its half of Diffie–Hellman. For keys that the server can only guess, and for
 *   small ones, which some clients compute wrongly.
 * - weak: it uses the key that follows from bad values.
 * - key: it uses the key of an exchange that failed.
 * - answer: it sends back a value of the forged answer, makes the request that follows it, or acknowledges it.
 * - content: the same, but it may acknowledge it: the message is genuine, and only its content is wrong.
 * - twice: it answers a repeated message twice.
 * - none: the fault is no forgery.
 */
export type Evidence = 'step' | 'half' | 'weak' | 'key' | 'answer' | 'content' | 'twice' | 'none';

interface Rule {
  readonly title: string;
  /** One sentence. */
  readonly rule: string;
  readonly page: string;
  readonly right: readonly Verdict[];
  /** The request whose answer is forged, if only one will do. */
  readonly target?: string;
  readonly faults: Readonly<Partial<Record<Evidence, readonly string[]>>>;
}

/** A fault of an audit. */
export interface Case extends Omit<Rule, 'faults'> {
  /** `NAME[:ARGUMENT][@MOMENT]`. A moment that is not named is the answer to a request of the command. */
  readonly name: string;
  readonly evidence: Evidence;
}

const PAGES = 'https://core.telegram.org/mtproto';
const GUIDELINES = `${PAGES}/security_guidelines`;
/** A client may stop or ask again. */
const STOP: readonly Verdict[] = ['noticed', 'recovered'];
/** A client must go on. */
const WORK: readonly Verdict[] = ['recovered'];

const RULES: readonly Rule[] = [
  {
    title: 'nonces',
    rule: 'Every answer of a key exchange repeats the nonces of that exchange.',
    page: `${GUIDELINES}#checking-nonce-server-nonce-and-new-nonce-fields`,
    right: STOP,
    faults: {
      step: ['nonce@h1', 'nonce@h2', 'server-nonce@h2', 'dh-nonce@h2', 'dh-server-nonce@h2'],
      key: ['nonce@h3', 'server-nonce@h3'],
    },
  },
  {
    title: 'server key',
    rule: 'The client encrypts only for a server key that it knows and that the server offers.',
    page: `${PAGES}/auth_key`,
    right: STOP,
    faults: { step: ['fingerprint@h1'] },
  },
  {
    title: 'pq',
    rule: 'pq is the product of two primes, and has at most 64 bits.',
    page: `${PAGES}/auth_key`,
    right: STOP,
    faults: { step: ['pq:prime@h1', 'pq:large@h1', 'pq:zero@h1'] },
  },
  {
    title: 'SHA-1 of server_DH_inner_data',
    rule: 'The decrypted answer begins with the SHA-1 of its data.',
    page: `${GUIDELINES}#checking-sha1-hash-values-during-key-generation`,
    right: STOP,
    faults: { step: ['dh-hash@h2'] },
  },
  {
    title: 'dh_prime',
    rule: 'dh_prime is a safe prime of 2048 bits.',
    page: `${GUIDELINES}#diffie-hellman-key-exchange`,
    right: STOP,
    faults: { weak: ['dh-prime:composite@h2', 'dh-prime:unsafe@h2'], half: ['dh-prime:short@h2'] },
  },
  {
    title: 'g',
    rule: 'g is 2 to 7 and generates a subgroup of prime order modulo dh_prime.',
    page: `${GUIDELINES}#diffie-hellman-key-exchange`,
    right: STOP,
    faults: { weak: ['dh-g:2@h2', 'dh-g:9@h2'] },
  },
  {
    title: 'g_a',
    rule: 'g_a is greater than 1 and less than dh_prime − 1.',
    page: `${GUIDELINES}#g-a-and-g-b-validation`,
    right: STOP,
    faults: { half: ['dh-ga:one@h2', 'dh-ga:zero@h2', 'dh-ga:minus-one@h2'] },
  },
  {
    title: 'range of g_a',
    rule: 'g_a is between 2^1984 and dh_prime − 2^1984, as Telegram recommends.',
    page: `${GUIDELINES}#g-a-and-g-b-validation`,
    right: STOP,
    faults: { weak: ['dh-ga:small@h2'], half: ['dh-ga:large@h2'] },
  },
  {
    title: 'proof of the key',
    rule: 'A key counts only after dh_gen_ok with the right new_nonce_hash1.',
    page: `${PAGES}/auth_key`,
    right: STOP,
    faults: { key: ['new-nonce-hash@h3', 'dh-fail@h3'], step: ['params-fail@h2'] },
  },
  {
    title: 'dh_gen_retry with a wrong hash',
    rule: 'The client checks new_nonce_hash2 before it answers dh_gen_retry.',
    page: `${PAGES}/auth_key`,
    right: STOP,
    faults: { step: ['retry-hash@h3'] },
  },
  {
    title: 'dh_gen_retry',
    rule: 'The client answers dh_gen_retry with another g_b.',
    page: `${PAGES}/auth_key`,
    right: WORK,
    faults: { none: ['dh-retry'] },
  },
  {
    title: 'msg_key',
    rule: 'msg_key is the hash of the decrypted message with its padding, checked before anything else is read.',
    page: `${GUIDELINES}#checking-sha256-hash-value-of-msg-key`,
    right: STOP,
    faults: { answer: ['msg-key', 'flip:40', 'auth-key-id'] },
  },
  {
    title: 'length',
    rule: 'The message fits into the plaintext, and 12 to 1024 bytes of padding follow it.',
    page: `${GUIDELINES}#checking-message-length`,
    right: STOP,
    faults: { answer: ['length', 'length:-4', 'short-padding', 'long-padding'] },
  },
  {
    title: 'session_id',
    rule: "session_id is that of the client's session.",
    page: `${GUIDELINES}#checking-session-id`,
    right: STOP,
    faults: { answer: ['session-id'] },
  },
  {
    title: 'msg_id',
    rule: 'The msg_id of a server is odd, and no two messages have the same.',
    page: `${GUIDELINES}#checking-msg-id`,
    right: STOP,
    faults: { answer: ['even-msg-id', 'same-msg-id'], twice: ['replay'] },
  },
  {
    title: 'time of msg_id',
    rule: 'A msg_id is at most 300 seconds old and at most 30 seconds ahead.',
    page: `${GUIDELINES}#checking-msg-id`,
    right: STOP,
    faults: { answer: ['old-msg-id', 'future-msg-id'] },
  },
  {
    title: 'answers',
    rule: 'An answer belongs to a request of this client, and has a type that it can read.',
    page: `${PAGES}/service_messages#response-to-an-rpc-query`,
    right: STOP,
    faults: { content: ['answer-id', 'unknown-constructor'] },
  },
  {
    title: 'password check',
    rule: 'p and g pass the tests of the key exchange, and srp_B is between 0 and p.',
    page: 'https://core.telegram.org/api/srp',
    right: STOP,
    target: 'account.getPassword',
    faults: { content: ['srp-prime:composite', 'srp-prime:unsafe', 'srp-g:2', 'srp-b:zero', 'srp-b:prime'] },
  },
  {
    title: 'clock and salt',
    rule: "The client takes the server's time and salt, and sends its message again.",
    page: `${PAGES}/service_messages_about_messages`,
    right: WORK,
    faults: { none: ['wrong-salt@a1', 'clock:3600', 'clock:-3600'] },
  },
  {
    title: 'unusual forms',
    rule: 'Answers may be packed, in containers, in any order, repeated, and in pieces.',
    page: `${PAGES}/service_messages`,
    right: WORK,
    faults: { none: ['gzip', 'containers', 'reorder', 'duplicate', 'split', 'delay:50'] },
  },
  {
    title: 'failures',
    rule: 'A client asks again or fails in time when a connection breaks or an answer does not come.',
    page: `${PAGES}/mtproto-transports#transport-errors`,
    right: STOP,
    faults: {
      none: [
        ...['close', 'close-after', 'drop', 'silence', 'transport-error:404', 'transport-error:429'],
        ...['garbage', 'oversize', 'truncate', 'rpc-error'],
      ],
    },
  },
];

export const EVIDENCES: readonly Evidence[] = ['step', 'half', 'weak', 'key', 'answer', 'content', 'twice', 'none'];

export const CASES: readonly Case[] = RULES.flatMap(({ faults, ...rule }) =>
  EVIDENCES.flatMap((evidence) => (faults[evidence] ?? []).map((name) => ({ ...rule, name, evidence }))),
);
