/** Quotes a word, if it needs quotes, for the shell that a person pastes it into: /bin/sh, or PowerShell on Windows. */
export function shellQuote(word: string, platform?: NodeJS.Platform): string {
  if (platform !== 'win32') return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  return /^[\w%+=:./\\-]+$/.test(word) ? word : powershellQuote(word);
}

/** Double quotes, which cmd.exe knows too, unless the word has a character that they do not protect. */
export function powershellQuote(word: string): string {
  return /[$`"]/.test(word) ? `'${word.replaceAll("'", "''")}'` : `"${word}"`;
}
