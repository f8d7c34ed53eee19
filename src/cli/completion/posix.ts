/** Completion in bash and zsh: one set of functions with the words, and one function for each shell that uses them. */
import { type Choice, type Completions, type Flag, type Value, valued } from './words.ts';

/** In single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function entries(choices: readonly Choice[]): string {
  return choices.map(([word, about]) => quoted(`${word}:${about}`)).join(' ');
}

function choicesOf(flags: readonly Flag[]): Choice[] {
  return flags.map(({ long, about }) => [long, about]);
}

function assign(value: Value): string {
  return typeof value === 'string' ? `kind=${value}` : `reply=(${value.words.map(quoted).join(' ')})`;
}

/** The cases of an option's value. `path`: the start of the words before it. */
function valueCases(path: string, flags: readonly Flag[]): string[] {
  return flags.flatMap(({ long, value }) =>
    value === undefined || (typeof value !== 'string' && value.words.length === 0)
      ? []
      : [`    ${quoted(path)}*${quoted(` ${long}`)}) ${assign(value)} ;;`],
  );
}

/**
 * Functions for both shells. Each sets `reply`, a list of `word:meaning`, and `kind`, which is `files` or `sessions` if
 * those are to be completed.
 */
function common(all: Completions): string {
  const { next, options, globals } = all;
  const paths = [...options].sort(([a], [b]) => b.length - a.length); // a longer name first: both may match
  return `# Sets typed to the commands and arguments, and flag to an option that waits for its value.
_tg_auth_scan() {
  typed='' flag='' kind='' reply=()
  while [ $# -gt 0 ]; do
    if [ -n "$flag" ]; then flag=''
    else
      case $1 in
        ${valued(all).join('|')}) flag=$1 ;;
        -*) ;;
        *) typed="\${typed:+$typed }$1" ;;
      esac
    fi
    shift
  done
}
_tg_auth_value() {
  case "$typed $flag" in
${[...paths.flatMap(([path, flags]) => valueCases(path, flags)), ...valueCases('', globals)].join('\n')}
  esac
}
_tg_auth_options() {
  case $typed in
${paths.map(([path, flags]) => `    ${quoted(path)}*) reply=(${entries(choicesOf(flags))}) ;;`).join('\n')}
  esac
  reply+=(${entries(choicesOf(globals))})
}
_tg_auth_words() {
  case $typed in
${[...next].map(([path, choices]) => `    ${quoted(path)}) reply=(${entries(choices)}) ;;`).join('\n')}
${all.named.map(([path, kind]) => `    ${quoted(path)}) kind=${kind} ;;`).join('\n')}
  esac
}
_tg_auth_sessions() {
  local name more
  while read -r name more; do reply+=("$name"); done < <(command tg-auth session list 2>/dev/null </dev/null)
}
`;
}

/** bash splits words at "=", unless COMP_WORDBREAKS says otherwise. */
export function bashScript(all: Completions): string {
  return `# bash completion for tg-auth
${common(all)}_tg_auth() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=() prefix='' typed flag kind reply each i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --) _tg_auth_rest $((i + 1)); return ;;
      =) ;;
      *) before+=("\${COMP_WORDS[i]}") ;;
    esac
  done
  _tg_auth_scan "\${before[@]}"
  case $cur in
    =) cur='' ;;
    --*=*) flag=\${cur%%=*} prefix=$flag= cur=\${cur#*=} ;;
  esac
  if [ -n "$flag" ]; then _tg_auth_value
  elif [[ $cur == -* ]]; then _tg_auth_options
  else _tg_auth_words
  fi
  case $kind in
    files) _tg_auth_files; return ;;
    sessions) _tg_auth_sessions ;;
  esac
  for each in "\${reply[@]}"; do
    each=\${each%%:*}
    [[ $each == "$cur"* ]] && COMPREPLY+=("$prefix$each")
  done
}
# Readline puts quotes around names with spaces, and continues those of the user.
_tg_auth_files() {
  cur=\${cur#[\\"\\']}
  while IFS= read -r each; do COMPREPLY+=("$prefix$each"); done < <(compgen -f -- "\${cur//\\\\/}")
  compopt -o filenames 2>/dev/null
}
# The words after "sandbox --" are another command.
_tg_auth_rest() {
  if declare -F _comp_command_offset >/dev/null; then _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then _command_offset "$1"
  elif [ "$COMP_CWORD" -gt "$1" ]; then _tg_auth_files
  else
    while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen -c -- "$cur" | sort -u)
    [[ $cur == */* ]] || return 0
    COMPREPLY=()
    _tg_auth_files
  fi
}
complete -F _tg_auth tg-auth
`;
}

export function zshScript(all: Completions): string {
  return `#compdef tg-auth
${common(all)}_tg_auth() {
  local typed flag kind i
  local -a reply before
  before=("\${(@)words[2,CURRENT-1]}")
  i=\${before[(i)--]}
  if (( i <= $#before )); then
    shift $(( i + 1 )) words
    (( CURRENT -= i + 1 ))
    _normal
    return
  fi
  _tg_auth_scan "\${(@)before}"
  if [[ -z $flag && $PREFIX == --*=* ]]; then
    flag=\${PREFIX%%=*}
    compset -P 1 '*='
  fi
  if [[ -n $flag ]]; then _tg_auth_value
  elif [[ $PREFIX == -* ]]; then _tg_auth_options
  else _tg_auth_words
  fi
  case $kind in
    files) _files ;;
    sessions) _tg_auth_sessions; compadd -a reply ;;
    *) (( $#reply )) && _describe tg-auth reply ;;
  esac
}
if [[ \${funcstack[1]} == _tg-auth ]]; then
  _tg_auth "$@"
else
  (( $+functions[compdef] )) || { autoload -U compinit && compinit }
  compdef _tg_auth tg-auth
fi
`;
}
