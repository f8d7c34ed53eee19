/** All routes of the control API. The server, the OpenAPI file and the documentation read this table. */
import { UsageError } from '../../errors.ts';
import { openApi } from './openapi.ts';
import { type Route, route, type Schema } from './route.ts';

const PHONE = { type: 'string', does: 'a phone number; blanks, dashes and a plus do not count' } as const;

function object(properties: { readonly [name: string]: Schema }): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const DIGITS = { type: 'string', pattern: '^[1-9][0-9]+$' };
const TEXT = { type: 'string' };
const COUNT = { type: 'integer', minimum: 0 };

const SAID = object({ phone: DIGITS, delivery: TEXT, code: TEXT, text: TEXT });
const REQUEST = object({
  dc: { type: 'integer' },
  method: TEXT,
  layer: { type: ['integer', 'null'] },
  params: { type: 'object' },
  answer: {},
});

export const ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/said',
      does: 'What reached a phone, its mailbox or its apps. Without `phone`: those of all numbers.',
      answers: 'The latest 1000 messages, oldest first. `code` is what the client must send.',
      schema: { type: 'array', items: SAID },
    },
    { phone: PHONE },
    ({ said }, { phone }) => said(phone).map((each) => ({ ...each })),
  ),
  route(
    {
      method: 'GET',
      path: '/requests',
      does: 'What clients asked, and what was answered.',
      answers: 'The latest 1000 requests, oldest first. A refusal is an answer with `error_code` and `error_message`.',
      schema: { type: 'array', items: REQUEST },
    },
    {},
    ({ requests }) => requests().map((each) => ({ ...each })),
  ),
  route(
    {
      method: 'POST',
      path: '/clock',
      does: 'Move the clock of the rules, which decides when codes, login tokens and waits end. Takes one of the fields.',
      answers: 'The time of this clock, in seconds since 1970.',
      schema: object({ now: { type: 'number', minimum: 0 } }),
    },
    {
      advance: { type: 'number', does: 'the seconds to add' },
      now: { type: 'number', does: 'the time to show, in seconds since 1970' },
    },
    ({ clock }, { advance, now }) => {
      if (advance !== undefined && now === undefined) return { now: clock({ advance }) };
      if (now !== undefined && advance === undefined) return { now: clock({ now }) };
      throw new UsageError("One of the fields 'advance' and 'now' is required.");
    },
  ),
  route(
    {
      method: 'POST',
      path: '/scan',
      does: 'Scan a QR code with a phone, which signs the client in that shows it.',
      answers: 'The phone that scanned it.',
      schema: object({ phone: TEXT }),
    },
    {
      link: { type: 'string', required: true, does: 'the link in the QR code: tg://login?token=…' },
      phone: { ...PHONE, required: true },
    },
    ({ scan }, { link, phone }) => {
      scan(link, phone);
      return { phone };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/accounts',
      does: 'Create an account for a number that has not been used yet.',
      answers: 'The number of the account.',
      schema: object({ phone: DIGITS }),
      status: 201,
    },
    {
      phone: { ...PHONE, does: 'its phone number (default: a free test number of DC 2)' },
      name: { type: 'string', does: 'first name, then last name' },
      password: { type: 'string', does: 'the password of two-step verification' },
      email: { type: 'string', does: 'the address that recovers the password' },
    },
    ({ addAccount }, account) => ({ phone: addAccount(account) }),
  ),
  route(
    {
      method: 'POST',
      path: '/revoke',
      does: 'Sign out every client of an account: its next request fails with SESSION_REVOKED.',
      answers: 'How many sign-ins ended.',
      schema: object({ revoked: COUNT }),
    },
    { phone: { ...PHONE, required: true } },
    ({ revoke }, { phone }) => ({ revoked: revoke(phone) }),
  ),
  route(
    {
      method: 'POST',
      path: '/fault',
      does: 'Replace the faults, for new connections. An empty list ends them.',
      answers: 'The faults that are active now.',
      schema: object({ faults: { type: 'array', items: TEXT } }),
    },
    { faults: { type: 'array', required: true, does: 'faults, as `--fault` takes them' } },
    ({ fault }, { faults }) => {
      fault(...faults);
      return { faults };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/reset',
      does: 'Forget accounts, codes, sign-ins, messages and requests; restore the clock and the faults of the start.',
      answers: 'Nothing.',
      schema: object({}),
    },
    {},
    ({ reset }) => {
      reset();
      return {};
    },
  ),
  route(
    {
      method: 'GET',
      path: '/openapi.json',
      does: 'This description of the API.',
      answers: 'An OpenAPI 3.1 document.',
      schema: { type: 'object', properties: { openapi: TEXT }, required: ['openapi'] },
    },
    {},
    () => openApi(ROUTES),
  ),
];
