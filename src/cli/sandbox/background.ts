/** `sandbox --env`: a sandbox in the background, and the lines that point a shell to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EXIT } from '../../errors.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';
import type { Outside } from '../outside.ts';
import { shellQuote } from '../tell/shell-quote.ts';
import type { Variables } from './run-command.ts';

/** The last line of a complete output, as text or as JSON. */
const COMPLETE = /\bTG_AUTH_SANDBOX_PID\b.*\n/;

/**
 * Starts this command once more in the background, with --foreground, and returns when it is ready. What it prints
 * until then, lines for `eval` or a JSON object, is this command's output.
 */
export async function detach({ outside, deadline: { signal }, out }: Context): Promise<Result> {
  const [program, ...before] = outside.script;
  const words = process.argv.slice(2).filter((word) => word !== '--');
  const child = spawn(program, [...before, ...words, '--foreground'], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop, { once: true });
  const closed = once(child, 'close');
  let [text, errors] = ['', ''];
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (COMPLETE.test(text)) resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (part) => {
    errors += part;
  });
  const ended = await Promise.race([ready, closed]);
  signal.throwIfAborted();
  outside.stderr.write(errors);
  outside.stdout.write(text);
  await new Promise((resolve) => setImmediate(resolve)); // a failure to write aborts, which stops the sandbox
  signal.throwIfAborted();
  signal.removeEventListener('abort', stop);
  if (Array.isArray(ended)) return { status: typeof ended[0] === 'number' ? ended[0] : EXIT.bug };
  for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
  child.unref();
  out.success(`The sandbox is running in the background (PID ${child.pid}).`);
  out.hint({ say: 'Sign in with the code 22222', run: 'tg-auth login +9996620001' });
  out.hint(`Stop it:  kill ${child.pid}`);
  return { status: 0 };
}

/** Returns lines that set these variables in a POSIX shell or fish; on Windows in PowerShell, unless SHELL is set. */
export function assignments(variables: Variables, { env, platform }: Pick<Outside, 'env' | 'platform'>): string {
  const isPowerShell = platform === 'win32' && !env.SHELL;
  return Object.entries(variables)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) =>
      isPowerShell ? `$env:${name} = '${value.replaceAll("'", "''")}'` : `export ${name}=${shellQuote(value)};`,
    )
    .join('\n');
}
