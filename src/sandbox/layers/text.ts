/** The texts of this folder, which are a file of their own in the build: a command without the sandbox reads none. */
export { pastText } from './past.ts';
export { surroundingMethods, surroundingTypes } from './surroundings.ts';
