/**
 * A driver: a small program that makes one library do one step at a time. It reads commands from stdin and answers
 * each on stdout, one JSON object a line:
 *
 *     {"do":"sendCode","phone":"9996621234"}
 *     {"ok":{"hash":"…"}}, {"error":"PHONE_NUMBER_BANNED"} or {"missing":"why"}
 *
 * So a driver knows nothing of journeys, and the journeys know nothing of libraries.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** What a driver is started with, as JSON in its first argument. */
export interface Place {
  readonly host: string;
  readonly dcs: readonly { readonly id: number; readonly port: number }[];
  /** PKCS#1. */
  readonly publicKey: string;
  /** The key again, as most libraries want it: the modulus in hex and the fingerprint as a signed decimal number. */
  readonly modulus: string;
  readonly fingerprint: string;
  readonly transport: string;
  /** The MTProxy of a transport whose name begins with `mtproxy`. */
  readonly proxy: { readonly port: number; readonly secret: string } | null;
  /** An empty folder for the library's own files. */
  readonly folder: string;
  /** If a text, what decides the result of a login is the same in every run: with @mtproto/core only. */
  readonly seed: string | null;
}

export type Step =
  | { readonly do: 'open'; readonly string?: string }
  | { readonly do: 'reopen' | 'close' | 'me' | 'logOut' | 'qr' | 'accepted' }
  | { readonly do: 'sendCode'; readonly phone: string }
  | { readonly do: 'resendCode'; readonly phone: string; readonly hash: string }
  | { readonly do: 'signIn'; readonly phone: string; readonly hash: string; readonly code: string }
  | { readonly do: 'signUp'; readonly phone: string; readonly hash: string; readonly name: string }
  | { readonly do: 'password'; readonly password: string }
  | { readonly do: 'bot'; readonly token: string };

export interface Answer {
  readonly hash?: string;
  readonly user?: string | number;
  readonly link?: string;
}

/** The library failed, or answered something else than the step needs. */
export class Failed extends Error {}

/** The library has no such step. */
export class Missing extends Error {}

/** Far more than any step takes. A library that waits longer waits for something that never comes. */
const PATIENCE_MS = 30_000;
const KEPT_NOISE = 2000;

export class Driver implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<unknown>;
  #noise = '';
  #waiting: PromiseWithResolvers<Answer> | undefined;

  constructor(command: readonly string[], place: Place) {
    const [file = '', ...args] = command;
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }; // peer.py stands in this folder
    const child = spawn(file, [...args, JSON.stringify(place)], { stdio: 'pipe', cwd: place.folder, env });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    this.#lines.on('line', (line) => this.#receive(line));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#noise = `${this.#noise}${chunk}`.slice(-KEPT_NOISE);
    });
    child.stdin.on('error', () => {}); // its end is reported below
    this.#ended = new Promise((resolve) => {
      const end = (how: unknown) => {
        this.#waiting?.reject(new Failed([`The driver ended: ${how}`, this.#noise.trim()].filter(Boolean).join('. ')));
        resolve(how);
      };
      child.on('error', end).on('close', (code, signal) => end(signal ?? `exit ${code}`));
    });
  }

  /** What the driver wrote to stderr at last. */
  get noise(): string {
    return this.#noise;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined;
  }

  /** Throws `Failed` or `Missing`. */
  async ask(step: Step): Promise<Answer> {
    if (!this.alive) throw new Failed(`The driver has ended. ${this.#noise.trim()}`);
    const waiting = withResolvers<Answer>();
    this.#waiting = waiting;
    const timer = setTimeout(() => {
      this.#child.kill('SIGKILL');
      waiting.reject(new Failed(`no answer to ${step.do} in ${PATIENCE_MS / 1000} s`));
    }, PATIENCE_MS);
    this.#child.stdin?.write(`${JSON.stringify(step)}\n`);
    try {
      return await waiting.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #receive(line: string): void {
    // Some libraries print to stdout, too.
    if (!/^\{"(ok|error|missing)":/.test(line)) {
      this.#noise = `${this.#noise}${line}\n`.slice(-KEPT_NOISE);
      return;
    }
    const answer: { ok?: Answer; error?: string; missing?: string } = JSON.parse(line);
    if (answer.ok !== undefined) this.#waiting?.resolve(answer.ok);
    else if (answer.missing !== undefined) this.#waiting?.reject(new Missing(answer.missing));
    else this.#waiting?.reject(new Failed(answer.error));
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
