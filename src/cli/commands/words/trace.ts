/** The words of the commands that read a trace. */
import type { Argument, Command } from '../../command.ts';

const FILE: Argument = { name: '<file>', help: 'what --trace wrote', completes: 'files' };

const NOTES =
  '\nPrints true if every byte is the same. Else it names the first message, byte and field that differ, and exits with 70.\n';

export const TRACE: readonly Command[] = [
  {
    name: 'trace show',
    summary: 'Print what --trace wrote, one line a message',
    args: [FILE],
    options: [{ flags: '--bytes', help: 'also print the bytes of each message, field by field' }],
    examples: [
      'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox --trace call.jsonl',
      'tg-auth trace show call.jsonl',
      'tg-auth trace show call.jsonl --bytes | less',
    ],
    withoutConfig: () => true,
    load: () => import('../trace/show.ts'),
  },
  {
    name: 'trace html',
    summary: 'Make a page (HTML) of what --trace wrote that explains every message and field',
    args: [FILE],
    options: [
      { flags: '--output <file>', help: 'write to a new file (default: stdout)' },
      { flags: '--force', help: 'replace an existing file' },
    ],
    examples: ['tg-auth trace html call.jsonl --output call.html'],
    withoutConfig: () => true,
    load: () => import('../trace/html.ts'),
  },
  {
    name: 'trace replay',
    summary: 'Check that this version sends the same bytes as a trace with secrets',
    args: [FILE],
    examples: [
      'tg-auth send-call +79991234567 --hash 2dc0 --sandbox --trace bug.jsonl --trace-secrets',
      'tg-auth trace replay bug.jsonl',
    ],
    notes: async () => NOTES,
    withoutConfig: () => true,
    load: () => import('../trace/replay.ts'),
  },
];
