/** Serves the sandbox at Telegram's test addresses, which belong to this machine in the network namespace. */
import { relays } from '../peers/foreign/drive.ts';

await relays({ addressesCompiledIn: true }, JSON.parse(process.argv[2] ?? ''));
process.stdout.write('ready\n');
