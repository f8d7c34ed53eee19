/** What the JavaScript drivers share: commands from stdin, answers on stdout. See ../driver.ts. */
import { createInterface } from 'node:readline';

export const place = JSON.parse(process.argv.at(-1));
export const ports = Object.fromEntries(place.dcs.map(({ id, port }) => [id, port]));
export const API_ID = 12345;
export const API_HASH = '0123456789abcdef0123456789abcdef';

/** The library has no such step. */
export class Missing extends Error {}

/** Answers until stdin ends. `steps` has a function for each command. */
export async function serve(steps, nameOf = (error) => error?.message ?? String(error)) {
  process.on('unhandledRejection', (error) => process.stderr.write(`${error?.stack ?? error}\n`));
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    let answer;
    try {
      answer = { ok: (await steps[command.do](command)) ?? {} };
    } catch (error) {
      process.stderr.write(`${error?.stack ?? error}\n`);
      answer = error instanceof Missing ? { missing: error.message } : { error: nameOf(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}
