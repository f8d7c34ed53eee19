/** What `sandbox audit --json` prints, as parts of the JSON Schema. */
import { VERDICTS } from '../../sandbox/audit/cases.ts';
import { type Keys, listOf, object, one, orNull } from '../schema-parts.ts';

const TEXT = { type: 'string' };
const NUMBER = { type: 'integer' };
const VERDICT = one(...Object.keys(VERDICTS));

const CASE = { name: TEXT, title: TEXT, rule: TEXT, page: TEXT };

/** `fault` is for `sandbox --fault`; `right` is null if nothing shows it. */
const AUDITED = object({
  ...CASE,
  fault: TEXT,
  verdict: VERDICT,
  right: orNull({ type: 'boolean' }),
  because: TEXT,
  exitCode: orNull(NUMBER),
  signal: orNull(TEXT),
  ms: NUMBER,
});

/** The report, also of a failure. */
export const AUDIT: Keys = {
  summary: { type: 'object', additionalProperties: NUMBER, description: 'how many faults have each verdict' },
  faults: listOf(AUDITED),
  skipped: listOf(TEXT),
};

export const CASES = listOf(object({ ...CASE, right: listOf(VERDICT) }));
