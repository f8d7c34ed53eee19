/** What a line and a text of TL must be, whatever the schema. */
import { crc32 } from 'node:zlib';
import { BASIC } from '../../src/tl/basic.ts';
import { parseSchema } from '../../src/tl/schema.ts';

/** The CRC32 of a line without its id, written as the rule wants it (https://core.telegram.org/mtproto/TL). */
export function idByRule(line: string): number {
  const normal = line
    .replace(/#[0-9a-f]+/, '')
    .replace(/[{}]/g, '')
    .replace(/[<>]/g, ' ')
    .replace(/ \w+:flags\d*\.\d+\?true/g, '')
    .replace(/([:?])bytes /g, '$1string ')
    .replace(/ +/g, ' ')
    .trim();
  return crc32(normal);
}

/** The types that a schema uses and no line of it defines, sorted. */
export function openTypes(text: string): string[] {
  const { types, functions } = parseSchema(text);
  const builtIn = [...Object.keys(BASIC), '#', 'true', 'Object', '!X', 'X'];
  const defined = new Set([...builtIn, ...types.flatMap(({ name, result }) => [name, result])]);
  const used = [...types, ...functions].flatMap(({ fields, result }) => [...fields.map(({ type }) => type), result]);
  const names = new Set(used.map((type) => type.replace(/^[Vv]ector<(.+)>$/, '$1').replace(/^%/, '')));
  return [...names].filter((name) => !defined.has(name)).sort();
}
