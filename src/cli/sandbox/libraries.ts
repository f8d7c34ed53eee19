/** The libraries for which `sandbox --show` has a snippet. Apart from the snippets, which only that option loads. */
export const LIBRARIES = [
  'telethon',
  'pyrogram',
  'gramjs',
  'teleproto',
  'mtcute',
  'gotd',
  'grammers',
  'tdlib',
  'tg-auth',
] as const;

export type Library = (typeof LIBRARIES)[number];
