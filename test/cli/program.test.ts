/** The parser: which command lines are accepted, how others are refused, and the help. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { EXIT_MEANINGS } from '../../src/catalogue.ts';
import { COMMANDS as ALL, GROUPS, HELP_COMMAND } from '../../src/cli/commands/index.ts';
import { PAGES } from '../../src/cli/help.ts';
import { parse } from '../../src/cli/program.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../../src/cli/settings/options.ts';
import { PLAIN } from '../../src/cli/tell/output.ts';
import { UsageError } from '../../src/errors.ts';
import { version } from '../../src/version.ts';
import { adviceOf } from '../advice.ts';

const view = { paint: PLAIN, columns: 100 };

function order(...argv: string[]) {
  const parsed = parse(argv, view);
  assert.ok('command' in parsed, 'a command, not a help text');
  return parsed;
}

async function text(...argv: string[]): Promise<string> {
  const parsed = parse(argv, view);
  assert.ok('text' in parsed, 'a text, not a command');
  return parsed.text + (await parsed.notes());
}

const COMMANDS = [
  'send-code',
  'send-call',
  'resend-code',
  'session export',
  'session import',
  'sandbox',
  'tl encode',
  'tl decode',
];

describe('a command line', () => {
  test('is a command, its arguments, its options and the global options, in any order', () => {
    for (const argv of [
      ['send-call', '+7999', '--hash', 'abc', '--wait', '--session', 'work', '--json'],
      ['--json', '--session=work', 'send-call', '--wait', '--hash=abc', '+7999'],
    ]) {
      const { command, input, globals } = order(...argv);
      assert.equal(command.name, 'send-call');
      assert.deepEqual(input.args, ['+7999']);
      assert.deepEqual([input.text('hash'), input.has('wait'), input.has('dry-run')], ['abc', true, false]);
      assert.deepEqual([globals.session, globals.json, globals.input], ['work', true, true]);
    }
  });

  test('has the options of sandbox audit only for those two words before --', async () => {
    const audit = order(
      '--json',
      'sandbox',
      'audit',
      '--control',
      '0',
      '--only',
      'a',
      '--',
      'sandbox',
      'audit',
      '--port',
    );
    assert.equal(audit.command.name, 'sandbox audit');
    assert.deepEqual(audit.input.args, ['sandbox', 'audit', '--port']);
    assert.deepEqual([audit.input.text('control'), audit.input.list('only')], ['0', ['a']]);
    for (const argv of [
      ['sandbox', '--', 'audit', '--list'],
      ['sandbox', '--', 'tg-auth', 'sandbox', 'audit', '--list'],
    ]) {
      const { command, input } = order(...argv);
      assert.deepEqual([command.name, input.args], ['sandbox', argv.slice(2)]);
    }
    for (const argv of [
      ['help', 'sandbox', 'audit'],
      ['sandbox', 'audit', '--help'],
    ])
      assert.match(await text(...argv), /^Usage: tg-auth sandbox audit \[options\] \[command\.\.\.\]\n/);
    assert.match(await text(), / {2}sandbox \[audit\] {2}/);
    assert.throws(() => order('sandbox', 'audit', '--lst'), /Unknown option '--lst'/);
  });

  test('accepts - and an empty text as a hash', () => {
    assert.equal(order('send-call', '--hash', '-').input.text('hash'), '-');
    assert.equal(order('send-call', '--hash', '').input.text('hash'), '');
    assert.equal(order('send-call', '--hash=').input.text('hash'), '');
  });

  test('sets --no-input and --no-color to false, and leaves them unset otherwise', () => {
    const { globals } = order('send-call', '--no-input', '--no-color');
    assert.deepEqual([globals.input, globals.color], [false, false]);
    assert.equal(order('send-call').globals.color, undefined);
  });

  test('may have the old name of `password recover`, which no help and no completion shows', async () => {
    const { command, input } = order('recover-password', '--send');
    assert.deepEqual([command.name, input.has('send')], ['password recover', true]);
    const { complete } = await import('../../src/cli/commands/tools/completion.ts');
    const shown = [
      await text(),
      await text('--help'),
      await text('help', 'password'),
      await text('help', 'password', 'recover'),
    ];
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) shown.push(JSON.stringify(complete(shell, ALL, GROUPS)));
    for (const each of shown) {
      assert.match(each, /password/);
      assert.doesNotMatch(each, /recover-password/);
    }
    assert.match(await text('help', 'recover-password'), /--remove-password/);
    assert.throws(
      () => parse(['recover-passwort'], view),
      (error: UsageError) => !adviceOf(error).includes('recover-password'),
    );
  });

  test('leaves the words after -- to the command in the sandbox', () => {
    const { input, globals } = order(
      'sandbox',
      '--fault',
      'close',
      '--fault',
      'gzip',
      '--',
      'tg-auth',
      '--json',
      '--fault',
    );
    assert.deepEqual(input.args, ['tg-auth', '--json', '--fault']);
    assert.deepEqual(input.list('fault'), ['close', 'gzip']);
    assert.equal(globals.json, undefined);
    assert.deepEqual(order('sandbox').input.list('fault'), []);
  });

  const refused: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
    [['snd-call'], /^Unknown command 'snd-call'\.$/, /^Did you mean send-call\?\nSee all commands: {2}tg-auth --help$/],
    [['tl', 'encod'], /^Unknown command 'encod'\.$/, /^Did you mean encode\?\n.*tg-auth tl --help$/],
    [['session', 'lst'], /^Unknown command 'lst'\.$/, /^Did you mean list\?\n.*tg-auth session --help$/],
    [['session', 'list', 'x'], /^Too many arguments/, /tg-auth session list --help$/],
    [['send-code', '--bogus'], /^Unknown option '--bogus'\.$/, /^See its help: {2}tg-auth send-code --help$/],
    [['tl', 'decode', 'x', '--bogus'], /^Unknown option/, /tg-auth tl decode --help$/],
    [['--bogus'], /^Unknown option/, /tg-auth help options$/],
    [['send-code', '--timeout'], /argument missing/, /tg-auth help options$/],
    [
      ['send-call', '--hsah', 'x'],
      /^Unknown option '--hsah'\.$/,
      /^Did you mean --hash\?\n.*tg-auth send-call --help$/,
    ],
    [
      ['send-call', '--sesion', 'x'],
      /^Unknown option '--sesion'\.$/,
      /^Did you mean --session\?\n.*tg-auth send-call --help$/,
    ],
    [['send-call', '1', '2'], /^Too many arguments/, /tg-auth send-call --help/],
    [['send-call', '--hash'], /argument missing/, /tg-auth send-call --help/],
    [['tl', 'encode'], /^Missing required argument 'name'\.$/, /tg-auth tl encode --help/],
    [['session', `1Ap${'x'.repeat(350)}`], /^Unknown command\.$/, /tg-auth session --help/],
    [['tl'], /^A command is required\.$/, /tg-auth tl --help/],
    [['--json'], /^A command is required\.$/, /tg-auth --help/],
    [['login', '—qr'], /long dash/, /--qr$/],
    [['send-call', '1', '–hash', 'x'], /long dash/, /--hash$/],
    [['login', '--qr', '--bot'], /^--qr and --bot cannot be combined\.$/, /tg-auth login --help/],
    [
      ['password', 'recover', '--code', '1', '--send'],
      /--send and --code cannot be combined|--code and --send cannot be combined/,
      /tg-auth password recover --help/,
    ],
    [['help', 'nope'], /^Unknown help topic\.$/, /^A topic is a command or one of: options, json, exit-codes\.\n/],
    [['help', 'sesion', 'list'], /^Unknown help topic 'sesion list'\.$/, /^Did you mean session list\?/],
    [['help', 'session', 'list', 'nope'], /^Unknown help topic/, /tg-auth --help$/],
    [['help', 'x'.repeat(40)], /^Unknown help topic\.$/, /tg-auth --help$/],
    [['nope', '--help'], /^Unknown command\.$/, /tg-auth --help$/],
    [['--help', 'nope'], /^Unknown command\.$/, /tg-auth --help$/],
    [['session', 'exprt', '--help'], /^Unknown command 'exprt'\.$/, /^Did you mean export\?/],
    [['--session-sting', 'x', 'send-call'], /^Unknown option/, /./],
    [['--proxies', 'x', 'send-call'], /^Unknown option/, /./],
  ];
  for (const [argv, message, advice] of refused)
    test(`tg-auth ${argv.join(' ')} is refused`, () => {
      assert.throws(
        () => parse(argv, view),
        (error) => error instanceof UsageError && message.test(error.message) && advice.test(adviceOf(error)),
      );
    });
});

describe('help', () => {
  test('lists the commands, and points to the options', async () => {
    const help = await text('--help');
    assert.equal(await text('help'), help);
    for (const word of ['send-call', 'sandbox', 'tg-auth help options']) assert.ok(help.includes(word), word);
    assert.ok(!help.includes('--wait-flood'));
  });

  test('has a page for the options of every command, with their variables', async () => {
    const page = await text('help', 'options');
    for (const option of [...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES]) {
      assert.ok(page.includes(option.flags), option.flags);
      if ('variable' in option) assert.ok(page.includes(`[${option.variable}]`), option.variable);
    }
  });

  test('has a page for the exit codes, and one for JSON', async () => {
    const page = await text('help', 'exit-codes');
    for (const [code, meaning] of Object.entries(EXIT_MEANINGS))
      assert.match(page, new RegExp(`^ {2}${code} +${meaning.slice(0, 30)}`, 'm'));
    assert.match(await text('--no-color', 'help', 'json'), /"ok"/);
  });

  test('completes the topics that have a page', () => {
    assert.deepEqual(HELP_COMMAND.args?.[0]?.completes, Object.keys(PAGES));
  });

  test('of a group lists its commands, and a group of commands has two words', async () => {
    for (const name of ['session', 'tl', 'session list', 'help'])
      assert.match(await text('help', ...name.split(' ')), new RegExp(`^Usage: tg-auth ${name}`));
  });

  test('without a command is one screen with every command', async () => {
    const overview = await text();
    for (const { name } of ALL) for (const word of name.split(' ')) assert.ok(overview.includes(word), name);
    for (const columns of [40, 59, 60, 80, 120]) {
      const narrow = parse([], { paint: PLAIN, columns });
      assert.ok('text' in narrow);
      assert.ok(narrow.text.split('\n').length <= 24, `${columns} columns`);
      for (const line of narrow.text.split('\n')) assert.ok(line.length <= columns, line);
    }
  });

  for (const name of COMMANDS)
    test(`of ${name} has examples that parse`, async () => {
      const words = name.split(' ');
      const help = await text(...words, '--help');
      assert.equal(await text('help', ...words), help);
      assert.equal(await text('--help', ...words), help);
      const [, lines = ''] = /\nExamples:\n((?: {2}.*\n?)+)/.exec(help) ?? [];
      const examples = lines.match(/tg-auth [^|)\n<]+/g) ?? [];
      assert.ok(examples.length > 0);
      for (const example of examples) {
        const argv = example
          .trim()
          .split(/ +/)
          .slice(1)
          .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
        assert.ok('command' in parse(argv, view), example);
      }
    });

  test('of sandbox has the tables of test numbers and faults', async () => {
    const help = await text('sandbox', '--help');
    assert.match(help, /^ {2}9012 +400 PHONE_CODE_EXPIRED/m);
    assert.match(help, /^ {2}gzip/m);
    assert.match(help, /79991234567/);
  });

  test('prints the version of the package', async () => {
    assert.equal(JSON.parse(readFileSync('package.json', 'utf8')).version, version);
    for (const flag of ['--version', '-V']) assert.equal(await text(flag), `${version}\n`);
  });
});
