/** Starts the program, which `main.ts` only defines: tests run it in their own process. */
import { main } from './main.ts';

void main();
