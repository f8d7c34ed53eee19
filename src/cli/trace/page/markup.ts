/** HTML and SVG as template literals. Every value is escaped: the texts of a trace may come from a server. */
import { printable } from '../../../printable.ts';

/** Longest text from outside, in UTF-16 units. */
const MAX_LENGTH = 8192;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

export class Markup {
  readonly text: string;

  /** `text` must be markup of our own. */
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | undefined | readonly Value[];

/** Markup with values in it. Attributes must be in double quotes. `undefined` becomes nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map((string, i) => string + textOf(values[i]));
  return new Markup(parts.join(''));
}

function textOf(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return value.map(textOf).join('');
}

function escaped(text: string): string {
  return printable(text, MAX_LENGTH).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}
