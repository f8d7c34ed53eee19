/**
 * What a failure says: one value, of which both the text on stderr and the JSON on stdout are made.
 *
 * The words are the catalogue's. Its templates are filled here with what the command knows (the phone number, the session…) and with what
 * only a clock can tell.
 */
import { fill, local, type Values } from '../../catalogue.ts';
import { CataloguedError, RpcError, TgAuthError, WaitError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Globals } from '../settings/setting.ts';
import { quoted } from './shell-quote.ts';

export interface Failure {
  readonly exitCode: number;
  /** error_code of a TL error. */
  readonly code: number | null;
  readonly type: string;
  /** The name as the server sent it, number and all, for the brackets. */
  readonly text: string | null;
  readonly message: string;
  /** Why, and what next: lines. */
  readonly advice: readonly string[];
  readonly retryAfter: number | null;
}

/**
 * `facts`: what the command has learnt so far. `causes`: a likely cause that only the command knows, by the error's type; it goes first.
 */
export function failureOf(error: unknown, facts: Values, causes: ReadonlyMap<string, string>, now: number): Failure {
  if (!(error instanceof TgAuthError)) return bug(error);
  const rpc = error instanceof RpcError ? error : undefined;
  const { exit, type } = error;
  const retryAfter = error instanceof RpcError || error instanceof WaitError ? (error.retryAfter ?? null) : null;
  const until = retryAfter === null ? {} : { until: clock(now, retryAfter) };
  const values = error instanceof CataloguedError ? { ...facts, ...until, ...error.values } : facts;
  const { sentence, why, next } =
    error instanceof CataloguedError ? error.entry : { sentence: undefined, why: error.why, next: error.next };
  return {
    exitCode: exit,
    code: rpc?.code ?? null,
    type: printable(type),
    text: rpc === undefined ? null : printable(rpc.text),
    message: sentence === undefined ? error.message : fill(sentence, values),
    advice: [...optional(causes.get(type)), ...(why ?? []), ...optional(next)].map((line) => fill(line, values)),
    retryAfter,
  };
}

/** The options that say which session a command is about. */
const WHICH = ['session', 'test', 'server', 'server-key'] as const;

/** Advice whose commands are about the session that `globals` name: pasted as they were, `tg-auth logout` would end another one. */
export function aboutSession(advice: readonly string[], globals: Globals): string[] {
  const flags = WHICH.flatMap((name) => {
    const value = globals[name];
    if (typeof value === 'string') return [`--${name} ${quoted(value)} `];
    return value === true ? [`--${name} `] : [];
  });
  return advice.map((line) =>
    / --(session|sandbox|server)\b/.test(line)
      ? line
      : line.replace(/(?<= {2}|&& )tg-auth (?=[a-z])/g, (command) => command + flags.join('')),
  );
}

/** A phone number, however it is spelt, or a code: neither belongs into a bug report. */
const NUMBER = /\d[\d\s().-]{3,}\d/g;

/** Whatever is thrown and is no TgAuthError is a bug of ours. */
function bug(error: unknown): Failure {
  const { exit, sentence, why = [], next } = local('BUG');
  const message = fill(sentence, {
    message: printable(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replace(NUMBER, '…'),
  });
  return {
    exitCode: exit,
    code: null,
    type: 'BUG',
    text: null,
    message,
    advice: [...why, ...optional(next)],
    retryAfter: null,
  };
}

function optional<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** The local time so many seconds from `now`, with the date once it is more than half a day ahead. */
export function clock(now: number, seconds: number): string {
  const time = new Date(now + 1000 * seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}${seconds < 3600 ? `:${two(time.getSeconds())}` : ''}`;
  if (seconds < 43_200) return hour;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${hour}`;
}
