/** Completion in PowerShell, 5.1 and newer. */
import { type Choice, type Completions, type Flag, type Value, valued } from './words.ts';

export function powershellScript(all: Completions): string {
  const { next, options, globals } = all;
  const values = [['', globals] as const, ...options].flatMap(([path, flags]) =>
    flags.flatMap(({ long, value }) =>
      value === undefined ? [] : [[`${path} ${long}`.trimStart(), listOf(value)] as const],
    ),
  );
  return `# PowerShell completion for tg-auth
Register-ArgumentCompleter -Native -CommandName 'tg-auth', 'tg-auth.cmd', 'tg-auth.ps1' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  # Words with their meanings, by the words before them.
  $next = @{
${table([...next].map(([path, choices]) => [path, entries(choices)]))}
  }
  $options = @{
${table([...options].map(([path, flags]) => [path, entries(choicesOf(flags))]))}
  }
  $globals = ${entries(choicesOf(globals))}
  # The values of options and arguments. <files> and <sessions> stand for what is on this machine.
  $values = @{
${table([...values, ...all.named.map(([path, kind]) => [path, listOf(kind)] as const)])}
  }
  $valued = ${list(valued(all))}

  $typed = @()
  $flag = ''
  foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $word = $element.Extent.Text
    if ($word -eq '--') {
      # The words after "sandbox --" are another command.
      $start = $element.Extent.EndOffset - $commandAst.Extent.StartOffset
      $rest = $commandAst.Extent.Text.Substring($start).TrimStart()
      if ($wordToComplete -eq '') { $rest = $rest.TrimEnd() + ' ' }
      if ($rest -eq ' ') { $rest = '' }
      return [System.Management.Automation.CommandCompletion]::CompleteInput($rest, $rest.Length, $null).CompletionMatches
    }
    if ($flag -ne '') { $flag = '' }
    elseif ($valued -contains $word) { $flag = $word }
    elseif (-not $word.StartsWith('-')) { $typed += $word }
  }
  $path = $typed -join ' '
  $command = $options.Keys | Where-Object { "$path ".StartsWith("$_ ") } | Sort-Object Length -Descending | Select-Object -First 1
  $prefix = ''
  $current = $wordToComplete
  if ($flag -eq '' -and $current -match '^(--[a-z-]+)=(.*)$') {
    $flag = $Matches[1]
    $prefix = "$flag="
    $current = $Matches[2]
  }

  if ($flag -ne '') {
    $found = $values["$command $flag"]
    if ($null -eq $found) { $found = $values[$flag] }
  }
  elseif ($current.StartsWith('-')) { $found = @($options["$command"]) + $globals }
  elseif ($values.ContainsKey($path)) { $found = $values[$path] }
  else { $found = $next[$path] }

  if ($found -contains '<files>') {
    return [System.Management.Automation.CompletionCompleters]::CompleteFilename($current) | ForEach-Object {
      [System.Management.Automation.CompletionResult]::new($prefix + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
    }
  }
  if ($found -contains '<sessions>') {
    $found = & tg-auth session list 2>$null | ForEach-Object { ($_ -split '\\s')[0] }
  }
  foreach ($entry in $found) {
    if ([string]::IsNullOrEmpty($entry)) { continue }
    $word, $about = $entry -split ':', 2
    if (-not $word.StartsWith($current)) { continue }
    if ([string]::IsNullOrEmpty($about)) { $about = $word }
    [System.Management.Automation.CompletionResult]::new($prefix + $word, $word, 'ParameterValue', $about)
  }
}
`;
}

function choicesOf(flags: readonly Flag[]): Choice[] {
  return flags.map(({ long, about }) => [long, about]);
}

function entries(choices: readonly Choice[]): string {
  return list(choices.map(([word, about]) => `${word}:${about}`));
}

function listOf(value: Value): string {
  return list(typeof value === 'string' ? [`<${value}>`] : value.words);
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([key, value]) => `    ${quoted(key)} = ${value}`).join('\n');
}

/** PowerShell takes the quotation marks of typography for plain ones. */
function quoted(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
