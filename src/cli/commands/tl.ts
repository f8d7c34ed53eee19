/** `tl encode` and `tl decode`: TL values ↔ the 32-bit words that Telegram's own pages print, without a connection. */
import { UsageError } from '../../errors.ts';
import { exactJson } from '../../printable.ts';
import type { Untyped } from '../../tl/codec.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { butNot } from '../settings/setting.ts';

const LAYER = {
  name: '--layer <name>',
  help: 'legacy (49), current (228) or mtproto; found by the name or the id if not given',
};

export const tlEncode: Command = {
  name: 'tl encode',
  withoutConfig: true,
  summary: 'Encode a call or a value as 32-bit words in hex',
  args: [
    { name: '<name>', help: 'a method or constructor' },
    {
      name: '[fields...]',
      help: 'its fields as name=value, as one JSON object (a long in quotes, bytes in hex), or - for that object on stdin',
    },
  ],
  options: [LAYER],
  examples: [
    'tg-auth tl encode auth.sendCall phone_number=79991234567 phone_code_hash=2dc02d2cda9e615c84',
    `tg-auth tl encode auth.cancelCode '{"phone_number":"79991234567","phone_code_hash":"2dc0"}'`,
  ],
  async run(ctx, input) {
    const { encodeJson } = await import('../tell/tl-json.ts');
    const { toWords } = await import('../tell/tl-words.ts');
    const [name = '', ...words] = input.args;
    const schemas = await schemasOf(input.text('layer'));
    const words32 = toWords(encodeJson(schemas, name, await fieldsOf(ctx, schemas, name, words))).join(' ');
    return { text: words32, exact: true, json: { name, result: words32 } };
  },
};

export const tlDecode: Command = {
  name: 'tl decode',
  withoutConfig: true,
  summary: 'Decode 32-bit words in hex to JSON',
  args: [{ name: '<words...>', help: 'the words, or - for stdin' }],
  options: [LAYER, { name: '--answer <method>', help: 'they are the answer to this method' }],
  examples: ['tg-auth tl decode 997275b5', 'tg-auth tl decode - < query.txt'],
  async run(ctx, input) {
    const { decodeJson } = await import('../tell/tl-json.ts');
    const { fromWords } = await import('../tell/tl-words.ts');
    const text = input.args.join(' ') === '-' ? await ctx.read() : input.args.join(' ');
    const value = decodeJson(await schemasOf(input.text('layer')), fromWords(text), input.text('answer'));
    return { text: exactJson(value), exact: true, json: { result: value } };
  },
};

/** The schemas to look in, first things first. */
async function schemasOf(layer: string | undefined): Promise<readonly Untyped[]> {
  const { current, legacy, mtproto } = await import('../../tl/layer.ts');
  if (layer === undefined) return [mtproto, current.codec, legacy.codec];
  if (layer === 'legacy') return [legacy.codec, mtproto];
  if (layer === 'current') return [current.codec, mtproto];
  if (layer === 'mtproto') return [mtproto];
  throw new UsageError(`--layer must be legacy, current or mtproto${butNot(layer)}.`);
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
        throw new UsageError(`Field ${i + 1} is not name=value. Write fields like that, or as one JSON object.`);
      const type = line?.fields.find((each) => each.name === field)?.type ?? 'string';
      return [field, TEXTS.includes(type) ? text : json(text, field)];
    }),
  );
}

/** Types whose JSON is a string: taken as it is written. */
const TEXTS = ['string', 'bytes', 'long', 'int128', 'int256'];

function json(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`The value of ${what} is not JSON.`, { cause });
  }
}
