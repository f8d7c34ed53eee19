/** Short answers to what readers ask first, as far as a trace shows them. Each names the messages where to look. */
import { counted } from '../../../printable.ts';
import { checkTermOf } from '../terms/checks.ts';
import { meaningsOf } from '../terms/messages.ts';
import { flightsOf, isSealed, type Message, type RoundTrips, roundTripsOf, type Step, titleOf } from './story.ts';

/** Every text is our own: "message 3" in it refers to a message of the trace. */
export interface Question {
  readonly title: string;
  readonly answer: string;
  readonly items: readonly string[];
}

const EACH_MESSAGE = 'msg_key is the hash of the message';

export function questionsOf(story: readonly Step[]): readonly Question[] {
  const messages = flightsOf(story).flatMap((flight) => flight.messages);
  return [...knownToServer(messages), ...middle(messages), ...trips(story)];
}

function numbered({ frame }: Message): string {
  return `message ${frame.frame}`;
}

function knownToServer(messages: readonly Message[]): Question[] {
  const asks = messages.find((message) => titleOf(message) === 'req_DH_params');
  const knows = asks && meaningsOf(titleOf(asks))[0]?.knows;
  if (asks === undefined || knows === undefined) return [];
  const first = messages.find((message) => message.frame.from === 'client' && isSealed(message));
  const later =
    first === undefined ? '' : ` The first message that can contain them is ${numbered(first)}, which is encrypted.`;
  const title = `What does the server know after ${numbered(asks)}?`;
  return [{ title, answer: `${knows.server}${later} After each message, this page says who knows what.`, items: [] }];
}

function middle(messages: readonly Message[]): Question[] {
  const exchange = messages.flatMap((message) => {
    const isPlace = (what: string) => checkTermOf(what)?.catches === 'middle' && what !== EACH_MESSAGE;
    const check = message.checks.find(({ what }) => isPlace(what));
    return check === undefined ? [] : [`At ${numbered(message)}: ${checkTermOf(check.what)?.says}`];
  });
  const sealed = messages.find(({ checks }) => checks.some(({ what }) => what === EACH_MESSAGE));
  const items = [
    ...exchange,
    ...(sealed === undefined
      ? []
      : [`At every encrypted message of the server, from ${numbered(sealed)} on: ${checkTermOf(EACH_MESSAGE)?.says}`]),
  ];
  if (items.length === 0) return [];
  const answer =
    'An attacker who only forwards all messages is not noticed, but cannot read the encrypted ones. Against all others, the client makes these checks, and ends the connection at the first one that fails:';
  return [{ title: 'Where would a man in the middle be noticed?', answer, items }];
}

function trips(story: readonly Step[]): Question[] {
  const trips = roundTripsOf(story).filter(({ tcp, encrypted }) => tcp !== undefined && encrypted > 0);
  if (trips.length === 0) return [];
  const isMade = trips.some(({ keyExchange }) => keyExchange > 0);
  const isStored = trips.some(({ keyExchange }) => keyExchange === 0);
  const answer = [
    'One round trip opens the TCP connection, and one carries the call and its answer.',
    'A stored auth_key needs no agreement: the server finds it by the auth_key_id at the front of the message, so the first message can already be encrypted.',
    ...(isMade ? ['Without a key, the key exchange comes in between: three round trips.'] : []),
    ...(isStored ? [] : ['The next command of this session will need only two.']),
  ].join(' ');
  return [{ title: 'Why two round trips with a stored key?', answer, items: trips.map(tripsOf) }];
}

function tripsOf({ connection, keyExchange, encrypted }: RoundTrips): string {
  const key = keyExchange > 0 ? `, ${keyExchange} for the key exchange` : '';
  const total = counted(1 + keyExchange + encrypted, 'round trip');
  const calls = encrypted === 1 ? 'the call and its answer' : 'encrypted messages';
  return `Connection ${connection}: ${total}, 1 for TCP${key}, ${encrypted} for ${calls}.`;
}
