/** What clients ask of an account at their start: its chats, contacts, stickers and settings. It has none. */
import type { Constructors } from '../../tl/types.ts';
import { authorizePerson } from '../rules/authorizations.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Current, Handlers, RequestContext } from './handler.ts';
import { state } from './user.ts';

/** Answers a person who is signed in. */
function none<T>(answer: T) {
  return (_: unknown, context: RequestContext): T => {
    authorizePerson(context);
    return answer;
  };
}

type Of = Constructors<Current>;

const LISTS = { chats: [], users: [] };
const NO_EMOJI: Of['emojiList'] = { _: 'emojiList', hash: 0n, document_id: [] };
const NO_STATUSES: Of['account.emojiStatuses'] = { _: 'account.emojiStatuses', hash: 0n, statuses: [] };
const NO_REACTIONS: Of['messages.reactions'] = { _: 'messages.reactions', hash: 0n, reactions: [] };
const NO_SETS: Of['messages.allStickers'] = { _: 'messages.allStickers', hash: 0n, sets: [] };
const NO_FEATURED: Of['messages.featuredStickers'] = {
  _: 'messages.featuredStickers',
  hash: 0n,
  count: 0,
  sets: [],
  unread: [],
};

function peerDialogs(_: unknown, context: RequestContext): Of['messages.peerDialogs'] {
  authorizePerson(context);
  return { _: 'messages.peerDialogs', dialogs: [], messages: [], ...LISTS, state: state(context) };
}

function noUpdates(_: unknown, context: RequestContext): Of['updates'] {
  authorizePerson(context);
  return { _: 'updates', updates: [], ...LISTS, date: state(context).date, seq: 0 };
}

export const empty = {
  'messages.getDialogs': none({ _: 'messages.dialogs', dialogs: [], messages: [], ...LISTS }),
  'messages.getPinnedDialogs': peerDialogs,
  'messages.getPeerDialogs': peerDialogs,
  'messages.getDialogFilters': (_, context) => {
    authorizePerson(context);
    const filters = context.hasType('dialogFilterDefault') ? [{ _: 'dialogFilterDefault' } as const] : [];
    return { _: 'messages.dialogFilters', filters };
  },
  'messages.getQuickReplies': none({ _: 'messages.quickReplies', quick_replies: [], messages: [], ...LISTS }),
  'messages.getAttachMenuBots': none({ _: 'attachMenuBots', hash: 0n, bots: [], users: [] }),
  'messages.getPaidReactionPrivacy': noUpdates,
  'messages.getAvailableReactions': none({ _: 'messages.availableReactions', hash: 0, reactions: [] }),
  'messages.getAvailableEffects': none({ _: 'messages.availableEffects', hash: 0, effects: [], documents: [] }),
  'messages.getRecentReactions': none(NO_REACTIONS),
  'messages.getTopReactions': none(NO_REACTIONS),
  'messages.getDefaultTagReactions': none(NO_REACTIONS),

  'messages.getStickerSet': (_, context) => {
    authorizePerson(context);
    throw new Refusal(406, 'STICKERSET_INVALID');
  },
  'messages.getAllStickers': none(NO_SETS),
  'messages.getMaskStickers': none(NO_SETS),
  'messages.getEmojiStickers': none(NO_SETS),
  'messages.getFeaturedStickers': none(NO_FEATURED),
  'messages.getFeaturedEmojiStickers': none(NO_FEATURED),
  'messages.getRecentStickers': none({ _: 'messages.recentStickers', hash: 0n, packs: [], stickers: [], dates: [] }),
  'messages.getFavedStickers': none({ _: 'messages.favedStickers', hash: 0n, packs: [], stickers: [] }),
  'messages.getSavedGifs': none({ _: 'messages.savedGifs', hash: 0n, gifs: [] }),

  'contacts.getContacts': none({ _: 'contacts.contacts', contacts: [], saved_count: 0, users: [] }),
  'contacts.getStatuses': none([]),
  'contacts.getBlocked': none({ _: 'contacts.blocked', blocked: [], ...LISTS }),
  'contacts.getTopPeers': none({ _: 'contacts.topPeers', categories: [], ...LISTS }),
  'contacts.getBirthdays': none({ _: 'contacts.contactBirthdays', contacts: [], users: [] }),

  'account.getNotifySettings': none({ _: 'peerNotifySettings' }),
  'account.getReactionsNotifySettings': none({
    _: 'reactionsNotifySettings',
    sound: { _: 'notificationSoundDefault' },
    show_previews: true,
  }),
  'account.getGlobalPrivacySettings': none({ _: 'globalPrivacySettings' }),
  'account.getContentSettings': none({ _: 'account.contentSettings' }),
  'account.getAutoSaveSettings': none({
    _: 'account.autoSaveSettings',
    users_settings: { _: 'autoSaveSettings' },
    chats_settings: { _: 'autoSaveSettings' },
    broadcasts_settings: { _: 'autoSaveSettings' },
    exceptions: [],
    ...LISTS,
  }),
  'account.getWebBrowserSettings': none({
    _: 'account.webBrowserSettings',
    external_exceptions: [],
    inapp_exceptions: [],
    hash: 0n,
  }),
  'account.getChatThemes': none({ _: 'account.themes', hash: 0n, themes: [] }),
  'account.getSavedRingtones': none({ _: 'account.savedRingtones', hash: 0n, ringtones: [] }),
  'account.getSavedMusicIds': none({ _: 'account.savedMusicIds', ids: [] }),
  'account.getDefaultEmojiStatuses': none(NO_STATUSES),
  'account.getRecentEmojiStatuses': none(NO_STATUSES),
  'account.getChannelDefaultEmojiStatuses': none(NO_STATUSES),
  'account.getCollectibleEmojiStatuses': none(NO_STATUSES),
  'account.getDefaultGroupPhotoEmojis': none(NO_EMOJI),
  'account.getDefaultProfilePhotoEmojis': none(NO_EMOJI),
  'account.getDefaultBackgroundEmojis': none(NO_EMOJI),
  'account.getChannelRestrictedStatusEmojis': none(NO_EMOJI),

  'channels.getAdminedPublicChannels': none({ _: 'messages.chats', chats: [] }),
  'payments.getStarsTransactions': ({ ton }, context) => {
    authorizePerson(context);
    const balance = ton
      ? ({ _: 'starsTonAmount', amount: 0n } as const)
      : ({ _: 'starsAmount', amount: 0n, nanos: 0 } as const);
    return { _: 'payments.starsStatus', balance, ...LISTS };
  },
  'stories.getAllStories': none({
    _: 'stories.allStories',
    count: 0,
    state: 'empty',
    peer_stories: [],
    // Its name up to layer 163.
    ...{ user_stories: [] },
    ...LISTS,
    stealth_mode: { _: 'storiesStealthMode' },
  }),
  'stories.getAllReadPeerStories': noUpdates,
  'aicompose.getTones': none({ _: 'aicompose.tones', hash: 0n, tones: [], users: [] }),
} satisfies Handlers<Current>;
