/**
 * A Caller that answers from a list and records its calls. Answers go through the codec, so a server could send them.
 */
import { RpcError } from '../../src/errors.ts';
import { type Caller, current, legacy } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Answers, Constructors } from '../../src/tl/types.ts';

type Schema = typeof currentText;

export interface Asked {
  readonly layer: number;
  readonly method: string;
  readonly params: unknown;
  /** Only if the call named one. */
  readonly dc?: number;
  /** Only if the call set it. */
  readonly startsAnew?: true;
}

export interface Fake extends Caller {
  readonly asked: Asked[];
  /** The calls in TL. */
  readonly bodies: Uint8Array[];
}

export function fake(...answers: readonly (Uint8Array | Error)[]): Fake {
  const asked: Asked[] = [];
  const bodies: Uint8Array[] = [];
  return {
    asked,
    bodies,
    async call(layer, method, params, { dc, startsAnew } = {}) {
      const options = { ...(dc !== undefined && { dc }), ...(startsAnew === true && { startsAnew }) };
      const answer = answers[asked.push({ layer: layer.number, method, params, ...options }) - 1];
      bodies.push(layer.codec.encodeCall(method, params));
      if (answer instanceof Uint8Array) return layer.codec.decodeAnswer(method, answer);
      throw answer ?? new Error(`${method} was not expected`);
    },
  };
}

export const refusal = (code: number, text: string, method = 'auth.sendCall') => new RpcError(code, text, method);

export const bool = (answer: boolean) => legacy.codec.encodeAnswer('auth.sendCall', answer);

export const sentCode = (answer: Answers<Schema>['auth.sendCode']) =>
  current.codec.encodeAnswer('auth.sendCode', answer);

export const codeOf = (
  type: Constructors<Schema>['auth.sentCode']['type'],
  rest: Partial<Constructors<Schema>['auth.sentCode']> = {},
) => sentCode({ _: 'auth.sentCode', phone_code_hash: 'h2', type, ...rest });

/** An answer to a method of the current layer. */
export function answer<M extends keyof Answers<Schema> & string>(method: M, value: Answers<Schema>[M]): Uint8Array {
  return current.codec.encodeAnswer(method, value);
}

export const ADA = { _: 'user', id: 7_000_000_001n, first_name: 'Ada', phone: '79991234567' } as const;
export const ada = { id: 7_000_000_001n, bot: false, first_name: 'Ada', phone: '79991234567' };
export const SIGNED_IN = { _: 'auth.authorization', user: ADA } as const;
