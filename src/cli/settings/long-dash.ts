/** Options whose dashes a word processor or a chat has replaced by a long one: `—qr`, `–hash`. */
import { UsageError } from '../../errors.ts';
import { isAscii } from '../../printable.ts';

/** One or more dashes, at least one of them long, and what follows. */
const longDash = () => /^(-*[\p{Pd}\u2212\u2500](?<!-)[\p{Pd}\u2212\u2500]*)([a-z]+(?:-[a-z]+)*)(?:[=\s]|$)/iu;

/** A longer word may be a secret. */
const LONGEST = 24;

/**
 * Throws `UsageError` with the right spelling for an option with a long dash. It shows only the option's name. The
 * words after `--` belong to another command. `guess`: what an unknown option among other words may mean.
 */
export function refuseLongDashes(
  argv: readonly string[],
  guess: (words: readonly string[]) => string | undefined,
): void {
  const end = argv.indexOf('--');
  for (const [i, word] of argv.slice(0, end === -1 ? argv.length : end).entries()) {
    if (isAscii(word)) continue;
    const [, dashes = '', name] = longDash().exec(word) ?? [];
    if (name === undefined || name.length > LONGEST) continue;
    const right = `${name.length === 1 ? '-' : '--'}${name}`;
    throw new UsageError(`"${dashes}${name}" begins with a long dash.`, {
      why: [guess(argv.with(i, right)) ?? `Write it as:  ${right}`],
    });
  }
}
