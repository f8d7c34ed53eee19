/** The formats of session strings: their names, and the names of their libraries. */

/** In the order of the help. */
export const FORMAT_TITLES = {
  'tg-auth': 'tg-auth',
  telethon: 'Telethon',
  pyrogram: 'Pyrogram',
  gramjs: 'GramJS',
  mtcute: 'mtcute',
  mtkruto: 'MTKruto',
} as const;

export type FormatName = keyof typeof FORMAT_TITLES;
