/** Parts of a JSON Schema. */

export type Schema = Readonly<Record<string, unknown>>;
export type Keys = Readonly<Record<string, Schema>>;

export function ref(definition: string): Schema {
  return { $ref: `#/$defs/${definition}` };
}

export function one(...values: readonly unknown[]): Schema {
  return { enum: values };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object with these keys and no others. A key whose name ends in "?" may be absent. */
export function object(keys: Keys): Schema {
  const properties = Object.entries(keys).map(([name, schema]) => [name.replace('?', ''), schema]);
  const required = Object.keys(keys).filter((name) => !name.endsWith('?'));
  return { type: 'object', properties: Object.fromEntries(properties), required, additionalProperties: false };
}

export const ANY: Schema = {};
export const TEXT = { type: 'string' };
export const FLAG = { type: 'boolean' };
export const NUMBER = { type: 'integer' };
export const PHONE = ref('phone');
export const DC = { type: 'integer', minimum: 1 };
