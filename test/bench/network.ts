/** Round trips, counted by a relay; and wall time with a network of 50 ms each way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startRelay } from '../relay.ts';
import { callAt, environment, type Place } from './startup.ts';
import { median, say } from './table.ts';

const DELAY = 50;

export async function network(place: Place): Promise<void> {
  say('Round trips until the answer, including the connection         with 50 ms each way');
  for (const [name, session, ...more] of [
    ['stored key', () => 'stored'],
    ['stored key, --pfs', () => 'stored-pfs', '--pfs'],
    ['fresh key', () => `far-${process.pid}-${Math.random().toString(36).slice(2)}`],
  ] as const) {
    let turns = 0;
    let last = '';
    const counting = await startRelay({
      target: place.port,
      change: (chunk, { direction }) => {
        if (direction === 'down' && last === 'up') turns++; // the last acknowledgement has no answer
        last = direction;
        return chunk;
      },
    });
    await run(place, counting.port, session(), more); // the relay is at another port, so a stored key has no route yet
    turns = 0;
    await run(place, counting.port, session(), more);
    await counting.close();
    const far = await startRelay({ target: place.port, delay: DELAY });
    const times: number[] = [];
    await run(place, far.port, session(), more);
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      await run(place, far.port, session(), more);
      times.push(performance.now() - started);
    }
    await far.close();
    say(`  ${name.padEnd(46)} ${String(turns + 1).padStart(3)}            ${median(times).toFixed(0).padStart(6)} ms`);
  }
  say();
}

async function run(place: Place, port: number, session: string, more: string[]): Promise<void> {
  const child = spawn(process.execPath, callAt(place, port, session, ...more), {
    env: environment(place),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`send-call ended with ${status}`);
}
