/** Sets each field of an answer to its limits, one field at a time. */

const INTS = [-(2 ** 31), -1, 0, 70_000, 2 ** 31 - 1];
const LONGS = [-(2n ** 63n), -1n, 0n, 2n ** 52n, 2n ** 63n - 1n];
const STRINGS = ['', '\u0000\u001b[2J\u202e', 'x'.repeat(200_000)];
const BYTES = [new Uint8Array(0), new Uint8Array(200_000).fill(0xff)];

export interface Changed<T> {
  /** `type.length: -1` */
  readonly what: string;
  readonly value: T;
}

/** The value once for each extreme of each of its fields. */
export function* extremes<T>(value: T): Generator<Changed<T>> {
  for (const [path, found] of fields(value, []))
    for (const extreme of extremesOf(found))
      yield { what: `${path.join('.')}: ${String(extreme).slice(0, 25)}`, value: changed(value, path, extreme) };
}

function* fields(value: unknown, path: readonly string[]): Generator<readonly [readonly string[], unknown]> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) yield [path, value];
  else for (const [key, each] of Object.entries(value)) if (key !== '_') yield* fields(each, [...path, key]);
}

function extremesOf(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return INTS;
  if (typeof value === 'bigint') return LONGS;
  if (typeof value === 'string') return STRINGS;
  return value instanceof Uint8Array ? BYTES : [];
}

function changed<T>(value: T, path: readonly string[], extreme: unknown): T {
  const copy = structuredClone(value);
  const last = path.at(-1) ?? '';
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = Reflect.get(Object(at), key);
  Reflect.set(Object(at), last, extreme);
  return copy;
}
