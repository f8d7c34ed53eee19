/** What messages mean, by method or constructor, and who knows what after them. */
import { linkTo, linkToLine, own, type Page } from './term.ts';

/** What each side knows once a message has arrived. */
export interface Knowledge {
  readonly client: string;
  readonly server: string;
  /** Anybody who sees the traffic. */
  readonly others: string;
}

export interface Meaning {
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
    'The client opens the key exchange with a random number, the nonce. Nothing is encrypted yet.',
    {
      client: 'Only its own nonce.',
      server: 'The nonce, and the address that it came from. Not who is calling, nor why.',
      others: 'The same as the server.',
    },
  ],
  resPQ: [
    'authKey',
    'The server answers with a random number of its own. It lists the RSA keys that it has, by their fingerprints, and sets the client a small task: to find the two prime factors of pq.',
    {
      client:
        'Which RSA key the other side claims to have. Nothing is proved yet: anybody could have sent this message.',
      server: 'Nothing new.',
      others: 'The same: both messages are readable.',
    },
  ],
  req_DH_params: [
    'authKey',
    "The client sends the two factors. It draws a second random number, new_nonce, and encrypts it with the server's public RSA key, which is built into the client. Everything secret that follows rests on new_nonce.",
    {
      client: 'new_nonce. Only the owner of the private RSA key can read it.',
      server:
        'nonce, server_nonce, p and q; and new_nonce, because it can open encrypted_data. It still does not know who is calling: no phone number, no account and no api_id have been sent.',
      others: 'nonce, server_nonce, p and q, which are readable. Not new_nonce.',
    },
  ],
  server_DH_params_ok: [
    'authKey',
    'The server sends its half of a Diffie–Hellman exchange: g, dh_prime and g_a. They are encrypted with AES under a key that follows from new_nonce and server_nonce. Whoever can make this answer has read new_nonce.',
    {
      client:
        'That the other side owns the private RSA key: the hash inside the answer fits. Also g, dh_prime, g_a and the time on the server.',
      server: 'As before, and its own secret number a.',
      others: 'Only that an answer of this length was sent.',
    },
  ],
  set_client_DH_params: [
    'authKey',
    'The client sends its half, g_b, encrypted under the same key. Now each side can compute the auth_key: the client as g_a to the power of b, the server as g_b to the power of a. The auth_key itself is never sent.',
    {
      client: 'The auth_key.',
      server: 'The auth_key. Still not who is calling.',
      others:
        'Nothing of the auth_key. Even somebody who steals the private RSA key later, and then reads g_a and g_b, cannot compute it.',
    },
  ],
  dh_gen_ok: [
    'authKey',
    'The server confirms the key with a hash of new_nonce and the auth_key. The key exchange is over. The client stores the auth_key, and can use it for months.',
    {
      client: 'That the server has the same auth_key. Nobody else has it.',
      server: 'The auth_key, by its auth_key_id. It belongs to no account yet.',
      others: 'Nothing of the auth_key.',
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
      server: 'For the first time: the phone number, the phone_code_hash of the login, the api_id and the device.',
      others:
        'That somebody with this auth_key_id sent a message of this length at this time. Not what it says. (The auth_key_id itself is readable: it shows which connections belong together.)',
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
  'auth.sentCode': ['constructor', 'The code was sent. The answer says how it travels, and names the login attempt.'],
  'auth.authorization': ['constructor', 'The client is signed in to this account.'],
  'auth.bindTempAuthKey': ['method', 'The client binds its temporary key to the permanent key, by which it is known.'],
  'auth.exportLoginToken': ['method', 'The client asks for the token that it shows as a QR code.'],
  'auth.logOut': ['method', 'The client signs out.'],
  'help.getConfig': ['method', 'The client asks for the addresses of the data centres.'],
  'users.getUsers': ['method', 'The client asks for its own account.'],
  new_session_created: [
    'service',
    'The server has not met this session_id before, and says so. It also names the salt to use.',
    {
      client: 'That the server has kept nothing of an earlier session with this session_id. No answer got lost.',
      server: 'Nothing new.',
      others: 'The length and the time.',
    },
  ],
  rpc_result: ['service', 'The answer to the call whose msg_id is in req_msg_id.'],
  boolTrue: [
    'tl',
    'It is boolTrue: yes. After auth.sendCall this means that Telegram is calling.',
    {
      client: 'That the server has understood the call and said yes.',
      server: 'As before.',
      others: 'The length and the time. Not even whether the answer is yes or no.',
    },
  ],
  boolFalse: ['tl', 'It is boolFalse: no.'],
  rpc_error: ['errors', 'The server refuses the call. The error says why.'],
  msgs_ack: [
    'aboutMessages',
    'The client confirms that these messages have arrived, so that the server need not send them again.',
    {
      client: 'Nothing new.',
      server: 'That its answer has arrived.',
      others: 'The length and the time.',
    },
  ],
  bad_server_salt: [
    'aboutMessages',
    'The salt of a message was out of date. The server has ignored the message and names the salt to use, and the client sends the message again.',
  ],
  bad_msg_notification: ['aboutMessages', 'The server has ignored a message, and says why.'],
  gzip_packed: ['packed', 'The value is compressed.'],
  msg_container: ['containers', 'Several messages travel as one.'],
  ping: ['service', 'One side asks whether the other is still there.'],
  ping_delay_disconnect: ['service', 'The client asks whether the server is still there.'],
  pong: ['service', 'The answer to a ping.'],
  get_future_salts: ['service', 'The client asks for the salts of the next hours.'],
  future_salts: ['service', 'The salts of the next hours.'],
  msgs_state_req: ['aboutMessages', 'The client asks which of its messages have arrived.'],
  msgs_state_info: ['aboutMessages', 'Which messages have arrived.'],
  destroy_session: ['service', 'The client ends an earlier session.'],
};

/** What a message says, by its title: one meaning for each name in it that is known. */
export function meaningsOf(title: string): readonly Meaning[] {
  const names = title
    .slice(0, 500)
    .split(/[ +]+/)
    .filter((name, i, all) => name !== '' && all.indexOf(name) === i);
  return names.flatMap((name) => {
    const row = own(MESSAGES, name);
    if (row === undefined) return [];
    const [page, says, knows] = row;
    const link = page === 'method' || page === 'constructor' ? linkToLine(name, page === 'method') : linkTo(page);
    return [{ says, link, ...(knows && { knows }) }];
  });
}
