/** The shape of a catalogue entry, and the exit codes. */

/** Process exit codes. Shell scripts rely on them. */
export const EXIT = {
  done: 0,
  no: 1,
  usage: 2,
  phone: 10,
  hashEmpty: 11,
  codeExpired: 12,
  codeInvalid: 13,
  password: 14,
  signedOut: 15,
  delivery: 16,
  api: 17,
  outdated: 18,
  wait: 20,
  rpc: 21,
  network: 30,
  security: 31,
  store: 32,
  bug: 70,
  notRunnable: 126,
  notFound: 127,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, for `tg-auth explain` and the documentation. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.done]: 'done; for a Bool: boolTrue',
  [EXIT.no]: 'the server answered boolFalse',
  [EXIT.usage]: 'usage: unknown flag, required value missing, malformed input',
  [EXIT.phone]: 'the phone number is invalid, banned, without an account, or used too often',
  [EXIT.hashEmpty]: 'the phone_code_hash is empty',
  [EXIT.codeExpired]: 'the code has expired',
  [EXIT.codeInvalid]: 'the code is wrong or empty',
  [EXIT.password]: 'a password is required, or was wrong',
  [EXIT.signedOut]: 'not signed in, or the session was revoked or used elsewhere',
  [EXIT.delivery]: 'the code cannot be delivered by this method',
  [EXIT.api]: 'the api_id or api_hash is wrong or blocked',
  [EXIT.outdated]: 'the server requires a newer client, or has dropped the method',
  [EXIT.wait]: 'wait and try again; the seconds are in the message and in the JSON',
  [EXIT.rpc]: 'any other error from the server',
  [EXIT.network]: 'no connection, no answer in time, or an unreadable answer',
  [EXIT.security]:
    'the server failed a security check; nothing was trusted or stored. In an audit: the client believed a forgery',
  [EXIT.store]: 'a file, folder or stream cannot be read or written',
  [EXIT.bug]: 'internal error',
  [EXIT.notRunnable]: 'the command after `sandbox --` cannot be run',
  [EXIT.notFound]: 'the command after `sandbox --` was not found',
  [EXIT.hungUp]: 'the terminal was closed',
  [EXIT.interrupted]: 'interrupted',
  [EXIT.terminated]: 'terminated',
};

/** What to do next: words, and a command to paste. Advice without a command is a line of `why`. */
export interface NextStep {
  readonly say: string;
  readonly run: string;
}

export interface CatalogueEntry {
  readonly exit: ExitCode;
  /** What happened, in one sentence. */
  readonly sentence: string;
  /** Causes and advice, one line each, most likely cause first. A link follows a colon and two spaces. */
  readonly why?: readonly string[];
  readonly next?: NextStep;
  /** Other next steps, after `next`. */
  readonly more?: readonly NextStep[];
  /** Nothing is left to do here: `why` has the reason. */
  readonly ends?: true;
  /** True if the number in the name is a wait in seconds. */
  readonly wait?: boolean;
  /** What may help a connection: trying the same again, or another route. */
  readonly retry?: 'again' | 'route';
  /** What else fails for the same reason: all routes to this address, or all routes through the proxy. */
  readonly scope?: 'address' | 'proxy';
  /** The text of `{meaning}` for each value of `{code}`; `other` for the rest. */
  readonly meanings?: Readonly<Record<string, string>> & { readonly other: string };
}
