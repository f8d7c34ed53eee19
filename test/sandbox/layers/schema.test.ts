/** The table of older lines: its facts, and values in the lines of each layer. No sockets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHex } from '../../../src/bytes.ts';
import { calls, codecOf, serverText } from '../../../src/sandbox/layers/schema.ts';
import { pastText } from '../../../src/sandbox/layers/text.ts';
import { current } from '../../../src/tl/layer.ts';
import { type Combinator, parseSchema } from '../../../src/tl/schema.ts';
import { idByRule, openTypes } from '../../tl/lines.ts';

const NEWEST = parseSchema(serverText);
const METHODS = new Set(NEWEST.functions.map(({ name }) => name));
const LINES = pastText.split('\n').filter((line) => line.includes('#'));
const PAST = parseSchema(LINES.join('\n')).types;
const LAYERS = [...pastText.matchAll(/---until (\d+)/g)].map(([, until]) => Number(until));

/** Every layer from 133 to one that is still to come. */
const ALL = Array.from({ length: current.number + 1 - 133 + 1 }, (_, i) => 133 + i);

describe('the table of older lines', () => {
  test('has the CRC32 of each line as its id, as the newest lines have', () => {
    assert.ok(PAST.length > 70);
    // TDLib sends its old initConnection with the parameters that only the next line has.
    const byRule = (line: string) =>
      idByRule(line.includes('#785188b8') ? line.replace('params:flags.1?JSONValue ', '') : line);
    for (const { id, line } of [...PAST, ...NEWEST.types, ...NEWEST.functions]) assert.equal(id, byRule(line), line);
  });

  test('is in the order of the layers, and names only what the newest layer has', () => {
    assert.deepEqual(
      LAYERS,
      [...new Set(LAYERS)].sort((a, b) => b - a),
    );
    const names = new Set([...NEWEST.types, ...NEWEST.functions].map(({ name }) => name));
    for (const [name] of pastText.matchAll(/^[\w.]+(?=[#;])/gm)) assert.ok(names.has(name), name);
  });

  test('uses no id twice', () => {
    const ids = [...PAST, ...NEWEST.types, ...NEWEST.functions].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('has an older line only where the next one differs', () => {
    for (const layer of LAYERS.filter((until) => until >= 133))
      assert.notEqual(codecOf(layer), codecOf(layer + 1), `${layer}`);
  });

  test('has all parameters of the newest line of a method, but for those that no handler needs', () => {
    const optional = [
      'help.getAppConfig hash',
      'messages.getStickerSet hash',
      'auth.sendCode settings',
      'payments.getStarsTransactions limit',
    ];
    for (const past of PAST.filter(({ name }) => METHODS.has(name))) {
      const newest = NEWEST.functions.find(({ name }) => name === past.name);
      const missing = required(newest).filter((field) => !past.fields.some(({ name }) => name === field));
      const needed = missing.filter((field) => !optional.includes(`${past.name} ${field}`));
      assert.deepEqual(needed, [], past.line);
    }
  });

  test('leaves open the types of what a new account does not have', () => {
    const open = openTypes(serverText);
    assert.deepEqual(
      ['Chat', 'Message', 'Dialog', 'Contact', 'Document', 'Photo'].filter((type) => !open.includes(type)),
      [],
    );
    for (const type of ['User', 'UserFull', 'Config', 'Updates', 'InputPeer', 'InputUser', 'auth.SentCode'])
      assert.ok(!open.includes(type), type);
  });
});

function required(line: Combinator | undefined): string[] {
  return (line?.fields ?? []).filter(({ flag, type }) => flag === undefined && type !== '#').map(({ name }) => name);
}

/** From which layer on a name has which id, from public schemas. */
const FACTS: Readonly<Record<string, readonly (readonly [from: number, id: number | undefined])[]>> = {
  user: [
    [133, 0x3ff6ecb0],
    [145, 0x5d99adee],
    [148, 0x8f97c628],
    [160, 0xabb5f120],
    [166, 0xeb602f25],
    [167, 0x215c4438],
    [185, 0x83314fca],
    [196, 0x4b46c37e],
    [200, 0x020b1422],
    [217, 0x31774388],
    [228, 0xb1b8cc83],
  ],
  'auth.authorization': [
    [133, 0xcd050916],
    [135, 0x33fb7bb8],
    [152, 0x2ea2c0d4],
  ],
  'auth.sentCodeSuccess': [
    [133, undefined],
    [152, 0x2390fe44],
  ],
  'auth.sentCodePaymentRequired': [
    [133, undefined],
    [201, 0xd7cef980],
    [214, 0xd7a2fcf9],
    [215, 0xe0955a3c],
    [225, 0xf8827ebf],
  ],
  'auth.sentCodeTypeEmailCode': [
    [133, undefined],
    [145, 0x5a159841],
    [156, 0xf450f59b],
  ],
  'auth.sentCodeTypeFirebaseSms': [
    [133, undefined],
    [152, 0xe57b1432],
    [180, 0x13c90f17],
    [183, 0x009fd736],
  ],
  'account.password': [
    [133, 0x185b184f],
    [145, 0x957b50fb],
  ],
  config: [
    [133, 0x330b4067],
    [145, 0x232566ac],
    [154, 0xcc1a241e],
  ],
  'account.authorizations': [
    [133, 0x1250abde],
    [135, 0x4bff8ea0],
  ],
  codeSettings: [
    [133, 0xdebebe83],
    [135, 0x8a6469c2],
    [152, 0xad253d78],
  ],
  userFull: [
    [133, 0xd697ff05],
    [135, 0xcf366521],
    [140, 0x8c72ea81],
    [144, 0xc4b1fc3f],
    [151, 0xf8d32aed],
    [158, 0x93eadb53],
    [160, 0x4fe1cc86],
    [164, 0xb9b12c6c],
    [176, 0x22ff3e85],
    [177, 0xcc997720],
    [189, 0x1f58e369],
    [195, 0x979d2376],
    [196, 0x4d975bbc],
    [200, 0xd2234ea0],
    [201, 0x99e78045],
    [210, 0x29de80be],
    [211, 0x7e63ce1f],
    [213, 0x3fd81e28],
    [214, 0xc577b5ad],
    [216, 0xa02bc13e],
    [224, 0x06cbe645],
  ],
  messageEntityTonAddress: [
    [133, undefined],
    [230, 0xfdabbfcd],
  ],
  'auth.resendCode': [
    [133, 0x3ef1a9bf],
    [180, 0xcae47523],
  ],
  'auth.signIn': [
    [133, 0xbcd51581],
    [145, 0x8d52a951],
  ],
  'auth.signUp': [
    [133, 0x80eee427],
    [173, 0xaac7b717],
  ],
  'auth.logOut': [
    [133, 0x5717da40],
    [135, 0x3e72ba19],
  ],
  'users.getFullUser': [
    [133, 0xca30a5b1],
    [135, 0xb60f5918],
  ],
  'updates.getDifference': [
    [133, 0x25939651],
    [159, 0x19c2f763],
  ],
  'help.getAppConfig': [
    [133, 0x98914110],
    [154, 0x61e3f854],
  ],
  // These have the same id in all layers since 133.
  'auth.sendCode': [[133, 0xa677244f]],
  'auth.sentCode': [[133, 0x5e002502]],
  'auth.authorizationSignUpRequired': [[133, 0x44747e9a]],
  'auth.loginToken': [[133, 0x629f1980]],
  'auth.loginTokenMigrateTo': [[133, 0x068e9916]],
  'auth.loginTokenSuccess': [[133, 0x390d5c5e]],
  'auth.exportedAuthorization': [[133, 0xb434e2b8]],
  'auth.importBotAuthorization': [[133, 0x67a3ff2c]],
  'auth.exportLoginToken': [[133, 0xb7e085fe]],
  'account.getPassword': [[133, 0x548a30f5]],
  'account.updatePasswordSettings': [[133, 0xa59b102f]],
  'help.termsOfService': [[133, 0x780a0310]],
  'updates.state': [[133, 0xa56c2a3e]],
  authorization: [[133, 0xad01d61d]],
  nearestDc: [[133, 0x8e1a1775]],
  dcOption: [[133, 0x18b7a10d]],
  initConnection: [[133, 0xc1cd5ea9]],
};

for (const [name, facts] of Object.entries(FACTS))
  test(`${name} has the id of its layer, in each layer`, () => {
    for (const layer of ALL) {
      const [, id] = facts.findLast(([from]) => from <= layer) ?? [];
      assert.equal(codecOf(layer).find(name)?.id, id, `layer ${layer}`);
    }
  });

const ADA = { _: 'user', self: true, id: 7n, access_hash: 9n, first_name: 'Ada', phone: '9996621234' } as const;

describe('a value in the lines of a layer', () => {
  test('user is read by the line of its layer, and by no other id', () => {
    for (const layer of ALL) {
      const line = codecOf(layer).find('user');
      const bytes = codecOf(layer).encode(ADA);
      assert.deepEqual(codecOf(layer).decode('User', bytes), ADA, `layer ${layer}`);
      // The two flags words of layers from 148 on, or the one of older layers.
      const flags = line?.fields.filter(({ type }) => type === '#').length ?? 0;
      assert.equal(flags, layer < 148 ? 1 : 2);
      assert.equal(bytes.length, 4 + 4 * flags + 8 + 8 + 4 + 12);
    }
    assert.throws(() => codecOf(227).decode('User', codecOf(228).encode(ADA)));
  });

  test('user is these bytes in layers 133, 158 and 228', () => {
    const fields = ['0700000000000000', '0900000000000000', '03416461', '0a3939393636323132333400'].join('');
    for (const [layer, start] of [
      [133, 'b0ecf63f13040000'],
      [158, '28c6978f1304000000000000'],
      [228, '83ccb8b11304000000000000'],
    ] as const)
      assert.equal(toHex(codecOf(layer).encode(ADA)), start + fields, `layer ${layer}`);
  });

  test('the newest layer and those to come have the lines of the client', () => {
    for (const layer of [current.number, current.number + 1, 1000])
      assert.deepEqual(codecOf(layer).encode(ADA), current.codec.encode(ADA), `layer ${layer}`);
  });

  test('a layer between 49 and 133 has the lines of layer 133', () => {
    assert.deepEqual(codecOf(100).encode(ADA), codecOf(133).encode(ADA));
  });
});

test('a call is read by its id, whatever the layer is', () => {
  const SENT = { phone_number: '1', phone_code_hash: 'h' };
  for (const layer of [133, 158, current.number]) {
    const codec = codecOf(layer);
    assert.deepEqual(calls.decodeCall(codec.encodeCall('auth.resendCode', SENT)), { _: 'auth.resendCode', ...SENT });
    const names = { ...SENT, first_name: 'Ada', last_name: '' };
    assert.deepEqual(calls.decodeCall(codec.encodeCall('auth.signUp', names)), { _: 'auth.signUp', ...names });
    const sendCode = { phone_number: '1', api_id: 1, api_hash: 'h', settings: { _: 'codeSettings' as const } };
    assert.deepEqual(calls.decodeCall(codec.encodeCall('auth.sendCode', sendCode)), {
      _: 'auth.sendCode',
      ...sendCode,
    });
  }
  for (const id of [0xc1cd5ea9, 0x785188b8, 0xc7481da6]) assert.equal(calls.find(id)?.name, 'initConnection');
});
