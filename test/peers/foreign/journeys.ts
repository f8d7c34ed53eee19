/** The journeys that every library makes, in this order. Each begins with a new session unless it has an `after`. */
import assert from 'node:assert/strict';
import { endDevice, whoAmI } from '../../../src/auth/account.ts';
import type { Sandbox, SandboxEvent } from '../../../src/sandbox/index.ts';
import { original } from '../original.ts';
import { type Answer, type Driver, Failed, Missing } from './driver.ts';
import type { Library } from './libraries.ts';

export interface Scene {
  readonly driver: Driver;
  readonly sandbox: Sandbox;
  readonly events: readonly SandboxEvent[];
  readonly library: Library;
}

export interface Journey {
  /** The column of the table. */
  readonly name: string;
  /** The journey whose session this one continues. */
  readonly after?: Journey;
  /** It has no column: it is about tg-auth, and the library only proves it. */
  readonly isUnlisted?: true;
  readonly run: (scene: Scene) => Promise<void>;
}

const BOT = '123456';

const SIGN_IN: Journey = {
  name: 'code',
  async run({ driver, events }) {
    const phone = '9996621234';
    await driver.ask({ do: 'open' });
    const hash = await sendCode(driver, phone);
    await refused(driver.ask({ do: 'signIn', phone, hash, code: '00000' }), /PHONE_CODE_INVALID/);
    if (await has(driver.ask({ do: 'resendCode', phone, hash }))) assert.equal(lastSaid(events)?.delivery, 'call');
    const user = userOf(await driver.ask({ do: 'signIn', phone, hash, code: code(events) }));
    assert.equal(userOf(await driver.ask({ do: 'me' })), user);
  },
};

export const JOURNEYS: readonly Journey[] = [
  {
    name: 'connect',
    async run({ driver }) {
      await driver.ask({ do: 'open' });
    },
  },
  SIGN_IN,
  {
    name: 'reconnect',
    after: SIGN_IN,
    async run({ driver }) {
      await driver.ask({ do: 'close' });
      await driver.ask({ do: 'reopen' });
      userOf(await driver.ask({ do: 'me' }));
    },
  },
  {
    name: 'log-out',
    after: SIGN_IN,
    async run({ driver, events }) {
      await driver.ask({ do: 'logOut' });
      assert.deepEqual(answersTo(events, 'auth.logOut'), ['auth.loggedOut']);
    },
  },
  {
    name: '2FA',
    async run({ driver, events }) {
      const phone = '9996621002';
      await driver.ask({ do: 'open' });
      const hash = await sendCode(driver, phone);
      await refused(driver.ask({ do: 'signIn', phone, hash, code: code(events) }), /SESSION_PASSWORD_NEEDED/);
      await refused(driver.ask({ do: 'password', password: 'wrong' }), /PASSWORD_HASH_INVALID/);
      const user = userOf(await driver.ask({ do: 'password', password: 'sandbox' }));
      assert.equal(userOf(await driver.ask({ do: 'me' })), user);
    },
  },
  {
    name: 'migration',
    async run(scene) {
      for (const phone of ['9996611234', '9996629303']) await signInAtDc1(scene, phone);
    },
  },
  {
    name: 'sign-up',
    async run({ driver, events }) {
      const phone = '9996621001';
      await driver.ask({ do: 'open' });
      const hash = await sendCode(driver, phone);
      await refused(driver.ask({ do: 'signIn', phone, hash, code: code(events) }), /PHONE_NUMBER_UNOCCUPIED/);
      const user = userOf(await driver.ask({ do: 'signUp', phone, hash, name: 'Ada' }));
      assert.equal(userOf(await driver.ask({ do: 'me' })), user);
    },
  },
  {
    name: 'bot',
    async run({ driver }) {
      await driver.ask({ do: 'open' });
      assert.equal(userOf(await driver.ask({ do: 'bot', token: `${BOT}:${'A'.repeat(35)}` })), BOT);
      assert.equal(userOf(await driver.ask({ do: 'me' })), BOT);
    },
  },
  {
    name: 'QR',
    async run({ driver, sandbox, events }) {
      await driver.ask({ do: 'open' });
      const { link } = await driver.ask({ do: 'qr' });
      const shown = events.findLast((event) => event.event === 'qr'); // pyrofork prints it, and returns nothing
      sandbox.scan(link ?? (shown?.event === 'qr' ? shown.link : ''), '9996621235');
      const user = userOf(await driver.ask({ do: 'accepted' }));
      assert.equal(userOf(await driver.ask({ do: 'me' })), user);
    },
  },
  {
    name: 'clone',
    isUnlisted: true,
    async run({ driver, sandbox, library: { format } }) {
      if (format === undefined) throw new Missing('its driver reads no session string');
      await using source = await original(sandbox);
      const { hash, string } = await source.clone(format);
      await driver.ask({ do: 'open', string });
      assert.equal(userOf(await driver.ask({ do: 'me' })), String(source.user.id));
      assert.deepEqual(await whoAmI(source.client), source.user);
      await endDevice(source.client, hash);
      await refused(driver.ask({ do: 'me' }), /AUTH_KEY_UNREGISTERED/);
      assert.deepEqual(await whoAmI(source.client), source.user);
    },
  },
];

/** The client starts at DC 2 and must move to DC 1. */
async function signInAtDc1({ driver, events }: Scene, phone: string): Promise<void> {
  await driver.ask({ do: 'open' });
  const hash = await sendCode(driver, phone);
  userOf(await driver.ask({ do: 'signIn', phone, hash, code: code(events) }));
  const signIn = events.findLast((event) => event.event === 'request' && event.method === 'auth.signIn');
  assert.ok(signIn?.event === 'request' && signIn.dc === 1);
  userOf(await driver.ask({ do: 'me' }));
}

async function sendCode(driver: Driver, phone: string): Promise<string> {
  const { hash } = await driver.ask({ do: 'sendCode', phone });
  assert.ok(hash !== undefined && hash !== '', 'the driver answers with the hash');
  return hash;
}

function lastSaid(events: readonly SandboxEvent[]) {
  const event = events.findLast(({ event }) => event === 'say');
  return event?.event === 'say' ? event : undefined;
}

/** The code that the phone got last. */
function code(events: readonly SandboxEvent[]): string {
  return lastSaid(events)?.code ?? '';
}

function userOf({ user }: Answer): string {
  assert.match(String(user), /^[1-9]\d*$/, 'the id of a user');
  return String(user);
}

/** Waits for a step that some libraries do not have. */
async function has(asked: Promise<Answer>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof Missing) return false;
    throw error;
  }
}

async function refused(asked: Promise<Answer>, reason: RegExp): Promise<void> {
  await assert.rejects(asked, (error) => {
    if (!(error instanceof Failed)) throw error;
    assert.match(error.message, reason);
    return true;
  });
}

function answersTo(events: readonly SandboxEvent[], wanted: string): unknown[] {
  const found = events.filter((event) => event.event === 'request' && event.method === wanted);
  return found.map((event) => {
    const answer = event.event === 'request' ? event.answer : null;
    return typeof answer === 'object' && answer !== null && '_' in answer ? answer._ : answer;
  });
}
