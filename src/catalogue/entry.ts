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
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CatalogueEntry {
  readonly exit: ExitCode;
  /** What happened, in one sentence. */
  readonly sentence: string;
  /** Causes and advice, one line each, most likely cause first. */
  readonly why?: readonly string[];
  /** The next step: words, a colon, two spaces and a command to paste. */
  readonly next?: string;
  /** True if the number in the name is a wait in seconds. */
  readonly wait?: boolean;
  /** The text of `{meaning}` for each value of `{code}`; `other` for the rest. */
  readonly meanings?: Readonly<Record<string, string>> & { readonly other: string };
}
