/** Random values for every line of a schema. */
import fc from 'fast-check';
import { type Combinator, type Field, parseSchema } from '../../src/tl/schema.ts';

/** From this depth on, only constructors without nested values are used. */
const DEPTH = 3;

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** An encoded value of no schema. */
const words = fc.constantFrom(0, 1, 2, 3).chain((count) => bytes(4 * count));

const BASIC: Record<string, fc.Arbitrary<unknown>> = {
  '#': fc.constant(undefined),
  int: fc.oneof(fc.integer(), fc.constantFrom(0, -1, 0x7fffffff, -0x80000000)),
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  double: fc.double(),
  int128: bytes(16),
  int256: bytes(32),
  string: fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('', 'é'.repeat(127), 'x'.repeat(300))),
  bytes: fc.oneof(fc.uint8Array({ maxLength: 12 }), bytes(253), bytes(254)),
  Bool: fc.boolean(),
  true: fc.constant(true),
  Object: words,
  '!X': words,
};

export interface RandomSchema {
  readonly lines: readonly Combinator[];
  /** A value of this line as the codec decodes it: tagged with its name, without absent fields. */
  of(line: Combinator): fc.Arbitrary<Record<string, unknown>>;
}

export function randomSchema(text: string): RandomSchema {
  const { types, functions } = parseSchema(text);
  const known = new Map<string, fc.Arbitrary<unknown>>();

  function ofType(type: string, depth: number): fc.Arbitrary<unknown> {
    const key = `${type} ${depth}`;
    const found = BASIC[type] ?? known.get(key);
    if (found !== undefined) return found;
    const made = make(type, depth);
    known.set(key, made);
    return made;
  }

  function make(type: string, depth: number): fc.Arbitrary<unknown> {
    const item = /^[Vv]ector<(.+)>$/.exec(type)?.[1];
    if (item !== undefined) {
      const empty = depth > DEPTH || (!(item in BASIC) && linesOf(item).length === 0);
      return fc.array(empty ? fc.constant(undefined) : ofType(item, depth), { maxLength: empty ? 0 : 3 });
    }
    const lines = linesOf(type);
    const flat = lines.filter((line) => line.fields.every((field) => field.type in BASIC || field.flag !== undefined));
    const taken = depth >= DEPTH && flat.length > 0 ? flat : lines;
    return fc.oneof(...taken.map((line) => ofLine(line, depth + 1)));
  }

  function linesOf(type: string): Combinator[] {
    const name = type.replace('%', '');
    return types.filter((line) => line.result === name || line.name === name);
  }

  function ofLine(line: Combinator, depth: number): fc.Arbitrary<Record<string, unknown>> {
    const bits = new Set(line.fields.flatMap(({ flag }) => (flag === undefined ? [] : [`${flag.field}.${flag.bit}`])));
    return fc
      .record({
        values: fc.record(Object.fromEntries(line.fields.map((field) => [field.name, ofField(field, depth)]))),
        set: depth > DEPTH ? fc.constant<string[]>([]) : fc.subarray([...bits]),
      })
      .map(({ values, set }) => {
        const present = ({ flag }: Field) => flag === undefined || set.includes(`${flag.field}.${flag.bit}`);
        const fields = line.fields.filter((field) => field.type !== '#' && present(field));
        const sized = values.body instanceof Uint8Array ? { bytes: values.body.length } : {};
        return {
          _: line.name,
          ...Object.fromEntries(fields.map(({ name }) => [name, values[name]])),
          ...sized,
        };
      });
  }

  function ofField(field: Field, depth: number): fc.Arbitrary<unknown> {
    const endsHere = field.flag !== undefined && depth > DEPTH;
    return endsHere ? fc.constant(undefined) : ofType(field.type, depth);
  }

  return { lines: [...types, ...functions], of: (line) => ofLine(line, 0) };
}
