/** Schema text → parsed lines. The codec uses it at run time; `types.ts` parses the same text at compile time. */

export interface Field {
  readonly name: string;
  /** TL type as written: `long`, `Vector<InputUser>`, `!X`, `#`. */
  readonly type: string;
  /** The field is present only if this bit of that flags field is set. */
  readonly flag?: { readonly field: string; readonly bit: number };
}

export interface Combinator {
  readonly name: string;
  readonly id: number;
  readonly fields: readonly Field[];
  readonly result: string;
  /** A method, not a constructor. */
  readonly isMethod: boolean;
  readonly line: string;
}

export interface Schema {
  readonly types: readonly Combinator[];
  readonly functions: readonly Combinator[];
}

export function parseSchema(text: string): Schema {
  const [types = '', functions = ''] = text.split('---functions---');
  return { types: parseLines(types, false), functions: parseLines(functions, true) };
}

function parseLines(section: string, isMethod: boolean): Combinator[] {
  const lines = section.split(';').map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => parseLine(line, isMethod));
}

function parseLine(line: string, isMethod: boolean): Combinator {
  const found = /^([\w.]+)#([0-9a-f]{1,8})((?: \S+)*) = (\S+)$/.exec(line);
  const [, name, id, args, result] = found ?? [];
  if (name === undefined || id === undefined || args === undefined || result === undefined)
    throw new SyntaxError(`not a line of TL: ${line}`);
  const words = args.split(' ').filter((word) => word !== '' && !word.startsWith('{'));
  return { name, id: Number.parseInt(id, 16), fields: words.map(parseField), result, isMethod, line };
}

function parseField(word: string): Field {
  const found = /^(\w+):(?:(\w+)\.(\d+)\?)?(\S+)$/.exec(word);
  const [, name, flags, bit, type] = found ?? [];
  if (name === undefined || type === undefined) throw new SyntaxError(`not a field of TL: ${word}`);
  return flags === undefined ? { name, type } : { name, type, flag: { field: flags, bit: Number(bit) } };
}
