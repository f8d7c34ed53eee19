/** What `sandbox --json` and `sandbox audit --json` print, as parts of the JSON Schema. */
import { VERDICTS } from '../../sandbox/audit/cases.ts';
import { ANY, DC, FLAG, type Keys, listOf, NUMBER, object, one, orNull, PHONE, TEXT } from '../schema-parts.ts';

const VERDICT = one(...Object.keys(VERDICTS));

const CASE = { name: TEXT, title: TEXT, rule: TEXT, page: TEXT };

/** `fault` is for `sandbox --fault`; `right` is null if nothing shows it. */
const AUDITED = object({
  ...CASE,
  fault: TEXT,
  verdict: VERDICT,
  right: orNull(FLAG),
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

/** What `sandbox` prints, one event on a line. */
export const EVENTS: readonly Keys[] = [
  {
    event: { const: 'ready' },
    host: TEXT,
    dcs: listOf(object({ id: DC, port: NUMBER })),
    'proxies?': listOf(object({ secret: TEXT, port: NUMBER, link: TEXT })),
    'control?': object({ url: TEXT, token: TEXT }),
    'snippet?': TEXT,
    'env?': { type: 'object', additionalProperties: TEXT },
    publicKey: TEXT,
    fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  },
  { event: { const: 'request' }, dc: DC, method: TEXT, layer: orNull(NUMBER), params: ANY, answer: ANY },
  { event: { const: 'say' }, phone: PHONE, delivery: TEXT, text: TEXT, code: TEXT },
  { event: { const: 'qr' }, dc: DC, link: TEXT },
  ...[{ dc: DC }, { proxy: NUMBER }].flatMap((where) => [
    { event: { const: 'tolerated' }, ...where, deviation: TEXT, text: TEXT },
    { event: { const: 'closed' }, ...where, reason: TEXT },
  ]),
];
