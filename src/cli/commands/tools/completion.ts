/**
 * `completion`: prints a script with which a shell completes commands, options, values, files and sessions. The script
 * is static; only the names of sessions need a run of tg-auth.
 */
import type { CommandWords, Result } from '../../command.ts';
import { fishScript } from '../../completion/fish.ts';
import { bashScript, zshScript } from '../../completion/posix.ts';
import { powershellScript } from '../../completion/powershell.ts';
import { completionsOf } from '../../completion/words.ts';
import { oneOf, parseValue } from '../../settings/setting.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

/** `groups`: summaries of the groups of commands. Throws `UsageError` for an unknown shell. */
export function complete(
  shell: string,
  commands: readonly CommandWords[],
  groups: Readonly<Record<string, string>>,
): Result {
  const name = parseValue(oneOf('bash', 'zsh', 'fish', 'powershell'), shell, 'The shell');
  const script = SCRIPTS[name](completionsOf(commands, groups));
  return { text: script.trimEnd(), exact: true, json: { result: script, shell: name } };
}
