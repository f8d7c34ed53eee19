/** Short answers to what readers ask first, as far as a trace shows them. Each points to its place on the page. */
import { counted } from '../../../printable.ts';
import { checkTermOf } from '../terms/checks.ts';
import { meaningsOf } from '../terms/messages.ts';
import { html, type Markup } from './markup.ts';
import { flightsOf, isSealed, type Message, type RoundTrips, roundTripsOf, type Step, titleOf } from './story.ts';

export function questionsOf(story: readonly Step[]): Markup | undefined {
  const messages = flightsOf(story).flatMap((flight) => flight.messages);
  const questions = [...knownToServer(messages), ...middle(messages), ...trips(story)];
  if (questions.length === 0) return undefined;
  return html`<section aria-labelledby="questions"><h2 id="questions">Short answers</h2>
${questions}</section>
`;
}

function question(title: string, answer: Markup): Markup {
  return html`<h3>${title}</h3>
${answer}
`;
}

function link({ frame }: Message): Markup {
  return html`<a href="#m${frame.frame}">message ${frame.frame}</a>`;
}

function knownToServer(messages: readonly Message[]): Markup[] {
  const asks = messages.find((message) => titleOf(message) === 'req_DH_params');
  const knows = asks && meaningsOf(titleOf(asks))[0]?.knows;
  if (asks === undefined || knows === undefined) return [];
  const first = messages.find((message) => message.frame.from === 'client' && isSealed(message));
  const later = first === undefined ? undefined : html` It learns that only from ${link(first)}, which is encrypted.`;
  const title = `What does the server know after message ${asks.frame.frame}?`;
  return [question(title, html`<p>${knows.server}${later} Each message on this page has such a list.</p>`)];
}

function middle(messages: readonly Message[]): Markup[] {
  const places = messages.flatMap((message) => {
    const check = message.checks.find(
      ({ what }) => checkTermOf(what)?.catches === 'middle' && !what.startsWith('msg_key'),
    );
    return check === undefined ? [] : [html`<li>At ${link(message)}. ${checkTermOf(check.what)?.says}</li>\n`];
  });
  const sealed = messages.find(({ checks }) => checks.some(({ what }) => what.startsWith('msg_key')));
  const always =
    sealed === undefined
      ? []
      : [
          html`<li>At every encrypted message from ${link(sealed)} on. ${checkTermOf('msg_key is the hash of the message')?.says}</li>\n`,
        ];
  if (places.length + always.length === 0) return [];
  const intro = html`<p>A man in the middle sits between client and server and answers in the name of the other. The client ends the connection at the first of these checks that fails:</p>`;
  return [question('Where would a man in the middle be noticed?', html`${intro}<ol>${places}${always}</ol>`)];
}

function trips(story: readonly Step[]): Markup[] {
  const trips = roundTripsOf(story).filter(({ tcp, encrypted }) => tcp !== undefined && encrypted > 0);
  if (trips.length === 0) return [];
  const made = trips.some(({ keyExchange }) => keyExchange > 0);
  const stored = trips.some(({ keyExchange }) => keyExchange === 0);
  const why = html`<p>One round trip opens the TCP connection, and one carries the call and its answer. With a stored auth_key nothing else is needed: the server finds the key by its auth_key_id, so the very first message can be encrypted.${made ? ' Without one, the key exchange comes first.' : ''}${stored ? '' : ' The next command of this session needs only these two.'}</p>`;
  const title = 'Why two round trips with a stored key, and more without one?';
  return [question(title, html`${why}<ul>${trips.map(tripsOf)}</ul>`)];
}

function tripsOf({ connection, keyExchange, encrypted }: RoundTrips): Markup {
  const parts = [
    '1 for TCP',
    ...(keyExchange > 0 ? [`${keyExchange} for the key exchange`] : []),
    `${encrypted} for encrypted messages`,
  ];
  const total = 1 + keyExchange + encrypted;
  return html`<li>Connection ${connection}: ${counted(total, 'round trip')}: ${parts.join(', ')}.</li>\n`;
}
