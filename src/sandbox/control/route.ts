/** A route of the control API: its words, the fields of its input and the check of these. */
import { UsageError } from '../../errors.ts';
import { type Json, printable } from '../../printable.ts';
import type { Controls } from './controls.ts';

/** The TypeScript type of each JSON type. An array is one of strings. */
interface Types {
  readonly string: string;
  readonly number: number;
  readonly array: readonly string[];
}

interface Field {
  readonly type: keyof Types;
  readonly does: string;
  readonly required?: true;
}

type Fields = Readonly<Record<string, Field>>;

type InputOf<F extends Fields> = {
  readonly [N in keyof F]: Types[F[N]['type']] | (F[N] extends { readonly required: true } ? never : undefined);
};

/** A JSON Schema. */
export type Schema = { readonly [key: string]: Json };

interface Words {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly does: string;
  /** What the answer is. */
  readonly answers: string;
  readonly schema: Schema;
  /** The status of the answer; default 200. */
  readonly status?: number;
}

export interface Route extends Words {
  /** Fields of the query of a GET, or of the JSON body of a POST. */
  readonly fields: Fields;
  /** Throws `UsageError` for invalid input. */
  readonly run: (controls: Controls, input: object) => Json;
}

export function route<const F extends Fields>(
  words: Words,
  fields: F,
  act: (controls: Controls, input: InputOf<F>) => Json,
): Route {
  const run = (controls: Controls, input: object) => {
    checkInput(fields, input);
    return act(controls, input);
  };
  return { ...words, fields, run };
}

function checkInput<F extends Fields>(fields: F, input: object): asserts input is InputOf<F> {
  const values = new Map<string, unknown>(Object.entries(input));
  for (const name of values.keys())
    if (!Object.hasOwn(fields, name))
      throw new UsageError(`Unknown field '${printable(name)}'. Known: ${Object.keys(fields).join(', ') || 'none'}.`);
  for (const [name, { type, required }] of Object.entries(fields)) {
    const value = values.get(name);
    if (value === undefined && required === true) throw new UsageError(`The field '${name}' is required.`);
    if (value !== undefined && !isOfType[type](value))
      throw new UsageError(`The field '${name}' must be ${NAME[type]}.`);
  }
}

const isOfType: Readonly<Record<keyof Types, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  array: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
};

const NAME: Readonly<Record<keyof Types, string>> = {
  string: 'a string',
  number: 'a number',
  array: 'a list of strings',
};
