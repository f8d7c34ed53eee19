/** How commands start on Windows. The rules of cmd.exe and of argv there are written down once more, as a check. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { windowsCommand } from '../../../src/cli/sandbox/windows-command.ts';
import { UsageError } from '../../../src/errors.ts';

const FILES = [
  'C:\\Program Files\\nodejs\\node.exe',
  'C:\\Program Files\\nodejs\\npm', // a script for a POSIX shell
  'C:\\Program Files\\nodejs\\npm.cmd',
  'C:\\tools\\old.BAT',
  'C:\\tools\\npm.exe',
  'C:\\work\\login.cmd',
  'C:\\work\\100% & more.cmd',
];
const env = { Path: '"C:\\Program Files\\nodejs";;C:\\tools', PATHEXT: '.COM;.EXE;.BAT;.CMD;.JS' };
const isFile = (path: string) => FILES.some((file) => file.toLowerCase() === path.toLowerCase());
const start = (...command: string[]) => windowsCommand(command, { env, cwd: 'C:\\work', isFile });
const line = (...command: string[]) => start(...command).args.at(-1);

describe('a command on Windows', () => {
  test('that is a .cmd or .bat file runs in cmd.exe', () => {
    assert.deepEqual(start('npm', 'test'), {
      file: 'cmd.exe',
      args: ['/d', '/e:on', '/v:off', '/s', '/c', '""C:\\Program Files\\nodejs\\npm.CMD" test"'],
      windowsVerbatimArguments: true,
    });
    assert.equal(line('old'), '""C:\\tools\\old.BAT""');
    assert.equal(line('npm.cmd', 'run', 'a b'), '""C:\\Program Files\\nodejs\\npm.cmd" run "a b""');
    const shell = { ...env, COMSPEC: 'C:\\Windows\\cmd.exe' };
    assert.equal(windowsCommand(['npm'], { env: shell, cwd: 'C:\\', isFile }).file, 'C:\\Windows\\cmd.exe');
  });

  test('that is a program starts as it is', () => {
    assert.deepEqual(start('node', '-e', 'a "b"'), {
      file: 'C:\\Program Files\\nodejs\\node.EXE',
      args: ['-e', 'a "b"'],
      windowsVerbatimArguments: false,
    });
    assert.equal(start('nothing').file, 'nothing');
  });

  test('with a path is found there, and without one not in the current folder', () => {
    for (const name of ['./login', '.\\login.cmd', 'C:\\work\\login'])
      assert.match(line(name) ?? '', /^""C:\\work\\login\.cmd""$/i);
    assert.equal(start('login').file, 'login');
    assert.equal(line('./100% & more'), '""C:\\work\\100%%cd:~,% & more.CMD""');
  });

  test('refuses a line break in an argument of a .cmd file', () => {
    assert.throws(() => start('npm', 'a\nb'), UsageError);
    assert.deepEqual(start('node', 'a\nb').args, ['a\nb']);
  });

  test('gets its arguments as they were, and cmd.exe sees no operator or variable in them', () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '%',
      '%PATH%',
      '!x!',
      '&',
      '|',
      '>',
      '^',
      '(',
      ')',
      ' ',
      ',',
      ';',
      '=',
      'a',
      'é',
    );
    const word = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const whole = line('npm', ...words) ?? '';
        const inner = expanded(whole.slice(1, -1));
        for (const char of outsideQuotes(inner)) assert.doesNotMatch(char, /[&|<>^(),;=%!]/, inner);
        assert.deepEqual(argvOf(inner).slice(1), words);
      }),
    );
  });
});

/** Expands variables as cmd.exe does on its command line. Fails on any but the empty one. */
function expanded(text: string): string {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const end = text[i] === '%' ? text.indexOf('%', i + 1) : -1;
    if (end <= i + 1) result += text[i];
    else {
      assert.equal(text.slice(i + 1, end), 'cd:~,', text);
      i = end;
    }
  }
  return result;
}

/** The characters that cmd.exe may take for operators: each quotation mark begins or ends a quoted part. */
function outsideQuotes(text: string): string[] {
  return text.split('"').flatMap((part, i) => (i % 2 === 0 ? [...part] : []));
}

/** The arguments as the C runtime of Windows reads them, and Node.js with it. */
function argvOf(text: string): string[] {
  const words: string[] = [];
  for (let i = 0; i < text.length; ) {
    let word = '';
    let isQuoted = false;
    for (; i < text.length && (isQuoted || text[i] !== ' '); i++) {
      const [, slashes = '', mark = ''] = /^(\\*)("?)/.exec(text.slice(i)) ?? [];
      if (mark === '') word += text[i];
      else {
        word += '\\'.repeat(slashes.length >> 1);
        i += slashes.length;
        if (slashes.length % 2 === 1) word += '"';
        else if (isQuoted && text[i + 1] === '"') {
          word += '"';
          i++;
        } else isQuoted = !isQuoted;
      }
    }
    words.push(word);
    while (text[i] === ' ') i++;
  }
  return words;
}
