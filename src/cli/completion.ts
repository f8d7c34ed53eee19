/** Scripts of shells, made of the tables that the parser reads. */

/** An option as it is declared: `-v, --verbose`, `--format <name>`. */
export interface Flag {
  readonly flags: string;
  readonly help: string;
  readonly values?: readonly string[] | undefined;
}

export interface Words {
  readonly commands: readonly { readonly name: string; readonly summary: string; readonly options: readonly Flag[] }[];
  readonly globals: readonly Flag[];
}

/** `--format` of `--format <name>`. */
function long({ flags }: Flag): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function takesValue({ flags }: Flag): boolean {
  return flags.includes('<');
}

function takesFile({ flags }: Flag): boolean {
  return flags.includes('<file>');
}

function longs(flags: readonly Flag[]): string {
  return [...flags.map(long), '--help'].join(' ');
}

/** The words behind each word or pair of words: `session` → list show…. */
function tree({ commands }: Words): Map<string, string[]> {
  const next = new Map<string, string[]>([['', []]]);
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ');
    next.set('', [...new Set([...(next.get('') ?? []), first])]);
    if (second !== undefined) next.set(first, [...(next.get(first) ?? []), second]);
  }
  return next;
}

export function bashScript(words: Words): string {
  const all = [...words.globals, ...words.commands.flatMap(({ options }) => options)];
  const unique = [...new Map(all.map((flag) => [`${long(flag)} ${flag.values?.join(' ')}`, flag])).values()];
  const valued = [...new Set(all.filter(takesValue).map(long))];
  const files = [...new Set(all.filter(takesFile).map(long))];
  const listed = new Map<string, string[]>();
  for (const flag of unique)
    if (flag.values !== undefined)
      listed.set(long(flag), [...new Set([...(listed.get(long(flag)) ?? []), ...flag.values])]);
  const groups = [...tree(words)].map(([word, next]) => `    '${word}') commands='${next.join(' ')}' ;;`);
  const options = words.commands
    .filter((command) => command.options.length > 0)
    .map((command) => `    '${command.name}'*) options='${longs(command.options)}' ;;`);
  return `# bash completion for tg-auth
_tg_auth() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} typed='' commands='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valued.join('|')}) ((i++)) ;;
      -*) ;;
      *) typed="\${typed:+$typed }\${COMP_WORDS[i]}" ;;
    esac
  done
  case $prev in
${[...listed].map(([flag, values]) => `    ${flag}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$cur")); return ;;`).join('\n')}
    ${files.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${valued.join('|')}) COMPREPLY=(); return ;;
  esac
  case $typed in
${groups.join('\n')}
    completion) commands='bash zsh fish' ;;
  esac
  case $typed in
${options.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$commands $options ${longs(words.globals)}" -- "$cur"))
}
complete -F _tg_auth tg-auth
`;
}

/** zsh runs what bash does, by its own bashcompinit. */
export function zshScript(words: Words): string {
  return `autoload -U +X compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${bashScript(words)}`;
}

export function fishScript(words: Words): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const flag = (each: Flag, when: string) => {
    const short = /^-(\w),/.exec(each.flags)?.[1];
    const value =
      each.values === undefined
        ? takesFile(each)
          ? ' -rF'
          : takesValue(each)
            ? ' -x'
            : ''
        : ` -xa ${quoted(each.values.join(' '))}`;
    return `complete -c tg-auth${when} -l ${long(each).slice(2)}${short === undefined ? '' : ` -s ${short}`}${value} -d ${quoted(each.help)}`;
  };
  const seen = (name: string) =>
    ` -n '${name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')}'`;
  const lines = [
    '# fish completion for tg-auth',
    'complete -c tg-auth -f',
    ...words.globals.map((each) => flag(each, '')),
  ];
  for (const [group, next] of tree(words))
    for (const word of next) {
      const command = words.commands.find(({ name }) => name === (group === '' ? word : `${group} ${word}`));
      const when =
        group === ''
          ? " -n '__fish_use_subcommand'"
          : ` -n '__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${next.join(' ')}'`;
      lines.push(
        `complete -c tg-auth${when} -a ${word}${command === undefined ? '' : ` -d ${quoted(command.summary)}`}`,
      );
    }
  for (const { name, options } of words.commands) lines.push(...options.map((each) => flag(each, seen(name))));
  lines.push("complete -c tg-auth -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'");
  return `${lines.join('\n')}\n`;
}
