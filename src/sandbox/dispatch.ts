/**
 * From the bytes of a call to the bytes of its answer: removes the wrappers, picks the schema of the declared layer,
 * runs the handler and turns a refusal into an `rpc_error` (https://core.telegram.org/api/invoking).
 *
 * A server remembers for each auth key the last declared layer and the device of initConnection. Layers up to 49 use
 * the legacy schema. A call of another layer is known by its id alone; its answer has the lines of the declared layer
 * (`layers/`).
 */
import { TlError } from '../errors.ts';
import { idOf, type Unpack } from '../tl/gzip.ts';
import { current, legacy, mtproto } from '../tl/layer.ts';
import type { Answers, Methods } from '../tl/types.ts';
import { calls, codecOf } from './layers/schema.ts';
import { type SandboxEvent, toJson } from './log.ts';
import type { Handlers, RequestContext } from './methods/handler.ts';
import { currentMethods, legacyMethods, retiredMethods } from './methods/index.ts';
import { pastAnswer } from './methods/past-answers.ts';
import type { Tolerates } from './protocol/deviations.ts';
import { Refusal } from './rules/refusal.ts';
import type { Device } from './world.ts';

/** The layers that a sandbox serves: up to 49, those of today's servers, or both. */
export const LAYER_MODES = ['legacy', 'current', 'both'] as const;
export type LayerMode = (typeof LAYER_MODES)[number];

/** What a server remembers of an auth key. */
export interface KeyState {
  layer: number | undefined;
  /** `undefined` before initConnection. */
  device: Device | undefined;
  /** A temporary key works only after it is bound to a permanent one. */
  readonly temporary: boolean;
  /** The id of the permanent key that a temporary one is bound to. */
  bound: bigint | undefined;
}

export interface Call {
  readonly body: Uint8Array;
  /** Unpacks a query inside a wrapper: some clients pack it separately. */
  readonly unpack: Unpack;
}

/** The device of a client without initConnection, which may only bind a key. */
const NO_DEVICE: Device = { api_id: 0, device_model: '', system_version: '', app_version: '' };

/** Telegram has numbered a little over 200 layers in 13 years. */
const HIGHEST_LAYER = 1000;
const MAX_WRAPPERS = 8;

type CallContext = Omit<RequestContext, 'device' | 'hasType'> & { readonly tolerates: Tolerates };

/** Returns the result for rpc_result, and the event to report. */
export function answerCall(call: Call, state: KeyState, context: CallContext, mode: LayerMode) {
  const log: CallLog = { call: { _: '?' } };
  const { answer, result } = performOrRefuse(() => perform(unwrap(call, state, mode, log), state, context, mode, log));
  const { _: method, ...params } = log.call;
  const shown = { layer: state.layer ?? null, params: toJson(params), answer: toJson(answer) };
  const event = { event: 'request', dc: context.dc, method, ...shown } as const satisfies SandboxEvent;
  return { result, event };
}

function performOrRefuse(act: () => Performed): Performed {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const answer = { _: 'rpc_error', error_code: error.code, error_message: error.text } as const;
    return { answer, result: mtproto.encode(answer) };
  }
}

/** As much of a call as could be read, for the event. */
interface CallLog {
  call: { readonly _: string };
}

interface Performed {
  readonly answer: unknown;
  readonly result: Uint8Array;
}

/** Removes invokeWithLayer, initConnection and other wrappers, and remembers what they declare. */
function unwrap({ body: call, unpack }: Call, state: KeyState, mode: LayerMode, log: CallLog): Uint8Array {
  let body = call;
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const codec = isLegacy(state) ? legacy.codec : calls;
    const definition = codec.find(idOf(body));
    if (definition?.fields.at(-1)?.type !== '!X') return body;
    log.call = { _: definition.name };
    const wrapper = decode(() => codec.decodeCall(body));
    if (wrapper._ === 'invokeWithLayer') state.layer = checkLayer(wrapper.layer, mode);
    if (wrapper._ === 'initConnection') {
      checkConnection(wrapper, state);
      const { api_id, device_model, system_version, app_version } = wrapper;
      state.device = { api_id, device_model, system_version, app_version };
    }
    if ('query' in wrapper) body = decode(() => unpack(wrapper.query));
  }
  throw new Refusal(400, 'INPUT_FETCH_FAIL');
}

function isLegacy({ layer }: KeyState): boolean {
  return layer !== undefined && layer <= legacy.number;
}

function checkLayer(layer: number, mode: LayerMode): number {
  const highest = mode === 'legacy' ? legacy.number : HIGHEST_LAYER;
  if (layer < 1 || layer > highest) throw new Refusal(400, 'CONNECTION_LAYER_INVALID');
  return layer;
}

/** `system_lang_code` is only in the current schema. */
function checkConnection(fields: Device & { readonly system_lang_code?: string }, { layer }: KeyState): void {
  if (layer === undefined) throw new Refusal(400, 'CONNECTION_LAYER_INVALID');
  if (fields.api_id <= 0) throw new Refusal(400, 'CONNECTION_API_ID_INVALID');
  if (fields.device_model === '') throw new Refusal(400, 'CONNECTION_DEVICE_MODEL_EMPTY');
  if (fields.system_version === '') throw new Refusal(400, 'CONNECTION_SYSTEM_EMPTY');
  if (fields.app_version === '') throw new Refusal(400, 'CONNECTION_APP_VERSION_EMPTY');
  if (fields.system_lang_code === '') throw new Refusal(400, 'CONNECTION_SYSTEM_LANG_CODE_EMPTY');
}

function perform(body: Uint8Array, state: KeyState, call: CallContext, mode: LayerMode, log: CallLog): Performed {
  const codec = isLegacy(state) ? legacy.codec : codecOf(state.layer ?? current.number);
  const hasType = (name: string) => codec.find(name) !== undefined;
  const context = { ...call, hasType, device: state.device ?? NO_DEVICE };
  const id = idOf(body);
  const known = (isLegacy(state) ? legacy.codec : calls).find(id);
  const definition = codec.find(id) !== undefined || (known && call.tolerates('other-layer')) ? known : undefined;
  log.call = { _: definition?.name ?? `#${id.toString(16).padStart(8, '0')}` };
  const binds = definition?.name === 'auth.bindTempAuthKey';
  if (state.temporary && state.bound === undefined && !binds) throw new Refusal(401, 'AUTH_KEY_PERM_EMPTY');
  if (state.device === undefined && !binds) throw new Refusal(400, 'CONNECTION_NOT_INITED');
  let answer: unknown;
  if (definition?.isMethod === true && isLegacy(state)) {
    const params = decode(() => legacy.codec.decodeCall(body));
    log.call = params;
    answer = run(mode === 'current' ? retiredMethods : legacyMethods, params._, params, context);
  } else if (definition?.isMethod === true) {
    const params = decode(() => calls.decodeCall(body));
    log.call = params;
    answer = pastAnswer(params._, run(currentMethods, params._, params, context), definition.result, hasType);
  }
  if (answer === undefined || definition === undefined) throw new Refusal(400, `INPUT_METHOD_INVALID_${id}_0`);
  return { answer, result: codec.encodeAs(definition.result, answer) };
}

function run<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
  handlers: Handlers<S>,
  method: M,
  params: Methods<S>[M],
  context: RequestContext,
): Answers<S>[M] | undefined {
  return handlers[method]?.(params, context);
}

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlError) throw new Refusal(400, 'INPUT_FETCH_FAIL');
    throw error;
  }
}
