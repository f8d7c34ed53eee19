/** Hides words that may be misplaced secrets from messages. */

/** Whether a word looks like a session string, token, hash or key: long, or a run of letters and digits. */
export function mayBeSecret(word: string): boolean {
  const isPath = /^(\.{0,2}\/|~|[a-z]:\\)/i.test(word);
  const isName = /^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(word);
  return !isPath && !isName && (word.length > 40 || /(?=[a-z]*\d)[a-z\d]{16,}/i.test(word));
}

/** Characters of a secret to look for, because some messages cut it. */
const PREFIX = 20;

/**
 * Returns a function that replaces possible secrets in a message with "…": arguments and TG_ variables. A message
 * quotes wrong input, which may be a misplaced secret.
 */
export function hiding(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): (message: string) => string {
  return (message) => {
    const variables = Object.entries(env).flatMap(([name, value = '']) => (name.startsWith('TG_') ? [value] : []));
    const secrets = [...words, ...variables]
      .flatMap((word) => [word, ...word.split('=')]) // --flag=VALUE, name=VALUE
      .filter(mayBeSecret)
      .map((word) => new RegExp(`${escaped(word.slice(0, PREFIX))}[^\\s"']*`, 'gi'));
    return secrets.reduce((rest, secret) => rest.replace(secret, '…'), message);
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
