/**
 * Commands to paste on Windows. Advice and examples are written for a POSIX shell; here each of their commands becomes
 * the one of PowerShell.
 */
import { powershellQuote as quote } from './shell-quote.ts';

const FOLDER = '"C:\\path\\to\\folder"';

type Rule = readonly [RegExp, (...found: string[]) => string];

const RULES: readonly Rule[] = [
  [/^rm "(.*)"$/, (_, path = '') => `Remove-Item -LiteralPath ${quote(path)}`],
  [/^mv "(.*)" "(.*)"$/, (_, from = '', to = '') => `Move-Item -LiteralPath ${quote(from)} ${quote(to)}`],
  [/^export TMPDIR=.*$/, () => `$env:TEMP = ${FOLDER}`],
  [/^export (\w+)=.*$/, (_, name) => `$env:${name} = ${FOLDER}`],
  [/^chmod go= "(.*)"$/, (_, path = '') => `icacls ${quote(path)} /inheritance:r /grant:r "\${env:USERNAME}:F"`],
  [
    /^sudo chown (-R |<flag>)?"\$\(id -u\)" "([^"]*)".*$/,
    (_, all, path = '') => `takeown /f ${quote(path)}${all === '-R ' ? ' /r' : ''}`,
  ],
  [/^chmod \+x (.*)$/, (_, file) => `tg-auth sandbox -- bash ${file}`],
  [/^eval "\$\((.*)\)"$/, (_, command) => `${command} | Out-String | Invoke-Expression`],
  [/^python3 /, () => 'py '],
  [/^([a-z]\w*)=\$\((.*)\)$/, (_, name, command) => `$${name} = ${command}`],
  [/\b([A-Z]\w*)=\$\(([^)]*)\) /g, (_, name, secret) => `$env:${name} = ${secret}; `],
  [/^(.*) < (\S+)$/, (_, command, file) => `Get-Content ${file} | ${command}`],
  [/^(.*) && (.*)$/, (_, first, second) => `${first}; if ($?) { ${second} }`],
];

/** Returns a line of advice, or a command alone, as it is pasted on this system. */
export function adviceFor(line: string, platform: NodeJS.Platform | undefined): string {
  if (platform !== 'win32') return line;
  const [, say = '', command = ''] = /^(.*: {2,})?(.*)$/s.exec(line) ?? [];
  return say + RULES.reduce((text, [found, replace]) => text.replace(found, replace), command);
}
