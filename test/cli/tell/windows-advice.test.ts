/** What a person pastes on Windows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillStep, named, names } from '../../../src/catalogue.ts';
import { COMMANDS } from '../../../src/cli/commands/index.ts';
import { aboutSession } from '../../../src/cli/tell/failure.ts';
import { shellQuote } from '../../../src/cli/tell/shell-quote.ts';
import { adviceFor } from '../../../src/cli/tell/windows-advice.ts';

const POSIX_COMMAND = /(^|[|&;(] *)(rm|mv|chmod|chown|export|sudo) |\$\(|&&|^\w+=|2>|\/path\//;

test('no advice names a command of a POSIX shell', () => {
  for (const name of names()) {
    const { next } = named(name) ?? {};
    if (next === undefined) continue;
    const run = fillStep(next, { path: 'C:\\a b\\x.json', part: 'C:\\a b', flag: '-R ' })?.run ?? '';
    assert.doesNotMatch(adviceFor(run, 'win32'), POSIX_COMMAND, name);
    assert.equal(adviceFor(run, 'linux'), run);
  }
});

test('no example in the help is for a POSIX shell, but those that name one', () => {
  for (const { name, examples } of COMMANDS)
    for (const example of examples)
      if (!/completion|jq|\| cut|login\.sh/.test(example))
        assert.doesNotMatch(adviceFor(example, 'win32'), POSIX_COMMAND, name);
});

test('each command has its like in PowerShell', () => {
  const rows = [
    ['Remove its lock:  rm "C:\\a b\\x.lock"', 'Remove its lock:  Remove-Item -LiteralPath "C:\\a b\\x.lock"'],
    ['Move it:  mv "C:\\a$b" "C:\\a$b.damaged"', "Move it:  Move-Item -LiteralPath 'C:\\a$b' 'C:\\a$b.damaged'"],
    ['Choose:  export XDG_STATE_HOME=/path/to/folder', 'Choose:  $env:XDG_STATE_HOME = "C:\\path\\to\\folder"'],
    ['Choose:  export TMPDIR=/path/to/folder', 'Choose:  $env:TEMP = "C:\\path\\to\\folder"'],
    ['Sign in again:  tg-auth logout && tg-auth login', 'Sign in again:  tg-auth logout; if ($?) { tg-auth login }'],
    ['hash=$(tg-auth send-code +79991234567)', '$hash = tg-auth send-code +79991234567'],
    ['TG_AUTH_PASSWORD=$(pass telegram) tg-auth login', '$env:TG_AUTH_PASSWORD = pass telegram; tg-auth login'],
    ['A=$(pass a) B=$(pass b) tg-auth login', '$env:A = pass a; $env:B = pass b; tg-auth login'],
    ['tg-auth tl decode - < query.txt', 'Get-Content query.txt | tg-auth tl decode -'],
    ['Nobody may remove what rm "x" names.', 'Nobody may remove what rm "x" names.'],
  ];
  for (const [posix = '', windows] of rows) assert.equal(adviceFor(posix, 'win32'), windows);
});

test('words are quoted for the shell of the system', () => {
  const rows = [
    ['work', 'work', 'work'],
    ['C:\\keys\\server.pem', "'C:\\keys\\server.pem'", 'C:\\keys\\server.pem'],
    ['a b', "'a b'", '"a b"'],
    ["it's", "'it'\\''s'", '"it\'s"'],
    ['$x', "'$x'", "'$x'"],
    ["$x's", "'$x'\\''s'", "'$x''s'"],
    ['@args', '@args', '"@args"'],
  ];
  for (const [word = '', posix, windows] of rows)
    assert.deepEqual([shellQuote(word, 'linux'), shellQuote(word, 'win32')], [posix, windows]);
  const step = { say: 'Sign out', run: 'tg-auth logout' };
  const { run } = aboutSession(step, { 'server-key': 'C:\\a b.pem' }, 'win32');
  assert.equal(run, 'tg-auth --server-key "C:\\a b.pem" logout');
  const lock = { say: 'Remove its lock', run: 'rm "C:\\a.lock"' };
  assert.equal(aboutSession(lock, {}, 'win32').run, 'Remove-Item -LiteralPath "C:\\a.lock"');
});
