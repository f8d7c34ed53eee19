/** `tl encode` and `tl decode`: convert between TL values and the 32-bit words of Telegram's documentation. Offline. */
import { UsageError } from '../../../errors.ts';
import { exactJson } from '../../../printable.ts';
import type { Untyped } from '../../../tl/codec.ts';
import { current, legacy, mtproto } from '../../../tl/layer.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { oneOf, parseValue } from '../../settings/setting.ts';
import { decodeJson, encodeJson } from '../../tell/tl-json.ts';
import { fromWords, toWords } from '../../tell/tl-words.ts';

export async function encode(ctx: Context, input: Input): Promise<Result> {
  const [name = '', ...fields] = input.args;
  const schemas = schemasOf(input);
  const result = toWords(encodeJson(schemas, name, await fieldsOf(ctx, schemas, name, fields))).join(' ');
  return { text: result, exact: true, json: { name, result } };
}

export async function decode(ctx: Context, input: Input): Promise<Result> {
  const text = input.args.join(' ') === '-' ? await ctx.read() : input.args.join(' ');
  const result = decodeJson(schemasOf(input), fromWords(text), input.text('answer'));
  return { text: exactJson(result), exact: true, json: { result } };
}

/** The schemas to search, in this order. */
function schemasOf(input: Input): readonly Untyped[] {
  const layer = input.text('layer');
  if (layer === undefined) return [mtproto, current.codec, legacy.codec];
  const name = parseValue(oneOf('legacy', 'current', 'mtproto'), layer, '--layer');
  return { legacy: [legacy.codec, mtproto], current: [current.codec, mtproto], mtproto: [mtproto] }[name];
}

async function fieldsOf(
  ctx: Context,
  schemas: readonly Untyped[],
  name: string,
  words: readonly string[],
): Promise<unknown> {
  const [first = ''] = words;
  if (words.length === 1 && first === '-') return json(await ctx.read(), 'stdin');
  if (words.length === 1 && first.startsWith('{')) return json(first, name);
  const line = schemas.map((schema) => schema.find(name)).find((found) => found !== undefined);
  return Object.fromEntries(
    words.map((word, i) => {
      const [, field, text] = /^(\w+)=(.*)$/s.exec(word) ?? [];
      if (field === undefined || text === undefined)
        throw new UsageError(`Field ${i + 1} must be name=value. Fields can also be one JSON object.`);
      const type = line?.fields.find((each) => each.name === field)?.type ?? 'string';
      return [field, TEXTS.includes(type) ? text : json(text, field)];
    }),
  );
}

/** Types whose JSON is a string. */
const TEXTS = ['string', 'bytes', 'long', 'int128', 'int256'];

function json(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`The value of ${what} is not JSON.`, { cause });
  }
}
