/** Commands in this process, on buffers: separate processes would take minutes. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { createContext } from '../../src/cli/context.ts';
import type { Outside } from '../../src/cli/outside.ts';
import { parse } from '../../src/cli/program.ts';
import { failureOf } from '../../src/cli/tell/failure.ts';
import { Output, PLAIN } from '../../src/cli/tell/output.ts';

export interface Run {
  readonly exit: number;
  readonly type: string;
  /** Everything written to stderr and stdout. */
  readonly said: string;
  /** With --json, the object on stdout. */
  readonly json: string;
}

export interface Surroundings {
  readonly env: Outside['env'];
  /** Default: empty. */
  readonly stdin?: string;
  /** Ctrl-C. */
  readonly interrupted?: AbortSignal;
}

/** Runs a command line as `main.ts` does, without a terminal. Blanks separate its words. */
export async function runInside(line: string, { env, stdin, interrupted }: Surroundings): Promise<Run> {
  let [said, json] = ['', ''];
  const err = new Writable({
    write(chunk, _, done) {
      said += chunk;
      done();
    },
  });
  const outside: Outside = {
    stdin: Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]),
    stdout: {
      write(text) {
        said += text;
        json += text;
      },
    },
    stderr: err,
    columns: 80,
    env,
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, 'tg-auth'],
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted: interrupted ?? new AbortController().signal,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const order = parse(line.split(' '), { paint: PLAIN, columns: 80 });
  assert.ok('command' in order);
  const { command, input, globals } = order;
  const out = new Output(outside, { json: globals.json === true, quiet: false, verbose: true, paint: PLAIN }, Date.now);
  out.command = command.name;
  const ctx = createContext(outside, globals, out, {
    command: command.name,
    lasting: command.lasting?.(input) === true,
    readOnly: command.readOnly,
  });
  try {
    const ending = await act();
    assert.ok('text' in ending);
    out.answer(ending.text, ending.json, ending);
    return { exit: ending.no === true ? 1 : 0, type: '', said, json };
  } catch (error) {
    const failure = failureOf(error, ctx.facts, ctx.causes, Date.now());
    out.failure({ ...failure, next: ctx.steps.get(failure.type) ?? failure.next });
    return { exit: failure.exitCode, type: failure.type, said, json };
  }

  async function act() {
    try {
      return await (await command.load()).run(ctx, input);
    } catch (error) {
      await ctx.rememberWait(error);
      throw error;
    } finally {
      await ctx.close();
    }
  }
}
