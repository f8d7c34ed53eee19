/**
 * Finds the name of an error in pasted text: the name itself, an error as a library prints it (`RPCError 401:
 * SESSION_PASSWORD_NEEDED (caused by auth.SignIn)`), or a library's class (`PhoneCodeExpiredError`, `FloodWait`).
 */

interface Pasted {
  readonly name: string;
  /** error_code, if the text contains it. */
  readonly code: number | undefined;
}

/** Prefers a name that is `known`. */
export function findName(text: string, known: (name: string) => boolean): Pasted | undefined {
  const [, digits] = /(?:^|[^\w-])(-?\d{3})(?![\w])/.exec(` ${text}`) ?? [];
  const code = digits === undefined ? undefined : Number(digits);
  const capitals = text.match(/\b[A-Z0-9]+(?:_[A-Z0-9]+)+\b/g) ?? [];
  const classes = (text.match(/\b(?:[A-Z][a-z0-9]+){2,}\b/g) ?? []).flatMap(fromClass);
  const typed = /^[\w-]+$/.test(text.trim()) ? [text.trim().toUpperCase().replaceAll('-', '_')] : [];
  const candidates = [...capitals, ...classes, ...typed];
  const name = candidates.find(known) ?? candidates[0];
  return name === undefined ? undefined : { name, code };
}

/** `FloodWaitError` → FLOOD_WAIT_ERROR, FLOOD_WAIT, FLOOD_WAIT_X. */
function fromClass(word: string): string[] {
  const name = word.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
  const short = name.replace(/_(ERROR|EXCEPTION)$/, '');
  return [short, `${short}_X`, name];
}

/** Largest edit distance of a suggestion, as a share of the longer name. */
const MAX_DISTANCE = 0.4;

/** Up to three names similar to a mistyped one, best first. */
export function nearest(name: string, names: readonly string[]): string[] {
  const near = names
    .filter((each) => Math.abs(name.length - each.length) <= MAX_DISTANCE * Math.max(name.length, each.length))
    .map((each) => ({ each, far: distance(name, each) / Math.max(name.length, each.length) }))
    .filter(({ far }) => far <= MAX_DISTANCE)
    .sort((a, b) => a.far - b.far);
  return near.slice(0, 3).map(({ each }) => each);
}

/** Levenshtein distance. */
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
