/** The encodings in which a secret might be printed. */

/** Every spelling of a text or of bytes that somebody might search for. */
export function spellings(value: string | Buffer): string[] {
  const data = Buffer.from(value);
  const hex = data.toString('hex');
  const pairs = hex.match(/../g) ?? [];
  // whole 32-bit words, wherever the first of them begins
  const words = (start: number) =>
    (hex.slice(2 * start).match(/.{8}/g) ?? []).map((word) => word.match(/../g)?.reverse().join('')).join(' ');
  const base64 = (shift: number) => {
    const text = Buffer.concat([Buffer.alloc(shift), data]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4).replace(/.{4}$/, ''); // without what depends on its neighbours
  };
  const long = data.length >= 8 ? [data.readBigInt64LE(0), data.readBigUInt64LE(0), data.readBigUInt64BE(0)] : [];
  return [
    ...(typeof value === 'string' ? [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)] : []),
    hex,
    hex.toUpperCase(),
    pairs.join(' '),
    pairs.map((pair) => `%${pair}`).join(''),
    ...[0, 1, 2, 3].map(words),
    data.join(','),
    ...[0, 1, 2].flatMap((shift) => [base64(shift), base64(shift).replaceAll('+', '-').replaceAll('/', '_')]),
    ...long.map(String),
  ].filter((each) => each.length >= 8);
}
