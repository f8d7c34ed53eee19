/** A Caller that answers from a list and writes down what it was asked. Answers go through the codec, so they are what a server could send. */
import { RpcError } from '../../src/errors.ts';
import { type Caller, current, legacy } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Answers, Constructors } from '../../src/tl/types.ts';

type Schema = typeof currentText;

export interface Asked {
  readonly layer: number;
  readonly method: string;
  readonly params: unknown;
}

export function fake(...answers: readonly (Uint8Array | Error)[]): Caller & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    async call(layer, method, params) {
      const answer = answers[asked.push({ layer: layer.number, method, params }) - 1];
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
