/** Words that may be secrets in the wrong place: messages do not repeat them. */

/**
 * Whether a word looks like a session string, a token, a hash or a key: long, or letters and digits without a pause. Names of files and
 * hosts do not.
 */
export function mayBeSecret(word: string): boolean {
  const isPath = /^(\.{0,2}\/|~|[a-z]:\\)/i.test(word);
  const isName = /^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(word);
  return !isPath && !isName && (word.length > 40 || /(?=[a-z]*\d)[a-z\d]{16,}/i.test(word));
}

/** So much of a word is recognised, since some messages cut it. */
const ENOUGH = 20;

/**
 * Puts "…" into a message for each argument, and each variable of ours, that may be a secret. A message names what was wrong, and cannot know
 * what it was.
 */
export function hiding(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): (message: string) => string {
  const variables = Object.entries(env).flatMap(([name, value = '']) => (name.startsWith('TG_') ? [value] : []));
  const secrets = [...words, ...variables]
    .flatMap((word) => [word, ...word.split('=')]) // --flag=VALUE, name=VALUE
    .filter(mayBeSecret)
    .map((word) => new RegExp(`${escaped(word.slice(0, ENOUGH))}[^\\s"']*`, 'gi'));
  return (message) => secrets.reduce((rest, secret) => rest.replace(secret, '…'), message);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
