/**
 * Loads a sandbox of its own as a test suite does, and shows its memory: 300 connections that stay open, 50 clients at
 * once, and 1000 sign-ins one after the other, each with a new key.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { current } from '../../src/tl/layer.ts';
import { type Address, sendCode, TestClient } from '../sandbox/client.ts';
import { say } from './table.ts';

const IDLE = 300;
const AT_ONCE = 50;
const IN_A_ROW = 1000;

export async function load(bin: string): Promise<void> {
  const sandbox = spawn(process.execPath, [bin, 'sandbox', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface({ input: sandbox.stdout }), 'line');
  const address: Address = JSON.parse(line);
  sandbox.stdout.resume();
  const memory = () =>
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(sandbox.pid)], { encoding: 'utf8' })) / 1024;
  /** `keys`: how many key exchanges it takes. */
  const step = async (title: string, act: () => Promise<unknown>, keys = 0) => {
    const started = performance.now();
    await act();
    const seconds = (performance.now() - started) / 1000;
    const rate = keys === 0 ? '' : `${(keys / seconds).toFixed(0).padStart(6)} keys/s, both ends`;
    say(`  ${title.padEnd(40)} ${seconds.toFixed(1).padStart(7)} s ${memory().toFixed(0).padStart(7)} MiB${rate}`);
  };
  try {
    say(`The sandbox under load                          time   memory`);
    await step('started', async () => {});
    const idle: TestClient[] = [];
    const open = async () => {
      for (let i = 0; i < IDLE; i++) {
        const client = await TestClient.start(address);
        await client.call(current, 'help.getConfig', {});
        idle.push(client);
      }
    };
    const atOnce = () => Promise.all(Array.from({ length: AT_ONCE }, (_, i) => signsIn(address, i)));
    const inARow = async () => {
      for (let i = 0; i < IN_A_ROW; i++) await signsIn(address, i);
    };
    await step(`${IDLE} connections, all left open`, open, IDLE);
    await step(`${AT_ONCE} clients sign in at once`, atOnce, AT_ONCE);
    await step(`${IN_A_ROW} sign-ins in a row`, inARow, IN_A_ROW);
    await step(`the ${IDLE} ask again`, () =>
      Promise.all(idle.map((client) => client.call(current, 'help.getConfig', {}))),
    );
    for (const client of idle) client.close();
    say();
  } finally {
    sandbox.kill();
  }
}

async function signsIn(address: Address, n: number): Promise<void> {
  const client = await TestClient.start(address);
  const phone_number = `999662${String(3000 + (n % 1000)).padStart(4, '0')}`;
  const sent = await client.call(current, 'auth.sendCode', sendCode(phone_number));
  if (sent._ !== 'auth.sentCode') throw new Error(`auth.sendCode answered ${sent._}`);
  const { phone_code_hash } = sent;
  await client.call(current, 'auth.signIn', { phone_number, phone_code_hash, phone_code: '22222' });
  client.close();
}
