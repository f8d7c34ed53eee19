/** What an error advises, as a person reads it. */
import { lineOfStep } from '../src/catalogue.ts';
import type { TgAuthError } from '../src/errors.ts';

export function adviceOf({ why, next }: TgAuthError): string {
  return [...why, ...(next === undefined ? [] : [lineOfStep(next)])].join('\n');
}
