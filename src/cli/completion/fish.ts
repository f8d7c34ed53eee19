/** Completion in fish, which has a line for each command and option. */
import { type Completions, type Flag, type Value, valued } from './words.ts';

export function fishScript(all: Completions): string {
  const { next, options, globals } = all;
  const lines = [
    ...globals.map((flag) => optionLine(flag, '')),
    ...[...options].flatMap(([path, flags]) =>
      flags.map((flag) => optionLine(flag, ` -n ${quoted(`__tg_auth_in ${path}`)}`)),
    ),
    ...[...next].flatMap(([path, choices]) =>
      choices.map(([word, about]) => `${COMPLETE} -n ${at(path)} -a ${quoted(word)} -d ${quoted(about)}`),
    ),
    ...all.named.map(([path, kind]) => `${COMPLETE} -n ${at(path)}${argumentsOf(kind)}`),
    `${COMPLETE} -n __tg_auth_after_dashes -a '(__tg_auth_rest)'`,
  ];
  return `# fish completion for tg-auth
# Prints the commands and arguments before the cursor, without options and their values.
function __tg_auth_typed
    set -l typed
    set -l is_value 0
    for word in (commandline -opc)[2..-1]
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch $word
            case --
                break
            case ${valued(all).join(' ')}
                set is_value 1
            case '-*'
            case '*'
                set -a typed $word
        end
    end
    string join \\n -- $typed
end
function __tg_auth_after_dashes
    contains -- -- (commandline -opc)
end
function __tg_auth_at
    __tg_auth_after_dashes; and return 1
    set -l typed (__tg_auth_typed)
    test "$typed" = "$argv"
end
function __tg_auth_in
    __tg_auth_after_dashes; and return 1
    set -l typed (__tg_auth_typed)
    string match -q -- "$argv *" "$typed "
end
function __tg_auth_sessions
    command tg-auth session list 2>/dev/null </dev/null | string replace -r '\\s.*' ''
end
# The words after "sandbox --" are another command.
function __tg_auth_rest
    set -l words (commandline -opc)
    set -l first (math (contains -i -- -- $words) + 1)
    set -l before
    test $first -le (count $words)
    and set before (string escape -- $words[$first..-1])
    complete -C (string join ' ' -- $before (commandline -ct))
end
complete -c tg-auth -f
${lines.join('\n')}
`;
}

const COMPLETE = 'complete -c tg-auth';

function at(path: string): string {
  return quoted(`__tg_auth_at ${path}`.trimEnd());
}

function argumentsOf(value: Value): string {
  if (value === 'files') return ' -rF';
  if (value === 'sessions') return " -xa '(__tg_auth_sessions)'";
  return value.words.length === 0 ? ' -x' : ` -xa ${quoted(value.words.join(' '))}`;
}

function optionLine({ long, short, about, value }: Flag, when: string): string {
  const letter = short === undefined ? '' : ` -s ${short}`;
  return `${COMPLETE}${when} -l ${long.slice(2)}${letter}${value === undefined ? '' : argumentsOf(value)} -d ${quoted(about)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
