/** The errors on the way to a server: getting through, proxies, talking, trust. */
import { type CatalogueEntry, EXIT } from './entry.ts';

const DOCTOR = 'See which part of the way is at fault:  tg-auth doctor';

export const NETWORK = {
  // Getting through.
  CONNECTION_REFUSED: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'address',
    sentence: 'Nothing answers at {host}:{port}.',
    why: [
      'No server listens there: it is not running, or the address is another.',
      'If it is an address of Telegram, a firewall refuses the way there.',
    ],
    next: 'If a sandbox should be there, start it:  tg-auth sandbox --port {port}',
  },
  NO_ANSWER: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'Nothing has come from {host}:{port} for {seconds} s, though it took the connection.',
    why: [
      'Something on the way swallows what it does not like: another --transport or a --proxy may get through.',
      'Or the server hangs.',
    ],
    next: DOCTOR,
  },
  NO_WAY_THROUGH: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'None of {count} ways to data centre {dc} leads through: {reason}',
    why: [
      'The ways were its addresses, ports and transports, IPv4 and IPv6; the reason is that of the first.',
      'If other sites can be reached, this network blocks Telegram: a --proxy may get through.',
    ],
    next: DOCTOR,
  },
  CONNECTION_CLOSED: {
    exit: EXIT.network,
    retry: 'again',
    sentence: '{host}:{port} closed the connection.',
    why: [
      'A server does this when it restarts, or to a client whose --transport it does not speak.',
      'Some networks cut connections to Telegram; --transport obfuscated may help.',
    ],
    next: DOCTOR,
  },
  CONNECTION_ENDED: {
    exit: EXIT.network,
    sentence: 'The connection was closed on this side before the answer came.',
    why: ['The program that uses tg-auth closed its client while a request was out.'],
  },
  CONNECT_TIMEOUT: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'address',
    sentence: '{host}:{port} did not take the connection within {seconds} s.',
    why: [
      'A firewall drops the packets silently, or the network is down.',
      'Some networks block Telegram; another one may not.',
    ],
    next: DOCTOR,
  },
  HOST_NOT_FOUND: {
    exit: EXIT.network,
    scope: 'address',
    sentence: 'There is no host of the name {host}.',
    why: ['The name is misspelt, or this machine cannot reach its name server.'],
    next: DOCTOR,
  },
  NETWORK_UNREACHABLE: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'address',
    sentence: 'No way leads from this machine to {host}:{port}.',
    why: ['The network is down, or it has no route for this kind of address (IPv4 or IPv6).'],
    next: DOCTOR,
  },
  TIMEOUT: {
    exit: EXIT.network,
    sentence: 'Not done within {seconds} s.',
    why: [
      'If a request was already out, it may or may not have been carried out.',
      'The limit is for the whole command; --timeout sets another, and --timeout 0 none.',
    ],
    next: DOCTOR,
  },

  // Proxies.
  PROXY_UNREACHABLE: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'proxy',
    sentence: 'The proxy ({proxy}) cannot be reached: {reason}',
    why: ['It is not running, or its address or port is another one.', 'Nothing went around it: the proxy or nothing.'],
    next: 'See which of --proxy, TG_AUTH_PROXY and ALL_PROXY counts:  tg-auth doctor',
  },
  PROXY_AUTH: {
    exit: EXIT.network,
    scope: 'proxy',
    sentence: 'The proxy ({proxy}) lets nobody in without leave: it {refusal}.',
    why: [
      'User and password go in front of its host, USER:PASSWORD@HOST, with characters like @ and : written as %40 and %3A.',
      'In TG_AUTH_PROXY they are better kept than among the arguments, which others can read.',
    ],
    next: DOCTOR,
  },
  PROXY_REFUSED: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'The proxy ({proxy}) does not connect to {host}:{port}: {reason}.',
    why: [
      'The proxy itself works; the address behind it does not answer, or the rules of the proxy forbid it.',
      'Many HTTP proxies allow port 443 alone.',
    ],
    next: DOCTOR,
  },
  PROXY_MALFORMED: {
    exit: EXIT.network,
    scope: 'proxy',
    sentence: 'What answers there is no proxy of this kind ({proxy}): {detail}.',
    why: ['The port belongs to another service, or the proxy speaks another protocol: socks5, socks4a, http or https.'],
    next: DOCTOR,
  },
  PROXY_SILENT: {
    exit: EXIT.network,
    sentence: 'The proxy ({proxy}) took the connection, but has not said within {seconds} s whether it leads on.',
    why: ['It speaks another protocol than the one that its URL names, or waits in vain for an answer from behind it.'],
    next: DOCTOR,
  },
  PROXY_CLOSED: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'The proxy ({proxy}) broke off before the way through it was open.',
    why: [
      'It is restarting or overloaded, or speaks another protocol than the one that its URL names.',
      'Some proxies do so, too, when they cannot reach what is behind them.',
    ],
    next: DOCTOR,
  },
  PROXY_SECRET: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'The proxy ({proxy}) does not answer as one with this secret would.',
    why: [
      'Most likely the secret is wrong or was changed: an MTProxy does not say so, it just hangs up.',
      'A secret that begins with ee also needs a clock that is right to within minutes.',
      'Else the proxy is overloaded, or does not serve this data centre.',
    ],
    next: DOCTOR,
  },
  CERTIFICATE_UNTRUSTED: {
    exit: EXIT.security,
    sentence: '{host} cannot prove that it is {host}: {reason}.',
    why: [
      'Its TLS certificate is not one that this machine trusts. Nothing was sent to it.',
      'A certificate of your own is trusted when the variable NODE_EXTRA_CA_CERTS names its file.',
    ],
    next: DOCTOR,
  },
  WEBSOCKET_REFUSED: {
    exit: EXIT.network,
    sentence: '{host}:{port} takes no WebSocket connections: {detail}.',
    why: ['Another kind of server is there, or a proxy on the way does not pass WebSockets on.'],
    next: DOCTOR,
  },

  // Talking.
  FRAME_MALFORMED: {
    exit: EXIT.network,
    retry: 'route',
    sentence: 'What came over the connection is not MTProto: {detail}.',
    why: [
      'Another kind of server is at this address, it speaks another --transport, or something on the way garbles the traffic.',
    ],
    next: DOCTOR,
  },
  TRANSPORT_ERROR: {
    exit: EXIT.network,
    retry: 'route',
    sentence: '{host}:{port} refused the connection with transport error {code}.',
    why: ['{meaning}'],
    meanings: {
      '-400': 'The server could not make sense of what it was sent.',
      '-403': 'The server does not allow this connection.',
      '-404':
        'It says that it does not know the key of this session. That is not proven: anyone on the way can send this code.',
      '-429': 'Too many connections come from this address. Wait some seconds, then try again.',
      '-444': 'The server does not serve this data centre: check --dc and --test.',
      other: 'What this code means is not documented.',
    },
  },
  ANSWER_MALFORMED: {
    exit: EXIT.network,
    sentence: 'The server sent an answer that makes no sense: {detail}.',
    why: ['The server speaks a newer or a different protocol than this version of tg-auth.'],
  },
  ANSWER_LOST: {
    exit: EXIT.network,
    sentence: 'The connection broke before {method} was answered; nobody can tell whether it was carried out.',
    why: [
      'It is not repeated by itself, because a repeat might place a second call or send a second code.',
      'If a code or a call was due, give it a minute to arrive before you ask again.',
    ],
  },
  MESSAGE_REFUSED: {
    exit: EXIT.network,
    sentence: 'The server did not accept the message (bad_msg_notification {code}).',
    why: ['{meaning}'],
    meanings: {
      16: 'The clock of this machine is slow, and correcting it did not help.',
      17: 'The clock of this machine is fast, and correcting it did not help.',
      18: 'The lowest two bits of a message id were wrong.',
      19: 'A container had the id of a message that was there before.',
      20: 'The message took so long that the server no longer knows what became of it.',
      32: 'The number in the sequence was too low, and starting the session anew did not help.',
      33: 'The number in the sequence was too high, and starting the session anew did not help.',
      34: 'A message that takes no answer was numbered as one that does.',
      35: 'A message that takes an answer was numbered as one that does not.',
      48: 'The server salt was wrong, and correcting it did not help.',
      64: 'A container was malformed.',
      other: 'The server and tg-auth disagree on how messages are numbered.',
    },
  },
  HANDSHAKE_REFUSED: {
    exit: EXIT.network,
    sentence: 'The server broke off the key exchange ({answer}).',
    why: ['This should be rare and passing: try again in a moment.'],
  },
  DC_UNKNOWN: {
    exit: EXIT.network,
    sentence: 'No address is known for data centre {dc}.',
    why: ['Telegram has the data centres 1 to 5, and 1 to 3 with --test; a --server has those that it names itself.'],
  },
  KEY_UNKNOWN: {
    exit: EXIT.signedOut,
    sentence: "The server no longer knows this session's key.",
    why: [
      'Telegram drops a key that was not used for a long time, or whose session was ended on another device.',
      'A sandbox forgets all keys when it ends.',
    ],
    next: 'Sign in again, which makes a new key (in a script with send-code and sign-in):  tg-auth login',
  },
  KEY_IMPORTED: {
    exit: EXIT.usage,
    sentence: 'A sign-in cannot use the key of a session string.',
    why: ['The maker of the string may know the key, and would be signed in too.'],
    next: 'Sign in with a new key (in a script with send-code and sign-in):  tg-auth login',
  },

  // Trust.
  SECURITY_CHECK_FAILED: {
    exit: EXIT.security,
    sentence: 'The other side failed a security check: {check}.',
    why: [
      'Nothing of it was trusted, and nothing was stored.',
      'Something between you and the server changes the traffic, or the server is faulty.',
    ],
  },
  SERVER_KEY_UNKNOWN: {
    exit: EXIT.security,
    sentence: 'The server cannot prove that it is the one you meant: it has another RSA key.',
    why: [
      'It offers {offered}; trusted is {known}.',
      'With a --server of your own, the --server-key is that of another one, or of an earlier run.',
      'Otherwise somebody may stand between you and Telegram. Nothing was sent but a random number.',
    ],
  },
} as const satisfies Record<string, CatalogueEntry>;
