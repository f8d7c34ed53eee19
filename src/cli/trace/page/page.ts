/** A trace as one page of HTML that needs nothing else. It makes no request, and its policy forbids every one. */
import { sha256 } from '../../../crypto/hash.ts';
import { counted } from '../../../printable.ts';
import type { ReadTrace } from '../read.ts';
import { conclusionText, utc } from '../show.ts';
import { KINDS, READING, WORDS } from '../terms/term.ts';
import { diagramOf } from './diagram.ts';
import { html, Markup } from './markup.ts';
import { articleOf, checkOf } from './message.ts';
import { type Question, questionsOf } from './questions.ts';
import { SCRIPT } from './script.ts';
import { type Flight, flightsOf, type Step, storyOf, timeText } from './story.ts';
import { STYLE } from './style.ts';

export interface PageOptions {
  readonly title?: string;
  /** Paragraphs before everything else. */
  readonly about?: readonly string[];
}

export function pageOf({ header, events }: ReadTrace, { title, about = [] }: PageOptions = {}): string {
  const { command, program, started, secrets } = header;
  const name = title ?? `Trace of ${command}`;
  const story = storyOf(events);
  const flights = flightsOf(story);
  const questions = questionsOf(story);
  const facts = [`tg-auth ${command}`, utc(started), program, secrets ? 'nothing is hidden' : 'secrets are hidden'];
  const policy = `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${name}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#messages">Skip to the messages</a>
<header><h1>${name}</h1>
<p class="facts">${facts.filter((fact) => fact !== '').join(' · ')}</p>
${about.map((paragraph) => html`<p>${paragraph}</p>\n`)}</header>
<nav aria-label="Parts of this page"><a href="#overview">Overview</a> ${questions.length === 0 ? undefined : html`<a href="#questions">Short answers</a> `}<a href="#words">Words</a> <a href="#reading">How to read the bytes</a> <a href="#messages">Messages</a></nav>
<main>
<section aria-labelledby="overview"><h2 id="overview">Overview</h2>
<div class="overview">${diagramOf(story)}${timesOf(flights)}</div></section>
${answers(questions)}${words()}${reading(secrets)}<section aria-labelledby="messages"><h2 id="messages">The messages</h2>
<p class="controls"></p>
${story.map(stepOf)}</section>
</main>
<footer><p>Made by tg-auth from a trace. The page makes no request; only the links lead elsewhere.</p></footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return `sha256-${Buffer.from(sha256(bytes)).toString('base64')}`;
}

function answers(questions: readonly Question[]): Markup | undefined {
  if (questions.length === 0) return undefined;
  return html`<section aria-labelledby="questions"><h2 id="questions">Short answers</h2>
${questions.map(({ title, answer, items }) => html`<h3>${title}</h3>\n<p>${linked(answer)}</p>\n${items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${linked(item)}</li>\n`)}</ul>`}`)}</section>
`;
}

/** Makes each "message 3" a link. */
function linked(text: string): Markup[] {
  return text
    .split(/(message \d+)/)
    .map((part, i) => (i % 2 === 0 ? html`${part}` : html`<a href="#m${part.slice('message '.length)}">${part}</a>`));
}

/** The flights as a table. */
function timesOf(flights: readonly Flight[]): Markup {
  return html`<table class="times"><caption>Flights: messages in one direction that follow each other, and how long the client worked or waited for them</caption>
<thead><tr><th scope="col">at</th><th scope="col">flight</th><th scope="col">took</th></tr></thead>
<tbody>${flights.map(({ at, from, messages, tookMs }) => html`<tr><td>${timeText(at)}</td><td>${from === 'client' ? '→ server:' : '← client:'} ${messages.map(({ frame }, i) => html`${i === 0 ? '' : ', '}<a href="#m${frame.frame}">message ${frame.frame}</a>`)}</td><td>${timeText(tookMs)}</td></tr>\n`)}</tbody></table>`;
}

function words(): Markup {
  return html`<section aria-labelledby="words"><h2 id="words">Words</h2>
<dl class="words">${Object.entries(WORDS).map(([word, says]) => html`<div><dt>${word}</dt><dd>${says}</dd></div>\n`)}</dl></section>
`;
}

function reading(secrets: boolean): Markup {
  return html`<section aria-labelledby="reading"><h2 id="reading">How to read the bytes</h2>
<p>${READING} Offsets count from the first byte of each table. The bytes of a field with parts are in the rows below it. ${secrets ? '' : 'A field that is marked as hidden was left out of the trace, because it is a secret or could contain one. Its length is shown.'}</p>
<ul class="legend">${Object.entries(KINDS).map(([kind, says]) => html`<li class="k-${kind}"><span class="bytes">00</span> ${says}</li>`)}</ul></section>
`;
}

function stepOf(step: Step): Markup | undefined {
  switch (step.kind) {
    case 'call':
      return html`<h3>The client calls ${step.event.method}, in layer ${step.event.layer} of the API</h3>\n`;
    case 'open': {
      const { event, connectedAt } = step;
      const place = event.address ?? `a proxy (${event.proxy ?? 'of an unknown kind'})`;
      const end =
        connectedAt === undefined ? 'It did not open.' : `It opened after ${timeText(connectedAt - event.at)}.`;
      return html`<p class="step">Connection ${event.connection} to data centre ${event.dc}, ${place}, with the transport ${event.transport}. ${end}</p>\n`;
    }
    case 'flight':
      return html`<section class="flight ${step.from === 'client' ? 'out' : 'in'}" aria-label="${sectionName(step)}">
<p class="took">${sectionName(step)}, at ${timeText(step.at)}, ${step.from === 'client' ? `after ${timeText(step.tookMs)} of work` : `${timeText(step.tookMs)} after the request`}</p>
${step.messages.map(articleOf)}</section>
`;
    case 'check':
      return html`<ul class="step">${checkOf(step.event)}</ul>\n`;
    case 'concluded': {
      const text = conclusionText(step.event);
      return text === undefined ? undefined : html`<p class="step">The client concludes: ${text}.</p>\n`;
    }
    case 'note':
      return html`<p class="step">${step.text}</p>\n`;
    case 'close':
      return html`<p class="step">Connection ${step.connection} was closed by the ${step.by}.</p>\n`;
  }
}

function sectionName({ from, messages }: Flight): string {
  const what = counted(messages.length, 'message');
  return from === 'client' ? `${what} to the server` : `${what} to the client`;
}
