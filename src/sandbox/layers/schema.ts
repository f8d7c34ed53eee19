/**
 * The sandbox's schema: that of the client, and what other clients ask around a login. Values have the types of its
 * newest lines; a codec for an older layer writes the same values with the lines of that layer.
 */
import { type Codec, codec } from '../../tl/codec.ts';
import { currentText } from '../../tl/schema/current.ts';
import { parseSchema } from '../../tl/schema.ts';
import { pastText, surroundingMethods, surroundingTypes } from './text.ts';

export const serverText = `${surroundingTypes}${currentText}${surroundingMethods}` as const;

interface Section {
  /** The last layer of these lines. */
  readonly until: number;
  readonly lines: readonly string[];
}

/** Newest first. */
const SECTIONS: readonly Section[] = [...pastText.matchAll(/---until (\d+)---([^-]*)/g)].map(
  ([, until, text = '']) => ({ until: Number(until), lines: text.split(';').map((line) => line.trim()) }),
);

/** Text for a codec: the lines of methods after those of types. */
function textOf(lines: Iterable<string>): string {
  const all = [...lines].filter((line) => line.includes('#'));
  const isMethod = (line: string) => METHODS.has(nameOf(line));
  const types = all.filter((line) => !isMethod(line));
  return `${types.join(';\n')};\n---functions---\n${all.filter(isMethod).join(';\n')};`;
}

function nameOf(line: string): string {
  return line.split(/[# ]/, 1)[0] ?? '';
}

const newest = parseSchema(serverText);
const METHODS: ReadonlySet<string> = new Set(newest.functions.map(({ name }) => name));
const NEWEST = [...newest.types, ...newest.functions].map(({ line }) => line);

/** Reads the calls of all layers: an id has the same meaning in each. */
export const calls = codec(serverText, textOf([...SECTIONS.flatMap(({ lines }) => lines), ...NEWEST]));

const codecs = new Map<number, Codec<typeof serverText>>();

/** The codec in which a server answers a client of this layer, above 49. */
export function codecOf(layer: number): Codec<typeof serverText> {
  const sections = SECTIONS.filter(({ until }) => until >= layer);
  const known = codecs.get(sections.length);
  if (known !== undefined) return known;
  const lines = [...NEWEST, ...sections.flatMap((section) => section.lines)];
  const made = codec(serverText, textOf(new Map(lines.map((line) => [nameOf(line), line])).values()));
  codecs.set(sections.length, made);
  return made;
}
