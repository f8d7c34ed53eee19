/** What an entry of the catalogue is made of, and the exit codes it may give. */

/** Process exit codes: the contract with shell scripts. */
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
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CatalogueEntry {
  readonly exit: ExitCode;
  /** What happened: one sentence for a person. */
  readonly sentence: string;
  /** Why, most likely cause first: a sentence each. */
  readonly why?: readonly string[];
  /** The next step: words, a colon, two blanks and a command that can be pasted. */
  readonly next?: string;
  /** The number in the name is a wait in seconds. */
  readonly wait?: boolean;
  /** What may help a connection: trying the same again, or another route. */
  readonly retry?: 'again' | 'route';
  /** What else fails for the same reason: all routes to this address, or all routes through the proxy. */
  readonly scope?: 'address' | 'proxy';
  /** What `{meaning}` stands for, by the value of `{code}`; `other` for the rest. */
  readonly meanings?: Readonly<Record<string, string>> & { readonly other: string };
}
