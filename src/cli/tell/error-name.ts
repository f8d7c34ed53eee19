/**
 * An error's name, found in what people paste: the name itself, an error as a library prints it (`RPCError 401: SESSION_PASSWORD_NEEDED (caused by
 * auth.SignIn)`), or the class that a library makes of it (`PhoneCodeExpiredError`, `FloodWait`).
 */

export interface Pasted {
  readonly name: string;
  /** error_code, if it was there too. */
  readonly code: number | undefined;
}

/** `known`: whether a name has an entry. Prefers one that has. */
export function findName(text: string, known: (name: string) => boolean): Pasted | undefined {
  const [, digits] = /(?:^|[^\w-])(-?\d{3})(?![\w])/.exec(` ${text}`) ?? [];
  const code = digits === undefined ? undefined : Number(digits);
  const shouted = text.match(/\b[A-Z0-9]+(?:_[A-Z0-9]+)+\b/g) ?? [];
  const classes = (text.match(/\b(?:[A-Z][a-z0-9]+){2,}\b/g) ?? []).flatMap(fromClass);
  const typed = /^[\w-]+$/.test(text.trim()) ? [text.trim().toUpperCase().replaceAll('-', '_')] : [];
  const candidates = [...shouted, ...classes, ...typed];
  const name = candidates.find(known) ?? candidates[0];
  return name === undefined ? undefined : { name, code };
}

/** `FloodWaitError` → FLOOD_WAIT_ERROR, FLOOD_WAIT, FLOOD_WAIT_X. */
function fromClass(word: string): string[] {
  const name = word.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
  const short = name.replace(/_(ERROR|EXCEPTION)$/, '');
  return [short, `${short}_X`, name];
}

const MOST_FAR = 0.4;

/** The names nearest to a mistyped one, best first; at most three, and none that is nothing like it. */
export function nearest(name: string, names: readonly string[]): string[] {
  const near = names
    .filter((each) => Math.abs(name.length - each.length) <= MOST_FAR * Math.max(name.length, each.length))
    .map((each) => ({ each, far: distance(name, each) / Math.max(name.length, each.length) }))
    .filter(({ far }) => far <= MOST_FAR)
    .sort((a, b) => a.far - b.far);
  return near.slice(0, 3).map(({ each }) => each);
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row[b.length] ?? 0;
}
