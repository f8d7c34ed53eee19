/** `doctor`: looks at each part of the way to Telegram by itself, and names the one that fails. */
import type { Command, Ending } from '../command.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Find out which part of the way to Telegram fails: set-up, proxy, network, server, session',
  examples: ['tg-auth doctor', 'tg-auth doctor --json > report.json', 'tg-auth doctor --proxy socks5://127.0.0.1:9050'],
  async run(ctx) {
    const { diagnose } = await import('../doctor/index.ts');
    return diagnose(ctx);
  },
  async hampered(error): Promise<Ending> {
    const { reportInvalidSettings } = await import('../doctor/index.ts');
    return reportInvalidSettings(error);
  },
};
