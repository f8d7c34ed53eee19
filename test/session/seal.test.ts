import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { StoreError } from '../../src/errors.ts';
import { formatSealed, formatSession, parseSealed, sealContext, VERSION } from '../../src/session/json.ts';
import { COST, isAcceptable, newSealer, sealerOf } from '../../src/session/seal.ts';
import { emptySession, type Session } from '../../src/session/session.ts';
import { removeFolder, storeIn, temporaryFolder, waiting } from './folder.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const CHEAP = { N: 16, r: 1, p: 1 };
/** The lowest cost that a file may have. */
const LOWEST = { N: 2 ** 14, r: 8, p: 1 };

describe('a seal', () => {
  test('opens only with its passphrase and its context', async () => {
    const sealer = await newSealer('passphrase', random, CHEAP);
    const sealed = sealer.seal('secret text', 'test');
    assert.doesNotMatch(JSON.stringify(sealed), /secret/);
    const again = await sealerOf('passphrase', sealed, random);
    assert.equal(again.open(sealed, 'test'), 'secret text');
    assert.equal(again.open(sealed, 'production'), undefined);
    assert.equal((await sealerOf('Passphrase', sealed, random)).open(sealed, 'test'), undefined);
  });

  test('draws a new nonce each time', async () => {
    const sealer = await newSealer('p', random, CHEAP);
    const nonces = Array.from({ length: 50 }, () => sealer.seal('x', 'test').nonce);
    assert.equal(new Set(nonces).size, nonces.length);
  });

  test('does not open with any byte changed', async () => {
    const sealer = await newSealer('p', random, CHEAP);
    const sealed = sealer.seal('some text', 'test');
    const flip = (text: string, at: number) => {
      const bytes = Buffer.from(text, 'base64');
      bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ 1, at % bytes.length);
      return bytes.toString('base64');
    };
    fc.assert(
      fc.property(fc.nat(40), (at) => {
        assert.equal(sealer.open({ ...sealed, data: flip(sealed.data, at) }, 'test'), undefined);
        assert.equal(sealer.open({ ...sealed, nonce: flip(sealed.nonce, at) }, 'test'), undefined);
      }),
    );
    const other = await sealerOf('p', { ...sealed, kdf: { ...sealed.kdf, N: 32 } }, random);
    assert.equal(other.open(sealed, 'test'), undefined);
    assert.equal(sealer.open({ ...sealed, data: 'AAAA' }, 'test'), undefined);
  });

  test('does not accept parameters that are too large or too weak', () => {
    const salt = 'AAAAAAAAAAAAAAAAAAAAAA==';
    assert.ok(isAcceptable({ ...COST, salt }));
    for (const bad of [
      { N: 2 ** 30 },
      { N: 2 ** 13 },
      { N: 2 ** 14 + 1 },
      { N: 1 },
      { r: 1000 },
      { r: 1 },
      { p: 0 },
      { p: 100 },
    ])
      assert.equal(isAcceptable({ ...COST, salt, ...bad }), false, JSON.stringify(bad));
  });

  test('is formatted and parsed, strictly', async () => {
    const sealed = (await newSealer('p', random, CHEAP)).seal('x', 'test');
    const text = formatSealed(sealed);
    assert.deepEqual(parseSealed(text, 'x.json'), sealed);
    for (const [from, to] of [
      ['"r": 1', '"r": "1"'],
      ['"nonce"', '"nunce"'],
      [/"nonce": "../, '"nonce": "'],
      [/"salt": "/, '"salt": "AAAA'],
    ] as const)
      assert.throws(() => parseSealed(text.replace(from, to), 'x.json'), { type: 'STORE_CORRUPT' });
    assert.equal(parseSealed('{"version":4,"network":"test"}', 'x.json'), undefined);
  });
});

describe('a store with sealed sessions', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));
  const store = storeIn(folder);
  const open = (passphrase?: (tries: number) => Promise<string>, newPassphrase?: string) =>
    store.open('default', 'test', waiting(0, { ...(passphrase && { passphrase }), newPassphrase }));
  const file = join(folder, 'test', 'default.json');
  const session = { ...emptySession('test', 2), user: { id: 777000n } };

  test('seals a new session with a passphrase, changes it and removes it', async () => {
    const first = await open(undefined, 'one');
    await first.save(session);
    assert.equal(first.sealed, true);
    await first.close();
    assert.doesNotMatch(readFileSync(file, 'utf8'), /777000/);

    await assert.rejects(open(), { type: 'STORE_SEALED' });
    const asked: number[] = [];
    const second = await open(async (tries) => {
      asked.push(tries);
      return tries === 1 ? 'wrong' : 'one';
    });
    assert.deepEqual(asked, [1, 2]);
    assert.deepEqual(second.session, session);
    await second.save({ ...session, dc: 3 });
    assert.doesNotMatch(readFileSync(file, 'utf8'), /777000/);
    await second.setPassphrase('two');
    await second.close();
    const gone = new StoreError('STORE_PASSPHRASE_WRONG', { path: file });
    await assert.rejects(open(giving('one')), gone);
    assert.deepEqual(readdirSync(join(folder, 'test')), ['default.json'], 'the lock is released');

    const third = await open(async () => 'two');
    assert.equal(third.session?.dc, 3);
    await third.setPassphrase(undefined);
    await third.close();
    const fourth = await open();
    assert.equal(fourth.sealed, false);
    await fourth.close();
  });

  /** Writes the file with another cost, or for another network. */
  async function seal(cost: typeof LOWEST, network = 'test', value: Session = session): Promise<void> {
    const sealer = await newSealer('p', random, cost);
    writeFileSync(file, formatSealed(sealer.seal(formatSession(value), sealContext(network))), { mode: 0o600 });
  }
  const opened = async () => {
    const one = await open(giving('p'));
    await one.close();
    return one.session;
  };
  /** A passphrase that is tried once, like one from an environment variable. */
  const giving = (passphrase: string) => async (tries: number) => {
    if (tries > 1) throw new StoreError('STORE_PASSPHRASE_WRONG', { path: file });
    return passphrase;
  };

  test('refuses a file whose parameters are too large or too weak', async () => {
    for (const N of [2 ** 30, 2 ** 13, 16]) {
      await seal(LOWEST);
      writeFileSync(file, readFileSync(file, 'utf8').replace(`"N": ${LOWEST.N}`, `"N": ${N}`));
      await assert.rejects(opened(), { type: 'STORE_CORRUPT' }, String(N));
    }
  });

  test('refuses a file of another network or another version', async () => {
    await seal(LOWEST, 'production');
    await assert.rejects(opened(), { type: 'STORE_PASSPHRASE_WRONG' });
    const sealer = await newSealer('p', random, LOWEST);
    const later = sealer.seal(formatSession(session), JSON.stringify(['tg-auth session', VERSION + 1, 'test']));
    writeFileSync(file, formatSealed(later));
    await assert.rejects(opened(), { type: 'STORE_PASSPHRASE_WRONG' });
    writeFileSync(file, formatSealed(later).replace(`"version": ${VERSION}`, '"version": 3'));
    await assert.rejects(opened(), { type: 'STORE_CORRUPT' });
    await seal(LOWEST);
    assert.deepEqual(await opened(), session);
  });

  test('raises the cost of an older file with the next save, and keeps the cost', async () => {
    await seal(LOWEST);
    const older = await open(giving('p'));
    const saves = [older.save({ ...session, dc: 4 }), older.save({ ...session, dc: 5 })];
    await Promise.all(saves);
    await older.close();
    const { version, sealed } = JSON.parse(readFileSync(file, 'utf8'));
    const { salt, ...cost } = sealed.kdf;
    assert.deepEqual([version, cost], [VERSION, COST]);
    const newer = await open(giving('p'));
    assert.equal(newer.session?.dc, 5);
    await newer.save(session);
    await newer.close();
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).sealed.kdf.salt, salt);
  });

  test('a passphrase that is changed while the cost is raised is the new one', async () => {
    await seal(LOWEST);
    const older = await open(giving('p'));
    const saving = older.save(session);
    await older.setPassphrase('q');
    await saving;
    await older.save(session);
    await older.close();
    await assert.rejects(opened(), { type: 'STORE_PASSPHRASE_WRONG' });
    await (await open(giving('q'))).close();
  });

  test('opens a large session again', async () => {
    const asked = Math.floor(Date.now() / 1000);
    const codes = Array.from({ length: 2000 }, (_, i) => [
      String(79990000000 + i),
      { dc: 2, phone_code_hash: 'h'.repeat(18), type: 'auth.sentCodeTypeApp', asked },
    ]);
    const large: Session = { ...session, pending: Object.fromEntries(codes) };
    await seal(LOWEST, 'test', large);
    assert.deepEqual(await opened(), large);
    await seal(LOWEST);
  });

  test('lists, renames and removes without opening', async () => {
    assert.deepEqual(store.list(), [{ network: 'test', name: 'default' }]);
    await assert.rejects(store.rename('none', 'other', 'test', waiting()), { type: 'STORE_MISSING' });
    await store.rename('default', 'other', 'test', waiting());
    const fresh = await store.open('default', 'test', waiting());
    await fresh.save(session);
    await assert.rejects(store.rename('other', 'default', 'test', waiting()), { type: 'STORE_LOCKED' });
    await fresh.close();
    await assert.rejects(store.rename('other', 'default', 'test', waiting()), { type: 'STORE_EXISTS' });
    await store.remove('other', 'test', waiting());
    await store.remove('other', 'test', waiting());
    assert.deepEqual(store.list(), [{ network: 'test', name: 'default' }]);
    assert.deepEqual(storeIn(join(folder, 'nowhere')).list(), []);
  });
});
