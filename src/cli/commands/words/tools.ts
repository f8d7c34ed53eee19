/** The words of the commands that need no account. */
import type { Command, Option } from '../../command.ts';
import { LIBRARIES } from '../../sandbox/libraries.ts';

const LAYER: Option = {
  flags: '--layer <name>',
  help: 'legacy (49), current (230) or mtproto (default: found by the name or id)',
  values: ['legacy', 'current', 'mtproto'],
};

export const TEST: readonly Command[] = [
  {
    name: 'sandbox',
    summary: 'Run data centres on this machine to test a login without a phone or an account',
    args: [{ name: '[command...]', help: 'after --: run this command; every tg-auth in it uses the sandbox' }],
    options: [
      { flags: '--port <n>', help: 'port of DC 1; DC 2 gets the next port, and so on (default: free ports)' },
      { flags: '--dcs <n>', help: 'number of data centres, 1 to 9 (default: 2)' },
      {
        flags: '--layer <name>',
        help: 'legacy, current or both (default: both); current has no auth.sendCall',
        values: ['legacy', 'current', 'both'],
      },
      { flags: '--strict', help: "refuse old and wrong forms that Telegram's servers accept, instead of logging them" },
      {
        flags: '--seed <text>',
        help: 'use the same key, ports, nonces, codes and ids in every run, and report the same',
      },
      { flags: '--log <file>', help: 'append a JSON line for each request to this file (mode 0600)' },
      { flags: '--fault <fault>', help: 'inject a fault (repeatable)', many: true },
      { flags: '--mtproxy <secret>', help: 'also run an MTProxy with this secret (repeatable)', many: true },
      {
        flags: '--control <port>',
        help: 'let tests read codes, move the clock and more over HTTP on this port (0: a free one)',
      },
      { flags: '--speed <n>', help: 'expire codes and end waits n times as fast, 1 to 3600 (default: 1)' },
      { flags: '--new-key', help: 'generate an RSA key (default: the development key, which is the same everywhere)' },
      { flags: '--key-file <file>', help: 'write the public key to this file, as PEM' },
      {
        flags: '--show <library>',
        help: `print code that connects this library: ${LIBRARIES.join(', ')}`,
        values: LIBRARIES,
        conflicts: ['env'],
      },
      {
        flags: '--env',
        help: 'run in the background and print lines for eval, which point every tg-auth to the sandbox',
      },
      { flags: '--foreground', help: 'with --env: stay in the foreground' },
      { flags: '--host <address>', help: 'IP address to listen on (default: 127.0.0.1)' },
      { flags: '--advertise <address>', help: 'IP address that clients get (default: that of --host)' },
      { flags: '--allow-remote', help: 'allow addresses that other machines can reach' },
    ],
    notes: async () => (await import('../tools/sandbox.ts')).notes(),
    examples: [
      'tg-auth sandbox',
      'tg-auth sandbox -- ./login.sh',
      'tg-auth sandbox audit -- ./login.sh',
      'tg-auth sandbox --speed 20 --control 0 -- pytest',
      'eval "$(tg-auth sandbox --env)"',
      'tg-auth sandbox --key-file key.pem --show telethon',
      'tg-auth sandbox --layer current -- tg-auth send-call +9996629000 --hash abc',
      'tg-auth sandbox --json | jq .',
    ],
    lasting: () => true,
    withoutConfig: () => true,
    load: () => import('../tools/sandbox.ts'),
  },
  {
    name: 'sandbox audit',
    summary: 'Run a client against every fault of the sandbox, and say which it noticed',
    args: [{ name: '[command...]', help: 'after --: a command that signs in and ends, for example a test' }],
    options: [
      {
        flags: '--only <pattern>',
        help: 'only the faults that begin with this, or match it with * (repeatable)',
        many: true,
      },
      { flags: '--list', help: 'list the faults, with the rule that each breaks' },
      { flags: '--each <seconds>', help: 'deadline of each run (default: 20)' },
      { flags: '--junit <file>', help: 'also write the results to this file, as JUnit XML' },
      {
        flags: '--control <port>',
        help: 'let the command read codes and more over HTTP (0: a free port for each run)',
      },
    ],
    examples: [
      'tg-auth sandbox audit -- node login.mjs',
      "tg-auth sandbox audit --only 'dh-*' --each 60 -- pytest",
      'tg-auth sandbox audit --junit report.xml -- ./login.sh',
      'tg-auth sandbox audit --list',
    ],
    lasting: () => true,
    withoutConfig: () => true,
    load: () => import('../tools/audit.ts'),
  },
  {
    name: 'tl encode',
    summary: 'Encode a TL method or value as 32-bit words in hex',
    args: [
      { name: '<name>', help: 'a method or constructor' },
      {
        name: '[fields...]',
        help: 'its fields as name=value, as one JSON object (longs quoted, bytes in hex), or - to read that object from stdin',
      },
    ],
    options: [LAYER],
    examples: [
      'tg-auth tl encode auth.sendCall phone_number=79991234567 phone_code_hash=2dc02d2cda9e615c84',
      `tg-auth tl encode auth.cancelCode '{"phone_number":"79991234567","phone_code_hash":"2dc0"}'`,
    ],
    withoutConfig: () => true,
    load: async () => ({ run: (await import('../tools/tl.ts')).encode }),
  },
  {
    name: 'tl decode',
    summary: 'Decode 32-bit words in hex to JSON',
    args: [{ name: '<words...>', help: 'the words, or - for stdin' }],
    options: [LAYER, { flags: '--answer <method>', help: 'decode them as the answer to this method' }],
    examples: ['tg-auth tl decode 997275b5', 'tg-auth tl decode - < query.txt'],
    withoutConfig: () => true,
    load: async () => ({ run: (await import('../tools/tl.ts')).decode }),
  },
];

export const HELP: readonly Command[] = [
  {
    name: 'doctor',
    summary: 'Diagnose the connection: settings, proxy, network, server, session',
    examples: [
      'tg-auth doctor',
      'tg-auth doctor --json > report.json',
      'tg-auth doctor --proxy socks5://127.0.0.1:9050',
    ],
    load: () => import('../tools/doctor.ts'),
  },
  {
    name: 'explain',
    summary: 'Explain an error: its meaning, its causes and what to do',
    args: [
      { name: '[error...]', help: "an error's name, an exit code, or a line from another library (default: list all)" },
    ],
    examples: [
      'tg-auth explain PHONE_CODE_EXPIRED',
      'tg-auth explain FLOOD_WAIT_76543',
      "tg-auth explain 'RPCError 401: SESSION_PASSWORD_NEEDED (caused by auth.SignIn)'",
      'tg-auth explain 12',
    ],
    withoutConfig: () => true,
    load: () => import('../tools/explain.ts'),
  },
];
