/** The langpack namespace: one language, English, whose strings the clients bring with them. */
import type { Constructors } from '../../tl/types.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Current, Handlers } from './handler.ts';

const ENGLISH: Constructors<Current>['langPackLanguage'] = {
  _: 'langPackLanguage',
  official: true,
  name: 'English',
  native_name: 'English',
  lang_code: 'en',
  plural_code: 'en',
  strings_count: 0,
  translated_count: 0,
  translations_url: 'https://translations.telegram.org/en/',
};

export const langpack = {
  'langpack.getLanguages': () => [ENGLISH],
  'langpack.getLanguage': ({ lang_code }) => {
    checkLanguage(lang_code);
    return ENGLISH;
  },
  'langpack.getLangPack': ({ lang_code }) => difference(lang_code, 0),
  'langpack.getDifference': ({ lang_code, from_version }) => difference(lang_code, from_version),
  'langpack.getStrings': ({ lang_code, keys }) => {
    checkLanguage(lang_code);
    return keys.map((key) => ({ _: 'langPackStringDeleted', key }));
  },
} satisfies Handlers<Current>;

function difference(lang_code: string, from_version: number): Constructors<Current>['langPackDifference'] {
  checkLanguage(lang_code);
  return { _: 'langPackDifference', lang_code, from_version, version: Math.max(1, from_version), strings: [] };
}

function checkLanguage(lang_code: string): void {
  if (lang_code !== ENGLISH.lang_code) throw new Refusal(400, 'LANG_CODE_NOT_SUPPORTED');
}
