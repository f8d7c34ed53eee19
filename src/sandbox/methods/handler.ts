/** What a handler of a TL method gets, and the type of a table of handlers. */
import type { Now } from '../../bytes.ts';
import type { legacyText } from '../../tl/schema/legacy.ts';
import type { Answers, Methods } from '../../tl/types.ts';
import type { serverText } from '../layers/schema.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Sender } from '../world.ts';

export type Current = typeof serverText;
export type Legacy = typeof legacyText;

export interface RequestContext extends Sender {
  /** The data centre's clock. */
  readonly now: Now;
  readonly dcs: readonly DcAddress[];
  /** Binds the temporary key of this session to a permanent one. */
  readonly bind: (params: BindParams) => boolean;
  /** Destroys the temporary keys bound to the permanent key of this session, except some. */
  readonly dropTemporaryKeys: (except: readonly bigint[]) => void;
  /** Whether the client's layer has this constructor. */
  readonly hasType: (name: string) => boolean;
}

/** The parameters of auth.bindTempAuthKey, the same in all layers. */
export type BindParams = Methods<Current>['auth.bindTempAuthKey'];

export interface DcAddress {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** Handlers for some methods of a schema. */
export type Handlers<S extends string> = {
  readonly [M in keyof Methods<S> & keyof Answers<S> & string]?: (
    params: Methods<S>[M],
    context: RequestContext,
  ) => Answers<S>[M];
};

/** The sandbox accepts every application that has an id and a hash. */
export function checkApplication({ api_id, api_hash }: { readonly api_id: number; readonly api_hash: string }): void {
  if (api_id <= 0 || api_hash === '') throw new Refusal(400, 'API_ID_INVALID');
}
