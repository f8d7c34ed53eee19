/**
 * Schema text → TypeScript types. All type-level code of the project is here.
 *
 * A schema is a string of TL lines `name#id field:type … = Result;`: types, then `---functions---`, then methods
 * (https://core.telegram.org/mtproto/TL). Template literal types parse that string, so no code is generated: rename a
 * field in the text, and every use of the old name stops compiling.
 *
 * | TL                        | TypeScript                                    |
 * |---------------------------|-----------------------------------------------|
 * | int, double, #            | number                                        |
 * | long                      | bigint, signed                                |
 * | int128, int256, bytes     | Uint8Array (16, 32, any number of bytes)      |
 * | string                    | string                                        |
 * | Bool                      | boolean                                       |
 * | flags.N?true, flags.N?T   | optional `true`, optional T                   |
 * | Vector<T>, vector<T>      | T[]                                           |
 * | Object, !X                | Uint8Array: a boxed value that is still encoded |
 * | any other type            | the union of its constructors, tagged with `_` |
 */

interface Bare {
  int: number;
  double: number;
  long: bigint;
  int128: Uint8Array;
  int256: Uint8Array;
  bytes: Uint8Array;
  string: string;
  Bool: boolean;
  true: true;
  Object: Uint8Array;
  '!X': Uint8Array;
  X: Uint8Array;
}

// Splitting. Each type is tail-recursive and collects a union.

type Trim<L extends string> = L extends `\n${infer R}` ? Trim<R> : L;
type Lines<S extends string, Out extends string = never> = S extends `${infer L};${infer Rest}`
  ? Lines<Rest, Out | Trim<L>>
  : Out;
type Words<A extends string, Out extends string = never> = A extends `${infer W} ${infer Rest}`
  ? Words<Rest, Out | W>
  : Out | A;

type TypeLines<S extends string> = S extends `${infer T}---functions---${string}` ? Lines<T> : Lines<S>;
type FunctionLines<S extends string> = S extends `${string}---functions---${infer F}` ? Lines<F> : never;

/** A parsed line. Distributes over a union of lines. */
type Parsed<L extends string> = L extends `${infer Head} = ${infer Result}`
  ? Head extends `${infer Name}#${infer Id} ${infer Args}`
    ? Id extends `${string} ${string}`
      ? never
      : { name: Name; args: Words<Args>; result: Result }
    : Head extends `${infer Name}#${string}`
      ? { name: Name; args: never; result: Result }
      : never
  : never;

// Fields

type RequiredName<W extends string> = W extends `{${string}` | `${string}:#` | `${string}?${string}`
  ? never
  : W extends `${infer Name}:${string}`
    ? Name
    : never;
type OptionalName<W extends string> = W extends `${infer Name}:${string}?${string}` ? Name : never;
type TypeName<W extends string> = W extends `${string}:${string}?${infer T}`
  ? T
  : W extends `${string}:${infer T}`
    ? T
    : never;

type Value<S extends string, T extends string> = T extends keyof Bare
  ? Bare[T]
  : T extends `Vector<${infer Item}>` | `vector<${infer Item}>`
    ? Value<S, Item>[]
    : T extends `%${infer Boxed}`
      ? Value<S, Boxed>
      : T extends keyof Types<S>
        ? Types<S>[T]
        : T extends keyof Constructors<S>
          ? Constructors<S>[T]
          : never;

type Fields<S extends string, W extends string> = {
  [K in W as RequiredName<K>]: Value<S, TypeName<K>>;
} & {
  [K in W as OptionalName<K>]?: Value<S, TypeName<K>> | undefined;
} extends infer Both
  ? { [K in keyof Both]: Both[K] }
  : never;

/** A value tagged with its constructor. Distributes: `D` may be a union. */
type Tagged<S extends string, D extends { name: string; args: string }> = D extends unknown
  ? { _: D['name'] } & Fields<S, D['args']> extends infer Both
    ? { [K in keyof Both]: Both[K] }
    : never
  : never;

/** Constructor name → its value, `_` included. */
export type Constructors<S extends string> = {
  [D in Parsed<TypeLines<S>> as D['name']]: Tagged<S, D>;
};

/** Boxed type → the union of its constructors. */
export type Types<S extends string> = {
  [D in Parsed<TypeLines<S>> as D['result']]: Tagged<S, D>;
};

/** Method name → its parameters. */
export type Methods<S extends string> = {
  [D in Parsed<FunctionLines<S>> as D['name']]: Fields<S, D['args']>;
};

/** Method name → its answer. The answer to a wrapper (`= X`) stays encoded. */
export type Answers<S extends string> = {
  [D in Parsed<FunctionLines<S>> as D['name']]: Value<S, D['result']>;
};

/** A value of any constructor of the schema. */
export type AnyValue<S extends string> = Tagged<S, Parsed<TypeLines<S>>>;

/** A call of any method of the schema: its parameters, tagged with the method's name. */
export type AnyCall<S extends string> = Tagged<S, Parsed<FunctionLines<S>>>;
