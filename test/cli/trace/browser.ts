/** Chromium without a window, driven over a pipe by its DevTools protocol. It can reach no network. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Duplex, Readable, Writable } from 'node:stream';

type Params = Readonly<Record<string, unknown>>;

export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params: Params;
  readonly result: Params;
  readonly error?: { readonly message: string };
}

/** The program, or `undefined` if this machine has none. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const places = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => places.map((place) => join(place, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const FLAGS = [
  '--headless',
  '--no-sandbox', // the only pages are ours
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--remote-debugging-pipe',
];

export class Chromium {
  readonly #child;
  readonly #input: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, (params: Params) => void>();
  readonly #ended: Promise<never>;
  #session: unknown;
  #id = 0;

  /** `folder`: a new one, for its profile. */
  constructor(program: string, folder: string) {
    const flags = [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'];
    this.#child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const [, , , input, output] = this.#child.stdio;
    if (!(input instanceof Writable) || !(output instanceof Readable || output instanceof Duplex))
      throw new Error('Chromium has no pipes');
    this.#input = input;
    this.#ended = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}`)));
    });
    this.#ended.catch(() => {}); // it may end when nothing waits for it
    input.on('error', () => {});
    this.#read(output);
  }

  #read(output: Readable): void {
    let text = '';
    output.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (text + chunk).split('\0');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const message: Message = JSON.parse(part);
        if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
        else if (message.method !== undefined) this.#listeners.get(message.method)?.(message.params);
      }
    });
  }

  /** Opens a tab, to which all later commands go. */
  async open(): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    this.#session = sessionId;
  }

  async send(method: string, params: Params = {}): Promise<Params> {
    const id = ++this.#id;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`);
    const { result, error } = await Promise.race([answered, this.#ended]);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  on(event: string, listener: (params: Params) => void): void {
    this.#listeners.set(event, listener);
  }

  async show(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.on('Page.loadEventFired', () => resolve()));
    await this.send('Page.navigate', { url });
    await Promise.race([loaded, this.#ended]);
  }

  /** The value of an expression in the page, or of its promise. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
    const { result } = answer;
    return typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}
