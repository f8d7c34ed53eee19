/** The parsers of the libraries read our strings, and we read theirs, with the same key, DC and user. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  convertFromGramjsSession,
  convertFromMtkrutoSession,
  convertFromPyrogramSession,
  convertFromTelethonSession,
  convertToGramjsSession,
  convertToMtkrutoSession,
  convertToPyrogramSession,
  convertToTelethonSession,
} from '@mtcute/convert';
import { readStringSession, type StringSessionData, writeStringSession } from '@mtcute/core/utils.js';
import { readSessionString, writeSessionString } from '../../../src/session/formats/index.ts';
import { VECTORS } from './samples.ts';

for (const { full } of VECTORS)
  describe(`DC ${full.dc}, user ${full.user.id}`, () => {
    const { dc, test: inTest, auth_key, address, user, api_id } = full;
    const main = {
      id: dc,
      ipAddress: address.host,
      port: address.port,
      ipv6: address.host.includes(':'),
      testMode: inTest,
    };
    const self = { userId: Number(user.id), isBot: user.bot, isPremium: false, usernames: [] };
    const theirs: StringSessionData = { version: 3, primaryDcs: { main, media: main }, self, authKey: auth_key };

    function check(data: StringSessionData, withUser: boolean): void {
      assert.deepEqual(new Uint8Array(data.authKey), auth_key);
      assert.equal(data.primaryDcs.main.id, dc);
      assert.equal(data.primaryDcs.main.testMode ?? false, inTest);
      if (withUser) assert.deepEqual([data.self?.userId, data.self?.isBot], [self.userId, self.isBot]);
    }

    test('mtcute', () => {
      const data = readStringSession(writeSessionString('mtcute', full));
      check(data, true);
      assert.deepEqual(data.primaryDcs.main, { ...main, mediaOnly: false });
      const found = { format: 'mtcute', dc, test: inTest, auth_key, address, user };
      assert.deepEqual(readSessionString(writeStringSession(theirs)), found);
      const media = { ...main, ipAddress: '149.154.167.222', mediaOnly: true };
      const apart = { ...theirs, primaryDcs: { main, media } };
      assert.deepEqual(readSessionString(writeStringSession(apart)), found);
    });

    test('mtcute, without a user', () => {
      const { user: _, ...signedOut } = full;
      assert.equal(readStringSession(writeSessionString('mtcute', signedOut)).self, null);
      const found = { format: 'mtcute', dc, test: inTest, auth_key, address };
      assert.deepEqual(readSessionString(writeStringSession({ ...theirs, self: null })), found);
    });

    test("Telethon, by mtcute's converter", () => {
      const data = convertFromTelethonSession(writeSessionString('telethon', full));
      check(data, false);
      assert.deepEqual([data.primaryDcs.main.ipAddress, data.primaryDcs.main.port], [address.host, address.port]);
      assert.deepEqual(readSessionString(convertToTelethonSession(theirs)), {
        format: 'telethon',
        dc,
        auth_key,
        address,
      });
    });

    test("Pyrogram, by mtcute's converter", () => {
      check(convertFromPyrogramSession(writeSessionString('pyrogram', full)), true);
      const found = { format: 'pyrogram', dc, test: inTest, auth_key, user };
      assert.deepEqual(readSessionString(convertToPyrogramSession(theirs)), found);
      assert.deepEqual(readSessionString(convertToPyrogramSession(theirs, { apiId: api_id })), { ...found, api_id });
    });

    test("MTKruto, by mtcute's converter", () => {
      check(convertFromMtkrutoSession(writeSessionString('mtkruto', full)), false);
      const found = { format: 'mtkruto', dc, test: inTest, auth_key };
      assert.deepEqual(readSessionString(convertToMtkrutoSession(theirs)), found);
    });

    test("GramJS, by mtcute's converter", () => {
      check(convertFromGramjsSession(writeSessionString('gramjs', full)), false);
      assert.deepEqual(readSessionString(convertToGramjsSession(theirs)), { format: 'gramjs', dc, auth_key, address });
    });
  });
