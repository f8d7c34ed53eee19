/**
 * Whether a word looks like a session string, a token, a hash or a key: long, or letters and digits without a pause. Names of files and
 * hosts do not.
 */
export function mayBeSecret(word: string): boolean {
  const isPath = /^(\.{0,2}\/|~|[a-z]:\\)/i.test(word);
  const isName = /^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(word);
  return !isPath && !isName && (word.length > 40 || /(?=[a-z]*\d)[a-z\d]{16,}/i.test(word));
}
