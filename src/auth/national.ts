/**
 * Mobile numbers as they are written within a country, without its code: `(212) 555-0123`, `07911 123456`.
 *
 * Read as international, such digits may be the number of a stranger: 212 is the code of Morocco. The list holds the
 * patterns that can be told apart; it need not be complete.
 */

interface National {
  readonly country: string;
  /** What the digits begin with before the number itself. */
  readonly prefix?: string;
  /** The digits after it. */
  readonly written: Pattern;
  /** The lengths of the usual groups, which settle the country. */
  readonly groups?: Pattern;
  /** Starts of real international numbers: without such groups or brackets, the digits are one. */
  readonly unless?: Pattern;
}

type Pattern = Pick<RegExp, 'test'>;

/** The third digits of the area codes of the USA, Canada and the Caribbean, as of 2025, by the first two. */
const AREAS = `20:1-9 21:02-9 22:03-9 23:14569 24:02689 25:0-467 26:0234789 27:02469 28:1349 30:1-9 31:02-9 32:013-79
  33:0124679 34:013567 35:0-47 36:0134578-9 38:02567 40:1-9 41:02-9 42:3458 43:0-24-8 44:0-3578 45:078 46:34589
  47:0-589 48:034 50:1-9 51:02-9 52:0 53:0149 54:018 55:179 56:1-47 57:0-59 58:0-24-7 60:1-9 61:02-9 62:0134-9 63:0169
  64:015-79 65:0156-9 66:012479 67:01289 68:0-4689 70:1-9 71:2-9 72:014-9 73:012478 74:02378 75:3478 76:023579
  77:0-589 78:0-24-7 80:1-9 81:02-9 82:015689 83:0125789 84:035789 85:046-9 86:0-57-9 87:023689 90:1-9 91:02-9
  92:04589 93:0146-9 94:0-357-9 95:12469 97:0-3589 98:034569`;

const AMERICAN: Pattern = {
  test(digits) {
    const [, third] = new RegExp(`\\b${digits.slice(0, 2)}:(\\S+)`).exec(AREAS) ?? [];
    return third !== undefined && new RegExp(`^..[${third}](?!.11)[2-9]\\d{6}$`).test(digits);
  },
};

/**
 * By the count of the digits, so that few patterns are compiled: to compile all of them takes longer than to read a
 * session.
 */
const WITHOUT_PREFIX: Readonly<Record<number, readonly National[]>> = {
  9: [
    { country: '34', written: /^[67]\d{8}$/, groups: /^3 3 3$/, unless: /^68[17]/ },
    { country: '33', written: /^[67]\d{8}$/, groups: /^1 2 2 2 2$/, unless: /^68[17]/ },
    { country: '48', written: /^(?:45|5[0137]|6[069]|7[2389]|88)\d{7}$/, groups: /^3 3 3$/ },
    { country: '380', written: /^(?:39|50|6[3678]|73|9[1-9])\d{7}$/, groups: /^2 3 2 2$/ },
  ],
  10: [
    { country: '1', written: AMERICAN, groups: /^3 3 4$/ },
    { country: '91', written: /^(?!99966)[6-9]\d{9}$/, groups: /^5 5$/, unless: /^(?:642|65[89])/ },
    { country: '7', written: /^(?!99966)9\d{9}$/, groups: /^3 3 2 2$/ },
    { country: '44', written: /^7[1-9]\d{8}$/, groups: /^4 6$/ },
    { country: '39', written: /^3[1-9]\d{8}$/, groups: /^3 (?:3 4|7)$/, unless: /^(?:354|358|372)/ },
    { country: '52', written: /^(?:33|5[56]|81)\d{8}$/, groups: /^2 4 4$/ },
    // An American number that cannot exist, but is written as one.
    { country: '1', written: /^(?!99966)[2-9]\d{9}$/, groups: /^3 3 4$/, unless: /^/ },
  ],
  11: [
    {
      country: '86',
      written: /^1[3-9]\d{9}$/,
      groups: /^3 4 4$/,
      unless: { test: (digits) => AMERICAN.test(digits.slice(1)) },
    },
    {
      country: '55',
      written: /^[1-9]{2}9\d{8}$/,
      groups: /^2 (?:5 4|9)$/,
      unless: /^(?:7[346-9]|22|3[1-589]|4[1-689]|51|66|68|8[1-6]|9[2-58])/,
    },
    { country: '375', prefix: '80', written: /^(?:25|29|33|44)\d{7}$/ },
  ],
};

/** With the national prefix 0: of several countries, those with the most numbers come first. */
const WITH_ZERO: readonly (readonly [country: string, written: RegExp, groups?: RegExp])[] = [
  ['44', /^7[1-9]\d{8}$/],
  ['49', /^1[567]\d{8,9}$/],
  ['380', /^(?:39|50|6[3678]|73|9[1-9])\d{7}$/, /^3 (?:3 2 2|7)$/],
  ['33', /^[67]\d{8}$/, /^2 2 2 2 2$/],
  ['90', /^5\d{9}$/],
  ['98', /^9\d{9}$/],
  ['91', /^[6-9]\d{9}$/],
  ['62', /^8[1-9]\d{7,10}$/],
  ['55', /^[1-9]{2}9\d{8}$/],
  ['234', /^[789][01]\d{8}$/],
  ['92', /^3\d{9}$/],
  ['63', /^9\d{9}$/],
  ['880', /^1[3-9]\d{8}$/],
  ['20', /^1[0125]\d{8}$/],
  ['81', /^[789]0\d{8}$/],
  ['82', /^10\d{8}$/],
  ['84', /^[35789]\d{8}$/],
  ['66', /^[689]\d{8}$/],
  ['27', /^[678]\d{8}$/],
  ['61', /^4\d{8}$/],
  ['31', /^6\d{8}$/],
  ['40', /^7\d{8}$/],
  ['41', /^7[5-9]\d{7}$/],
  ['46', /^7[02369]\d{7}$/],
  ['32', /^4[5-9]\d{7}$/],
  ['972', /^5\d{8}$/],
  ['966', /^5\d{8}$/],
  ['971', /^5\d{8}$/],
  ['254', /^[17]\d{8}$/],
  ['375', /^(?:25|29|33|44)\d{7}$/],
];

/** As many readings as a message shows. */
const MAX_READINGS = 3;

/** The international numbers that a text without a country code may mean, the most likely one first. */
export function nationalReadings(text: string, digits: string): string[] {
  const found = rowsFor(digits).flatMap(({ country, prefix = '', written, groups, unless }) => {
    const number = digits.slice(prefix.length);
    if (!digits.startsWith(prefix) || !written.test(number)) return [];
    const isUsual = groups?.test(groupsOf(text)) === true;
    if (!isUsual && unless?.test(digits) === true && !isBracketed(text)) return [];
    return { reading: country + number, isUsual };
  });
  const readings = [...found.filter(({ isUsual }) => isUsual), ...found.filter(({ isUsual }) => !isUsual)];
  return [...new Set(readings.map(({ reading }) => reading))].slice(0, MAX_READINGS);
}

function rowsFor(digits: string): readonly National[] {
  if (!digits.startsWith('0')) return WITHOUT_PREFIX[digits.length] ?? [];
  return WITH_ZERO.map(([country, written, groups = /^$/]) => ({ country, prefix: '0', written, groups }));
}

function groupsOf(text: string): string {
  return (text.match(/\d+/g) ?? []).map(({ length }) => length).join(' ');
}

/** Only an area code is put into brackets. */
function isBracketed(text: string): boolean {
  return /^\D*[(\uff08]\D*\d{2}/.test(text);
}
