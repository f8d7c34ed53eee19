/** What messages mean, by method or constructor, and who knows what after them. */
import { linkTo, linkToLine, own, type Page } from './term.ts';

/** What each side knows once a message has arrived. */
export interface Knowledge {
  readonly client: string;
  readonly server: string;
  /** Anyone who sees the traffic. */
  readonly others: string;
}

export interface Meaning {
  readonly name: string;
  /** Two or three sentences. */
  readonly says: string;
  readonly link: string;
  readonly knows?: Knowledge;
}

/** `method` and `constructor`: the page on the line itself. */
type Row = readonly [page: Page | 'method' | 'constructor', says: string, knows?: Knowledge];

const MESSAGES: Readonly<Record<string, Row>> = {
  req_pq_multi: [
    'authKey',
    'The client begins the key exchange with a random number, the nonce. Nothing is encrypted yet.',
    {
      client: 'Only its nonce.',
      server: 'The nonce, and the network address of the client. It does not know who the user is.',
      others: 'The same as the server.',
    },
  ],
  resPQ: [
    'authKey',
    'The server answers with a random number of its own. It lists the fingerprints of its RSA keys. It also gives the client a small task: find the two prime factors of pq.',
    {
      client: 'Which RSA keys the server claims to have. Nothing is proved yet: anyone could have sent this message.',
      server: 'Nothing new.',
      others: 'The same: both messages are readable.',
    },
  ],
  req_DH_params: [
    'authKey',
    "The client sends the two factors. It chooses a second random number, new_nonce, and encrypts it with the server's public RSA key, which is built into the client. The secrecy of the next messages depends on new_nonce.",
    {
      client: 'new_nonce. Only the owner of the private RSA key can read it too.',
      server:
        'Three random numbers (nonce, server_nonce and new_nonce, which only it can decrypt) and the factors p and q. Of the user, it knows only the network address: no phone number, account or api_id has been sent.',
      others: 'nonce, server_nonce, p and q, but not new_nonce.',
    },
  ],
  server_DH_params_ok: [
    'authKey',
    'The server sends its half of a Diffie–Hellman exchange: g, dh_prime and g_a. They are encrypted with AES. The key is computed from new_nonce and server_nonce, so only a server that has read new_nonce can make this answer.',
    {
      client:
        "The server has the private RSA key: the hash in its answer fits. The client also knows g, dh_prime, g_a and the server's clock.",
      server: 'The same as before, and its own secret number, a.',
      others: 'The length of the answer, and nothing of what is in it.',
    },
  ],
  set_client_DH_params: [
    'authKey',
    'The client sends its half, g_b, encrypted with the same key. Now both sides can compute the auth_key: the client as g_a to the power of b, the server as g_b to the power of a. The auth_key itself is never sent.',
    {
      client: 'The auth_key.',
      server: 'The auth_key. It still does not know who the user is.',
      others:
        'Nothing about the auth_key. Someone who later steals the private RSA key could read g_a and g_b, but still not compute the auth_key.',
    },
  ],
  dh_gen_ok: [
    'authKey',
    'The server confirms the key with a hash of new_nonce and the auth_key. The key exchange is done. The client stores the auth_key, and can use it for months.',
    {
      client: 'The server has the same auth_key, and nobody else has it.',
      server: 'The auth_key and its auth_key_id. The key belongs to no account yet.',
      others: 'Nothing about the auth_key.',
    },
  ],
  dh_gen_retry: ['authKey', 'The server asks the client for another g_b.'],
  dh_gen_fail: ['authKey', 'The server refuses the key. The exchange has failed.'],
  server_DH_params_fail: ['authKey', 'The server refuses the exchange.'],
  'auth.sendCall': [
    'method',
    'The client asks Telegram to call this phone number and to read the login code aloud. The first call on a connection is wrapped twice: invokeWithLayer names the version of the API, and initConnection describes the application and the device.',
    {
      client: 'Nothing new. It waits for the answer.',
      server: 'Now it also knows the phone number, the phone_code_hash, the api_id and the device.',
      others:
        'The auth_key_id, the length and the time. They cannot read the message. The auth_key_id shows which connections belong to the same client.',
    },
  ],
  'auth.sendCode': ['method', 'The client asks Telegram to send a login code to this phone number.'],
  'auth.resendCode': ['method', 'The client asks for the code again, by the next delivery method.'],
  'auth.cancelCode': ['method', 'The client gives up this login attempt, so that its code becomes invalid.'],
  'auth.sendSms': ['method', 'The client asks Telegram to send the login code by SMS.'],
  'auth.signIn': ['method', 'The client sends the code that the person typed, to sign in.'],
  'auth.checkPassword': [
    'method',
    'The client proves that it knows the password of the account. The password itself is not sent.',
  ],
  'account.getPassword': ['method', 'The client asks how to prove that it knows the password of the account.'],
  'account.password': ['constructor', 'The numbers that the client needs for the password proof.'],
  'auth.sentCode': [
    'constructor',
    'The code was sent. The answer says how it is delivered, and identifies the login attempt.',
  ],
  'auth.authorization': ['constructor', 'The client is signed in to this account.'],
  'auth.bindTempAuthKey': ['method', 'The client binds its temporary key to its permanent key.'],
  'auth.exportLoginToken': ['method', 'The client asks for the token that it shows as a QR code.'],
  'auth.logOut': ['method', 'The client signs out.'],
  'help.getConfig': ['method', 'The client asks for the addresses of the data centres.'],
  'users.getUsers': ['method', 'The client asks for its own account.'],
  new_session_created: [
    'service',
    'The server says that this session_id is new to it. It also sends the salt to use.',
    {
      client: 'This is a new session on the server, so no earlier answer is missing.',
      server: 'Nothing new.',
      others: 'The length and the time.',
    },
  ],
  rpc_result: ['service', 'This answers the call whose msg_id is in req_msg_id.'],
  boolTrue: [
    'tl',
    'boolTrue means yes. As the answer to auth.sendCall, it means that Telegram is calling.',
    {
      client: 'The answer is yes.',
      server: 'Nothing new.',
      others: 'The length and the time, but not whether the answer is yes or no.',
    },
  ],
  boolFalse: ['tl', 'boolFalse means no.'],
  rpc_error: ['errors', 'The server refuses the call. The error says why.'],
  msgs_ack: [
    'aboutMessages',
    'The client confirms that these messages have arrived, so that the server need not send them again.',
    {
      client: 'Nothing new.',
      server: 'Its answer has arrived.',
      others: 'The length and the time.',
    },
  ],
  bad_server_salt: [
    'aboutMessages',
    'The salt of a message was out of date. The server ignored the message and sends the right salt. The client sends the message again.',
  ],
  bad_msg_notification: ['aboutMessages', 'The server ignored a message, and says why.'],
  gzip_packed: ['packed', 'The value is compressed.'],
  msg_container: ['containers', 'Several messages are sent as one.'],
  ping: ['service', 'One side asks whether the other is still there.'],
  ping_delay_disconnect: ['service', 'The client asks whether the server is still there.'],
  pong: ['service', 'The answer to a ping.'],
  get_future_salts: [
    'service',
    'The client asks for the salts of the next hours, so that its next command has a valid one.',
  ],
  future_salts: ['service', 'The server sends the salts of the next hours.'],
  msgs_state_req: ['aboutMessages', 'The client asks which of its messages have arrived.'],
  msgs_state_info: ['aboutMessages', 'Which messages have arrived.'],
  destroy_session: ['service', 'The client ends an earlier session.'],
};

/** What often accompanies another message. It is explained last. */
const COMPANIONS = ['get_future_salts', 'future_salts', 'msgs_ack', 'new_session_created'];

/** What a message says, by its title: one meaning for each name in it that is known. */
export function meaningsOf(title: string): readonly Meaning[] {
  const names = title
    .slice(0, 500)
    .split(/[ +]+/)
    .filter((name, i, all) => name !== '' && all.indexOf(name) === i);
  const isCompanion = (name: string) => Number(COMPANIONS.includes(name));
  names.sort((a, b) => isCompanion(a) - isCompanion(b));
  return names.flatMap((name) => {
    const row = own(MESSAGES, name);
    if (row === undefined) return [];
    const [page, says, knows] = row;
    const link = page === 'method' || page === 'constructor' ? linkToLine(name, page === 'method') : linkTo(page);
    return [{ name, says, link, ...(knows && { knows }) }];
  });
}
