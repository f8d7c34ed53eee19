/** One message on the page: what it says, who knows what after it, the checks, and its bytes, sealed and opened. */
import { counted } from '../../../printable.ts';
import type { CheckEvent } from '../format.ts';
import { conclusionText } from '../show.ts';
import { CAUGHT, checkTermOf } from '../terms/checks.ts';
import { type Knowledge, type Meaning, meaningsOf } from '../terms/messages.ts';
import { tableOf } from './bytes.ts';
import { html, type Markup } from './markup.ts';
import { isSealed, type Message, titleOf } from './story.ts';

export function articleOf(message: Message): Markup {
  const { frame, inner, checks, conclusions } = message;
  const title = titleOf(message);
  const meanings = meaningsOf(title);
  const knows = meanings.find((meaning) => meaning.knows !== undefined)?.knows;
  const sealed = isSealed(message);
  const readable = `readable by anyone${inner === undefined ? '' : `, but for ${inner.field}`}`;
  const concluded = conclusions.flatMap((event) => conclusionText(event) ?? []);
  return html`<article id="m${frame.frame}" class="${sealed ? 'sealed' : 'plain'}" aria-labelledby="h${frame.frame}">
<h4 id="h${frame.frame}"><span class="number">${frame.frame}</span> ${title}</h4>
<p class="facts">${frame.from === 'client' ? 'Client → server' : 'Server → client'}, ${counted(frame.length, 'byte')}, <b>${sealed ? 'encrypted' : readable}</b></p>
${meanings.map(meaningOf)}${checksOf(checks)}${concluded.map((text) => html`<p class="concluded">The client concludes: ${text}.</p>\n`)}${knows && knowledge(knows, frame.frame)}${bytesOf(message)}</article>
`;
}

function meaningOf({ name, says, link }: Meaning): Markup {
  return html`<p>${says} <a href="${link}">Telegram's page on ${name}</a></p>
`;
}

function checksOf(checks: readonly CheckEvent[]): Markup | undefined {
  if (checks.length === 0) return undefined;
  const failed = checks.filter(({ holds }) => !holds).length;
  const caught = checks.some(({ what }) => checkTermOf(what)?.catches === 'middle');
  const summary = html`${counted(checks.length, 'check')} of the client${failed > 0 ? html`, <b class="failed">${failed} failed</b>` : ''}${caught ? html` <span class="badge">${CAUGHT.middle}</span>` : ''}`;
  return html`<details class="checks" open><summary>${summary}</summary><ul>
${checks.map(checkOf)}</ul></details>
`;
}

export function checkOf({ what, holds }: CheckEvent): Markup {
  const { says, catches } = checkTermOf(what) ?? {};
  const badge = catches && html` <span class="badge">${CAUGHT[catches]}</span>`;
  return html`<li><b class="${holds ? 'passed' : 'failed'}">${holds ? '✔ holds' : '✖ failed'}:</b> ${what}.${badge} <span class="says">${says}</span></li>
`;
}

function knowledge({ client, server, others }: Knowledge, number: number): Markup {
  return html`<div class="knows"><h5>After message ${number}: who knows what?</h5><dl><div><dt>The client</dt><dd>${client}</dd></div><div><dt>The server</dt><dd>${server}</dd></div><div><dt>Anyone on the network</dt><dd>${others}</dd></div></dl></div>
`;
}

function bytesOf({ frame, opened, inner }: Message): Markup {
  const travels = [tableOf(`The frame, as it travels: ${counted(frame.length, 'byte')}`, frame.fields, 'frame')];
  const reads: Markup[] = [];
  if (opened !== undefined) {
    const table = opened.sealed
      ? tableOf('encrypted_data, opened: only client and server can do this', opened.fields, 'encrypted')
      : tableOf('The message in this frame', opened.fields, 'plain');
    (opened.sealed ? reads : travels).push(table);
  }
  if (inner !== undefined)
    reads.push(tableOf(`${inner.field}, opened: only client and server can do this`, inner.fields, 'inner'));
  const side = (name: string, tables: readonly Markup[]) => html`<div class="side"><h5>${name}</h5>${tables}</div>`;
  const sides =
    reads.length === 0 ? html`<div class="side">${travels}</div>` : [side('Sealed', travels), side('Opened', reads)];
  return html`<details class="dump"><summary>The bytes of message ${frame.frame}, field by field</summary><div class="${reads.length > 0 ? 'pair' : 'single'}">${sides}</div></details>
`;
}
