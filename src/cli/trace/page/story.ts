/**
 * A trace as a reader follows it: steps in order, in which frames of one direction that follow each other are a
 * flight.
 */
import type {
  CallEvent,
  CheckEvent,
  ConcludedEvent,
  FrameEvent,
  InnerEvent,
  MessageEvent,
  OpenEvent,
  Side,
  TraceEvent,
} from '../format.ts';

/** A frame with everything that belongs to it. */
export interface Message {
  readonly frame: FrameEvent;
  opened?: MessageEvent;
  inner?: InnerEvent;
  readonly checks: CheckEvent[];
  readonly conclusions: ConcludedEvent[];
}

export interface Flight {
  readonly kind: 'flight';
  readonly connection: number;
  readonly from: Side;
  readonly at: number;
  /** Since the frame before, or since the connection was opened. */
  readonly tookMs: number;
  readonly messages: Message[];
}

export interface Opening {
  readonly kind: 'open';
  readonly event: OpenEvent;
  connectedAt?: number;
}

export type Step =
  | Flight
  | Opening
  | { readonly kind: 'call'; readonly event: CallEvent }
  /** A check or a conclusion that belongs to no frame. */
  | { readonly kind: 'check'; readonly event: CheckEvent }
  | { readonly kind: 'concluded'; readonly event: ConcludedEvent }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'close'; readonly connection: number; readonly by: string };

export function storyOf(events: readonly TraceEvent[]): readonly Step[] {
  const steps: Step[] = [];
  const messages = new Map<number, Message>();
  const openings = new Map<number, Opening>();
  /** When the last thing happened on each connection. */
  const last = new Map<number, number>();
  for (const event of events) {
    switch (event.event) {
      case 'call':
        steps.push({ kind: 'call', event });
        break;
      case 'open': {
        const opening: Opening = { kind: 'open', event };
        openings.set(event.connection, opening);
        last.set(event.connection, event.at);
        steps.push(opening);
        break;
      }
      case 'connected': {
        const opening = openings.get(event.connection);
        if (opening !== undefined) opening.connectedAt ??= event.at;
        last.set(event.connection, event.at);
        break;
      }
      case 'close':
        steps.push({ kind: 'close', connection: event.connection, by: event.by });
        break;
      case 'note':
        steps.push({ kind: 'note', text: event.text });
        break;
      case 'frame': {
        const message: Message = { frame: event, checks: [], conclusions: [] };
        messages.set(event.frame, message);
        const { connection, from, at } = event;
        const before = steps.findLast((step) => step.kind !== 'note' && step.kind !== 'concluded');
        if (before?.kind === 'flight' && before.from === from && before.connection === connection)
          before.messages.push(message);
        else {
          const tookMs = Math.max(0, at - (last.get(connection) ?? at));
          steps.push({ kind: 'flight', connection, from, at, tookMs, messages: [message] });
        }
        last.set(connection, at);
        break;
      }
      default:
        add(event);
    }
  }
  return steps;

  function add(event: TraceEvent): void {
    const message = 'frame' in event && event.frame !== undefined ? messages.get(event.frame) : undefined;
    if (event.event === 'check') {
      if (message === undefined) steps.push({ kind: 'check', event });
      else message.checks.push(event);
    } else if (event.event === 'concluded') {
      if (message === undefined) steps.push({ kind: 'concluded', event });
      else message.conclusions.push(event);
    } else if (message !== undefined) {
      if (event.event === 'message') message.opened ??= event;
      if (event.event === 'inner') message.inner ??= event;
    }
  }
}

export function flightsOf(story: readonly Step[]): readonly Flight[] {
  return story.filter((step) => step.kind === 'flight');
}

/** What a message says, in a line. */
export function titleOf({ frame, opened }: Message): string {
  const error = frame.fields.find(({ name }) => name === 'transport_error')?.value;
  return opened?.title ?? (error === undefined ? 'not opened' : `transport error ${error}`);
}

export function isSealed({ frame, opened }: Message): boolean {
  return opened?.sealed ?? frame.fields.some(({ name }) => name === 'encrypted_data');
}

/** Round trips of one connection. */
export interface RoundTrips {
  readonly connection: number;
  /** 1 if TCP is all that a connection needs, else unknown. */
  readonly tcp: 1 | undefined;
  readonly keyExchange: number;
  readonly encrypted: number;
}

export function roundTripsOf(story: readonly Step[]): readonly RoundTrips[] {
  const flights = new Map<number, Flight[]>();
  for (const flight of flightsOf(story))
    flights.get(flight.connection)?.push(flight) ?? flights.set(flight.connection, [flight]);
  return story.flatMap((step) => {
    if (step.kind !== 'open' || step.connectedAt === undefined) return [];
    const { connection, proxy, transport } = step.event;
    const own = flights.get(connection) ?? [];
    const answered = own.filter(({ from }, i) => from === 'client' && own[i + 1]?.from === 'server');
    const encrypted = answered.filter(({ messages }) => messages.some(isSealed)).length;
    const tcp = proxy === undefined && transport !== 'websocket' ? 1 : undefined;
    return [{ connection, tcp, keyExchange: answered.length - encrypted, encrypted }];
  });
}

export function timeText(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0).replace(/\.0$/, '')} ms`;
}
