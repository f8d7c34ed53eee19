/**
 * `completion`: prints a script with which a shell completes commands, options and their values. The script is static:
 * pressing Tab does not start tg-auth.
 */
import type { Command, Option, Result } from '../command.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../settings/options.ts';
import { oneOf, parseValue } from '../settings/setting.ts';

/** Throws `UsageError` for an unknown shell. */
export function complete(shell: string, commands: readonly Command[]): Result {
  const name = parseValue(oneOf('bash', 'zsh', 'fish'), shell, 'The shell');
  const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[name](commands);
  return { text: script.trimEnd(), exact: true, json: { result: script, shell: name } };
}

const GLOBALS: readonly Option[] = [...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES];

/** `--format` of `--format <name>`. */
function long({ flags }: Option): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function takesValue({ flags }: Option): boolean {
  return flags.includes('<');
}

function takesFile({ flags }: Option): boolean {
  return flags.includes('<file>');
}

function longs(options: readonly Option[]): string {
  return [...options.map(long), '--help'].join(' ');
}

/** The words that can follow, by what comes before: `session` → list, show… */
function tree(commands: readonly Command[]): Map<string, string[]> {
  const next = new Map<string, string[]>([['', []]]);
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ');
    next.set('', [...new Set([...(next.get('') ?? []), first])]);
    if (second !== undefined) next.set(first, [...(next.get(first) ?? []), second]);
  }
  return next;
}

/** The values of each option that has a list, from all commands. */
function listedValues(all: readonly Option[]): [string, string[]][] {
  const listed = new Map<string, string[]>();
  for (const option of all)
    if (option.values !== undefined)
      listed.set(long(option), [...new Set([...(listed.get(long(option)) ?? []), ...option.values])]);
  return [...listed];
}

function bashScript(commands: readonly Command[]): string {
  const all = [...GLOBALS, ...commands.flatMap(({ options = [] }) => options)];
  const valued = [...new Set(all.filter(takesValue).map(long))].join('|');
  const files = [...new Set(all.filter(takesFile).map(long))].join('|');
  const values = listedValues(all).map(
    ([flag, words]) => `    ${flag}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); return ;;`,
  );
  const groups = [...tree(commands)].map(([word, next]) => `    '${word}') commands='${next.join(' ')}' ;;`);
  const options = commands.flatMap(({ name, options = [] }) =>
    options.length === 0 ? [] : [`    '${name}'*) options='${longs(options)}' ;;`],
  );
  return `# bash completion for tg-auth
_tg_auth() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} typed='' commands='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valued}) ((i++)) ;;
      -*) ;;
      *) typed="\${typed:+$typed }\${COMP_WORDS[i]}" ;;
    esac
  done
  case $prev in
${values.join('\n')}
    ${files}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${valued}) COMPREPLY=(); return ;;
  esac
  case $typed in
${groups.join('\n')}
    completion) commands='bash zsh fish' ;;
  esac
  case $typed in
${options.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$commands $options ${longs(GLOBALS)}" -- "$cur"))
}
complete -F _tg_auth tg-auth
`;
}

/** zsh runs the bash script through its own bashcompinit. */
function zshScript(commands: readonly Command[]): string {
  return `autoload -U +X compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${bashScript(commands)}`;
}

function fishScript(commands: readonly Command[]): string {
  const lines = [
    '# fish completion for tg-auth',
    'complete -c tg-auth -f',
    ...GLOBALS.map((option) => fishOption(option, '')),
  ];
  for (const [group, next] of tree(commands))
    for (const word of next) {
      const command = commands.find(({ name }) => name === (group === '' ? word : `${group} ${word}`));
      const when =
        group === ''
          ? " -n '__fish_use_subcommand'"
          : ` -n '__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${next.join(' ')}'`;
      const summary = command === undefined ? '' : ` -d ${quoted(command.summary)}`;
      lines.push(`complete -c tg-auth${when} -a ${word}${summary}`);
    }
  for (const { name, options = [] } of commands) {
    const seen = name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
    lines.push(...options.map((option) => fishOption(option, ` -n '${seen.join('; and ')}'`)));
  }
  lines.push("complete -c tg-auth -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'");
  return `${lines.join('\n')}\n`;
}

function fishOption(option: Option, when: string): string {
  const { flags, help, values } = option;
  const short = /^-(\w),/.exec(flags)?.[1];
  const plain = takesFile(option) ? ' -rF' : takesValue(option) ? ' -x' : '';
  const value = values === undefined ? plain : ` -xa ${quoted(values.join(' '))}`;
  return `complete -c tg-auth${when} -l ${long(option).slice(2)}${short === undefined ? '' : ` -s ${short}`}${value} -d ${quoted(help)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
