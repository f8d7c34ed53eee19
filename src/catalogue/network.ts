/** Local errors of connections, proxies, the protocol and security checks. */
import { type CatalogueEntry, EXIT } from './entry.ts';

const DOCTOR = { say: 'Diagnose the connection', run: 'tg-auth doctor' };

export const NETWORK = {
  // Connections.
  CONNECTION_REFUSED: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'address',
    sentence: '{host}:{port} refused the connection.',
    why: [
      'No server is listening there: it is not running, or the address is wrong.',
      'If this is an address of Telegram, a firewall may be blocking it.',
    ],
    next: { say: 'If you expected a sandbox there, start it', run: 'tg-auth sandbox' },
  },
  NO_ANSWER: {
    exit: EXIT.network,
    retry: 'again',
    sentence: '{host}:{port} accepted the connection but has sent nothing for {seconds} s.',
    why: [
      'A firewall may be dropping the traffic: try another --transport, or a --proxy.',
      'Otherwise, the server may be overloaded.',
    ],
    next: DOCTOR,
  },
  NO_WAY_THROUGH: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'Could not reach data centre {dc} ({routes} tried): {reason}',
    why: [
      'A route is an address, a port and a transport. The reason shown is that of the first route.',
      'If other sites work, this network may be blocking Telegram: try a --proxy.',
    ],
    next: DOCTOR,
  },
  CONNECTION_CLOSED: {
    exit: EXIT.network,
    retry: 'again',
    sentence: '{host}:{port} closed the connection.',
    why: [
      'The server is restarting, or does not support this --transport.',
      'Some networks cut connections to Telegram: try --transport obfuscated.',
    ],
    next: DOCTOR,
  },
  CONNECTION_ENDED: {
    exit: EXIT.network,
    sentence: 'The connection was closed on this side before the answer arrived.',
    why: ['The program that uses tg-auth closed its client during a request.'],
  },
  CONNECT_TIMEOUT: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'address',
    sentence: 'Could not connect to {host}:{port} within {seconds} s.',
    why: [
      'A firewall may be dropping the packets, or the network may be down.',
      'Some networks block Telegram: try another one.',
    ],
    next: DOCTOR,
  },
  HOST_NOT_FOUND: {
    exit: EXIT.network,
    scope: 'address',
    sentence: 'Host not found: {host}.',
    why: ['The name is misspelt, or this machine cannot reach its DNS server.'],
    next: DOCTOR,
  },
  NETWORK_UNREACHABLE: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'address',
    sentence: 'This machine cannot reach {host}:{port}.',
    why: ['The network is down, or it does not support this kind of address (IPv4 or IPv6).'],
    next: DOCTOR,
  },
  TIMEOUT: {
    exit: EXIT.network,
    sentence: 'Timed out after {seconds} s.',
    why: [
      'If a request was already sent, it may or may not have been carried out.',
      'The limit applies to the whole command. Change it with --timeout, or turn it off with --timeout 0.',
    ],
    next: DOCTOR,
  },

  // Proxies.
  PROXY_UNREACHABLE: {
    exit: EXIT.network,
    retry: 'again',
    scope: 'proxy',
    sentence: 'Could not reach the proxy ({proxy}): {reason}',
    why: ['It is not running, or its address or port is wrong.', 'tg-auth never bypasses the proxy.'],
    next: { say: 'See which proxy setting is in use', run: 'tg-auth doctor' },
  },
  PROXY_AUTH: {
    exit: EXIT.network,
    scope: 'proxy',
    sentence: 'The proxy ({proxy}) requires authentication: it {refusal}.',
    why: [
      'Put the user and the password before the host: USER:PASSWORD@HOST. Write @ as %40 and : as %3A.',
      'Prefer TG_AUTH_PROXY to --proxy: other users can read command-line arguments.',
    ],
    next: DOCTOR,
  },
  PROXY_REFUSED: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'The proxy ({proxy}) could not connect to {host}:{port}: {reason}.',
    why: [
      'The proxy itself works. The address does not answer, or the rules of the proxy forbid it.',
      'Many HTTP proxies allow only port 443.',
    ],
    next: DOCTOR,
  },
  PROXY_MALFORMED: {
    exit: EXIT.network,
    scope: 'proxy',
    sentence: 'The answer is not from a proxy of this kind ({proxy}): {detail}.',
    why: ['The port belongs to another service, or the proxy uses another protocol: socks5, socks4a, http or https.'],
    next: DOCTOR,
  },
  PROXY_SILENT: {
    exit: EXIT.network,
    sentence: 'The proxy ({proxy}) accepted the connection but did not answer within {seconds} s.',
    why: ['The proxy uses a protocol other than the one in its URL, or is still waiting for the server.'],
    next: DOCTOR,
  },
  PROXY_CLOSED: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'The proxy ({proxy}) closed the connection before it was ready.',
    why: [
      'The proxy is restarting or overloaded, or uses a protocol other than the one in its URL.',
      'Some proxies also do this when they cannot reach the server.',
    ],
    next: DOCTOR,
  },
  PROXY_SECRET: {
    exit: EXIT.network,
    retry: 'again',
    sentence: 'The answer of the proxy ({proxy}) does not match the secret.',
    why: [
      'The secret is probably wrong or out of date. An MTProxy does not say so: it closes the connection.',
      "A secret that begins with ee also requires this machine's clock to be right to within minutes.",
      'Otherwise, the proxy may be overloaded, or may not serve this data centre.',
    ],
    next: DOCTOR,
  },
  CERTIFICATE_UNTRUSTED: {
    exit: EXIT.security,
    sentence: '{host} could not prove its identity: {reason}.',
    why: [
      'Nothing was sent to the server.',
      'To trust a certificate of your own, set NODE_EXTRA_CA_CERTS to its file.',
    ],
    next: DOCTOR,
  },
  WEBSOCKET_REFUSED: {
    exit: EXIT.network,
    sentence: '{host}:{port} did not accept a WebSocket connection: {detail}.',
    why: ['Another kind of server is there, or a proxy in between does not support WebSockets.'],
    next: DOCTOR,
  },

  // The protocol.
  HTTP_ANSWER: {
    exit: EXIT.network,
    retry: 'route',
    sentence: 'An HTTP server or a captive portal answers here ({host}:{port}), not a data centre.',
    why: [
      'The network may require a sign-in first: open any http:// page in a browser.',
      'Otherwise, the address or the port is wrong, or this network blocks Telegram: try a --proxy.',
    ],
    next: DOCTOR,
  },
  FRAME_MALFORMED: {
    exit: EXIT.network,
    retry: 'route',
    sentence: 'The data received is not MTProto: {detail}.',
    why: [
      'Another kind of server is at this address, it uses another --transport, or something in between changes the data.',
    ],
    next: DOCTOR,
  },
  TRANSPORT_ERROR: {
    exit: EXIT.network,
    retry: 'route',
    sentence: '{host}:{port} rejected the connection with transport error {code}.',
    why: ['{meaning}'],
    meanings: {
      '-400': 'The server could not understand the data it received.',
      '-403': 'The server does not allow this connection.',
      '-404':
        'The server says that it does not know the key of this session. This is not proof: anyone in between can send this code.',
      '-429': 'Too many connections from this address. Wait a few seconds, then try again.',
      '-444': 'The server does not serve this data centre: check --dc and --test.',
      other: 'This code is not documented.',
    },
  },
  ANSWER_MALFORMED: {
    exit: EXIT.network,
    sentence: 'The server sent an invalid answer: {detail}.',
    why: ['The server may use a newer or different version of the protocol.'],
  },
  ANSWER_LOST: {
    exit: EXIT.network,
    sentence: 'The connection was lost before {method} was answered.',
    why: [
      'The request may or may not have been carried out. It is not repeated: that could trigger a second call or code.',
      'If you expect a code or a call, wait a minute before you try again.',
    ],
  },
  CHANGE_NOT_MADE: {
    exit: EXIT.network,
    sentence: 'Telegram did not make the change: {reason}.',
    why: ['tg-auth asked again afterwards, and the account was as before.'],
    next: { say: 'See what it has', run: 'tg-auth password status' },
  },
  CHANGE_UNKNOWN: {
    exit: EXIT.network,
    sentence: 'It is unknown whether Telegram made the change: {reason}.',
    why: ['The change is made whole or not at all.', 'To check a password, run password status --check.'],
    next: { say: 'See what the account has', run: 'tg-auth password status' },
  },
  MESSAGE_REFUSED: {
    exit: EXIT.network,
    sentence: 'The server rejected the message (bad_msg_notification {code}).',
    why: ['{meaning}'],
    meanings: {
      16: "This machine's clock is slow, and correcting for it did not help.",
      17: "This machine's clock is fast, and correcting for it did not help.",
      18: 'The lowest two bits of the msg_id are wrong.',
      19: 'The msg_id of the container was already used.',
      20: 'The message is too old for the server to know whether it arrived.',
      32: 'The msg_seqno is too low, and a new session did not help.',
      33: 'The msg_seqno is too high, and a new session did not help.',
      34: 'The msg_seqno must be even for a message that needs no answer.',
      35: 'The msg_seqno must be odd for a message that needs an answer.',
      48: 'The server_salt is wrong, and correcting it did not help.',
      64: 'The container is invalid.',
      other: 'The server and tg-auth disagree on the numbering of messages.',
    },
  },
  HANDSHAKE_REFUSED: {
    exit: EXIT.network,
    sentence: 'The server aborted the key exchange ({answer}).',
    why: ['This is rare and usually passes: try again in a moment.'],
  },
  DC_UNKNOWN: {
    exit: EXIT.network,
    sentence: 'No address is known for data centre {dc}.',
    why: ['Telegram has data centres 1 to 5, and 1 to 3 with --test. A --server announces its own.'],
  },
  KEY_UNKNOWN: {
    exit: EXIT.signedOut,
    sentence: "The server no longer knows this session's key.",
    why: [
      'Telegram deletes a key that has been unused for long, or whose session was ended on another device.',
      'A sandbox forgets all keys when it ends.',
    ],
    next: { say: 'Sign in again with a new key (in scripts: send-code, then sign-in)', run: 'tg-auth login' },
  },
  KEY_IMPORTED: {
    exit: EXIT.usage,
    sentence: 'A sign-in cannot use the key of a session string.',
    why: ['The person who made the string may know the key, and would be signed in too.'],
    next: { say: 'Sign in with a new key (in scripts: send-code, then sign-in)', run: 'tg-auth login' },
  },

  // Security.
  SECURITY_CHECK_FAILED: {
    exit: EXIT.security,
    sentence: 'The server failed a security check: {check}.',
    why: [
      'Nothing from the server was trusted, and nothing was stored.',
      'Something between you and the server is changing the data, or the server is faulty.',
    ],
  },
  SERVER_KEY_UNKNOWN: {
    exit: EXIT.security,
    sentence: 'The server could not prove its identity: its RSA key is not trusted.',
    why: [
      'Keys of the server: {offered}. Trusted keys: {known}.',
      'If you use --server, the --server-key belongs to another server or to an earlier run.',
      'Otherwise, someone may be intercepting your connection to Telegram. Only a random number was sent.',
    ],
  },
} as const satisfies Record<string, CatalogueEntry>;
