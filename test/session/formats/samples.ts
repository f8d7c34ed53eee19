/** Sessions to write as strings, and strings of known sessions that other libraries made. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { concat, fromHex, utf8 } from '../../../src/bytes.ts';
import { sha256 } from '../../../src/crypto/hash.ts';
import type { Contents } from '../../../src/session/formats/format.ts';

interface Vector {
  readonly note: string;
  readonly input: {
    readonly auth_key: string;
    readonly dc_id: number;
    readonly test: boolean;
    readonly user_id: string;
    readonly is_bot: boolean;
    readonly api_id: number;
    readonly ip: string;
    readonly port: number;
  };
  readonly strings: Readonly<
    Record<'telethon' | 'gramjs' | 'pyrogram' | 'pyrogram_no_api_id' | 'mtkruto' | 'mtcute', string>
  >;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/sessions.json', import.meta.url), 'utf8'),
);

/** The contents of the sample strings, and the strings. */
export const VECTORS = vectors.map(({ input, strings, note }) => ({
  note,
  strings,
  full: {
    dc: input.dc_id,
    test: input.test,
    auth_key: fromHex(input.auth_key),
    address: { host: input.ip, port: input.port },
    user: { id: BigInt(input.user_id), bot: input.is_bot },
    api_id: input.api_id,
  },
}));

const byte = fc.integer({ min: 0, max: 255 });
const group = fc.integer({ min: 0, max: 0xffff }).map((each) => each.toString(16));
/** An address of 2000::/3 in its usual spelling. */
const v6 = fc.array(group, { minLength: 7, maxLength: 7 }).map((rest) => {
  const host = new URL(`http://[2001:${rest.join(':')}]`).hostname;
  return host.slice(1, -1);
});
const v4 = fc.tuple(fc.integer({ min: 1, max: 31 }), byte, byte, byte).map((parts) => parts.join('.'));

/** Any key, or one with many zeros for formats that compress them. */
export const authKey = fc.oneof(
  fc.uint8Array({ minLength: 256, maxLength: 256 }),
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 254, 255), { minLength: 256, maxLength: 256 })
    .map((key) => Uint8Array.from(key)),
  fc.constant(new Uint8Array(256)),
);

/** A key that looks random, like a real one. */
export const randomKey = fc.nat().map((seed) => {
  const block = (i: number) => sha256(utf8(`${seed} ${i}`));
  return concat(...Array.from({ length: 8 }, (_, i) => block(i)));
});

/** Any session with all its contents known. */
export const contents: fc.Arbitrary<Required<Contents>> = fc
  .record({
    dc: fc.integer({ min: 1, max: 203 }), // the highest DC; from 212 on a Pyrogram string starts with 1
    test: fc.boolean(),
    auth_key: authKey,
    address: fc.record({ host: fc.oneof(v4, v6), port: fc.integer({ min: 1, max: 65535 }) }, { noNullPrototype: true }),
    user: fc.record({ id: fc.bigInt({ min: 1n, max: 2n ** 52n - 1n }), bot: fc.boolean() }, { noNullPrototype: true }),
    api_id: fc.integer({ min: 1, max: 2 ** 29 }),
    server_salt: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  })
  .map((each) => ({ ...each, network: each.test ? 'test' : 'production' }));
