/** `doctor`: checks each layer of the connection on its own and names the one that fails. */
export { examine as run, unexamined as runWithoutSettings } from '../doctor/index.ts';
