/** `completion`: a script by which a shell completes commands, options and their values. It is static: no Tab starts a tg-auth. */
import type { Command } from '../command.ts';
import { oneOf, parseValue } from '../settings/setting.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completion: Command = {
  name: 'completion',
  withoutConfig: true,
  summary: 'Print a script by which your shell completes tg-auth',
  args: [{ name: '<shell>', help: SHELLS.join(', ') }],
  examples: [
    'source <(tg-auth completion bash)',
    'source <(tg-auth completion zsh)',
    'tg-auth completion fish > ~/.config/fish/completions/tg-auth.fish',
  ],
  async run(_, { args }) {
    const shell = parseValue(oneOf(...SHELLS), args[0] ?? '', 'The shell');
    const { COMMANDS } = await import('./index.ts');
    const { SETTINGS, SWITCHES, UNKEPT } = await import('../settings/options.ts');
    const { bashScript, fishScript, zshScript } = await import('../completion.ts');
    const commands = COMMANDS.map(({ name, summary, options = [] }) => ({
      name,
      summary,
      options: options.map(({ name: flags, help, values }) => ({ flags, help, values })),
    }));
    const globals = [...SETTINGS, ...UNKEPT, ...SWITCHES].map((each) => ({
      flags: each.flags,
      help: each.help,
      values: 'values' in each ? each.values : undefined,
    }));
    const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]({ commands, globals });
    return { text: script.trimEnd(), exact: true, json: { method: null, result: script, shell } };
  },
};
