/** The results of the checks: rows for a table and for JSON, and the first failure. */
import { InterruptedError, TgAuthError } from '../../errors.ts';
import type { Json } from '../../printable.ts';
import { printable } from '../../printable.ts';
import type { TransportName } from '../../transport/names.ts';

/** From this machine outwards: a failure in one layer explains failures in later ones. */
export const LAYERS = [
  'configuration',
  'store',
  'names',
  'proxy',
  'tcp',
  'transport',
  'key',
  'clock',
  'api',
  'session',
] as const;

export type Layer = (typeof LAYERS)[number];

/** `skip`: not tried, because an earlier check failed. */
export type State = 'ok' | 'warn' | 'fail' | 'skip';

export interface Row {
  readonly layer: Layer;
  readonly what: string;
  readonly state: State;
  readonly detail: string;
  readonly error?: TgAuthError;
}

export const USUAL_TRANSPORT: TransportName = 'intermediate';

const MARKS = { ok: '✔', warn: '!', fail: '✖', skip: '–' } as const satisfies Record<State, string>;

export class Report {
  readonly #rows: Row[] = [];
  readonly #hide: (message: string) => string;

  /** `hide`: removes possible secrets from a message. */
  constructor(hide: (message: string) => string = String) {
    this.#hide = hide;
  }

  /** In the order of the layers. */
  get rows(): readonly Row[] {
    return LAYERS.flatMap((layer) => this.#rows.filter((row) => row.layer === layer));
  }

  add(layer: Layer, state: State, what: string, detail: string): void {
    this.#rows.push({ layer, state, what: printable(what), detail: printable(detail) });
  }

  /** Adds a row for an error. Rethrows a bug and an interruption. */
  failed(layer: Layer, what: string, error: unknown, state: 'fail' | 'warn' = 'fail'): void {
    if (!(error instanceof TgAuthError) || error instanceof InterruptedError) throw error;
    this.#rows.push({ layer, state, what: printable(what), detail: printable(this.#hide(error.message)), error });
  }

  has(layer: Layer, state: State): boolean {
    return this.#rows.some((row) => row.layer === layer && row.state === state);
  }

  get isAllOk(): boolean {
    return this.#rows.every(({ state }) => state === 'ok');
  }

  /** The failure to quote: of the first layer that failed and, of several transports, that of the default one. */
  get failure(): TgAuthError | undefined {
    const failed = this.rows.filter(({ state }) => state === 'fail');
    const usual = failed.find(({ layer, what }) => layer === failed[0]?.layer && what === USUAL_TRANSPORT);
    return (usual ?? failed[0])?.error;
  }

  /** A table of marks, layers, subjects and details. */
  table(): string {
    const { rows } = this;
    const width = (key: 'layer' | 'what') => Math.max(...rows.map((row) => row[key].length));
    const [layers, whats] = [width('layer'), width('what')];
    return rows
      .map(({ layer, what, state, detail }) =>
        `${MARKS[state]} ${layer.padEnd(layers)}  ${what.padEnd(whats)}  ${detail}`.trimEnd(),
      )
      .join('\n');
  }

  json(): Json {
    return this.rows.map(({ error, ...row }) => ({ ...row, type: error?.type ?? null }));
  }
}
