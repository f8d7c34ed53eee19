/**
 * A failure as a value; the text on stderr and the JSON on stdout are both made from it.
 *
 * Fills the templates of the catalogue with the facts of the command (phone number, session…) and clock times.
 */
import { fill, fillStep, type NextStep, named, type Values } from '../../catalogue.ts';
import { CataloguedError, InternalError, RpcError, TgAuthError, WaitError } from '../../errors.ts';
import type { Globals } from '../settings/setting.ts';
import { shellQuote } from './shell-quote.ts';
import { adviceFor } from './windows-advice.ts';

export interface Failure {
  readonly exitCode: number;
  /** error_code of a TL error. */
  readonly code: number | null;
  readonly type: string;
  /** error_message as the server sent it, shown in brackets. */
  readonly text: string | null;
  /** The number in that message: the X of FLOOD_WAIT_X. */
  readonly parameter: number | null;
  readonly message: string;
  /** Causes and advice, one line each. */
  readonly why: readonly string[];
  readonly next: readonly NextStep[];
  /** Seconds. */
  readonly retryAfter: number | null;
}

/**
 * `facts`: values for the templates that the command knows. `causes`: by error type, a likely cause that only the
 * command knows; it comes first.
 */
export function failureOf(error: unknown, facts: Values, causes: ReadonlyMap<string, string>, now: number): Failure {
  if (!(error instanceof TgAuthError)) return failureOf(bugOf(error), facts, causes, now);
  const rpc = error instanceof RpcError ? error : undefined;
  const { exit, type } = error;
  const retryAfter = error instanceof RpcError || error instanceof WaitError ? (error.retryAfter ?? null) : null;
  const until = retryAfter === null ? {} : { until: clock(now, retryAfter) };
  const values = error instanceof CataloguedError ? { ...facts, ...until, ...error.values } : facts;
  const { sentence, why, next } =
    error instanceof CataloguedError ? error.entry : { sentence: undefined, why: error.why, next: error.next };
  const { more = [] } = named(type) ?? {};
  return {
    exitCode: exit,
    code: rpc?.code ?? null,
    type,
    text: rpc?.text ?? null,
    parameter: rpc?.parameter ?? null,
    message: sentence === undefined ? error.message : fill(sentence, values),
    why: [...optional(causes.get(type)), ...(why ?? [])].map((line) => fill(line, values)),
    next: [...optional(next), ...more].flatMap((step) => fillStep(step, values) ?? []),
    retryAfter,
  };
}

/** The options that choose a session. A command to paste after a try in the sandbox must not reach Telegram. */
const CHOOSING = ['session', 'sandbox', 'test', 'server', 'server-key'] as const;

/**
 * Adds the session options of this run to a next step: a pasted `tg-auth logout` must end the same session. On Windows
 * the step is for PowerShell.
 */
export function aboutSession({ say, run }: NextStep, globals: Globals, platform?: NodeJS.Platform): NextStep {
  const names = globals.server === undefined ? CHOOSING : ([...CHOOSING, 'dc'] as const); // the DC at that address
  const flags = names.flatMap((name) => {
    const value = globals[name];
    if (run.includes(` --${name} `)) return [];
    if (typeof value === 'string') return [`--${name} ${shellQuote(value, platform)} `];
    return value === true ? [`--${name} `] : [];
  });
  const isComplete = / --(sandbox|server|help)\b/.test(run);
  const add = (command: string) => (isComplete ? command : command + flags.join(''));
  return { say, run: adviceFor(run.replace(/^tg-auth (?=[a-z])(?!sandbox\b)/, add), platform) };
}

/** A phone number in any spelling, or a code. Neither belongs in a bug report. */
const NUMBER = /\d[\d\s().-]{3,}\d/g;

/** The internal error for something thrown that nothing expects, without what a bug report must not hold. */
export function bugOf(error: unknown): InternalError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [line = ''] = message.split('\n');
  return new InternalError(line.replace(NUMBER, '…'));
}

function optional<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** The local time in `seconds` from `now` (in ms), with the date if it is more than half a day ahead. */
export function clock(now: number, seconds: number): string {
  const time = new Date(now + 1000 * seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}${seconds < 3600 ? `:${two(time.getSeconds())}` : ''}`;
  if (seconds < 43_200) return hour;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${hour}`;
}
