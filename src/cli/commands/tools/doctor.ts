/** `doctor`: checks each layer of the connection on its own and names the one that fails. */
export { diagnose as run, reportInvalidSettings as runWithoutSettings } from '../../doctor/index.ts';
