/**
 * From the bytes of a call to the bytes of its answer: the wrappers come off, the layer they declare picks the schema, a handler
 * answers, and every refusal becomes an `rpc_error` (https://core.telegram.org/api/invoking).
 *
 * A server remembers, for each auth key, the last layer declared and whether a connection was initialised. Layers up to 49 speak the
 * legacy schema, all others the current one, whose ids the login calls of foreign clients share.
 */
import { TlError } from '../errors.ts';
import type { Codec } from '../tl/codec.ts';
import { idOf, type Unpack } from '../tl/gzip.ts';
import { codecOf, current, legacy, mtproto } from '../tl/layer.ts';
import type { Answers, Methods } from '../tl/types.ts';
import { type SandboxEvent, toJson } from './log.ts';
import { type Context, dropped, type Handlers, modern, old } from './methods/index.ts';
import { login } from './methods/login.ts';
import { Refusal } from './rules/refusal.ts';
import type { Device } from './world.ts';

/** Which layers a sandbox serves: those up to 49, those that a server of today serves, or both. */
export type LayerMode = 'legacy' | 'current' | 'both';

/** What a server remembers of a client, by its auth key. */
export interface ClientMemory {
  layer: number | undefined;
  /** What initConnection told; `undefined` before it. */
  device: Device | undefined;
  /** Made for a while: it is good for nothing until it is bound to a permanent key. */
  readonly temporary: boolean;
  /** The permanent key that a temporary one stands for. */
  bound: bigint | undefined;
}

export interface Call {
  readonly body: Uint8Array;
  /** Takes the packing off a query in it: clients pack that by itself. */
  readonly unpack: Unpack;
}

export interface Reply {
  /** What goes into rpc_result. */
  readonly result: Uint8Array;
  readonly event: SandboxEvent;
}

/** A handler's context, but for what the call itself tells. */
export type Bare = Omit<Context, 'device'>;

/** Of a client that has not introduced itself, which only bindings are taken from. */
const UNKNOWN: Device = { api_id: 0, device_model: '', system_version: '', app_version: '' };

/** Telegram has numbered a little over 200 layers in 13 years. */
const HIGHEST_LAYER = 1000;
const MOST_WRAPPERS = 8;

export function answerCall(call: Call, memory: ClientMemory, context: Bare, mode: LayerMode): Reply {
  const heard: Heard = { call: { _: '?' } };
  const reply = (answer: unknown, result: Uint8Array): Reply => {
    const { _: method, ...params } = heard.call;
    const layer = memory.layer ?? null;
    const told = { dc: context.dc, method, layer, params: toJson(params), answer: toJson(answer) };
    return { result, event: { event: 'request', ...told } };
  };
  try {
    const { answer, result } = perform(unwrap(call, memory, mode, heard), memory, context, mode, heard);
    return reply(answer, result);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refusal = { _: 'rpc_error', error_code: error.code, error_message: error.text } as const;
    return reply(refusal, mtproto.encode(refusal));
  }
}

/** As much of a call as could be read. */
interface Heard {
  call: { readonly _: string };
}

/** Takes off invokeWithLayer, initConnection and the like, minding what they say. */
function unwrap({ body: call, unpack }: Call, memory: ClientMemory, mode: LayerMode, heard: Heard): Uint8Array {
  let body = call;
  for (let depth = 0; depth < MOST_WRAPPERS; depth++) {
    const { codec } = schemaOf(memory);
    const line = codec.find(idOf(body));
    if (line?.fields.at(-1)?.type !== '!X') return body;
    heard.call = { _: line.name };
    const wrapper = fetch(() => codec.decodeCall(body));
    if (wrapper._ === 'invokeWithLayer') memory.layer = checkLayer(wrapper.layer, mode);
    if (wrapper._ === 'initConnection') {
      checkConnection(wrapper, memory);
      const { api_id, device_model, system_version, app_version } = wrapper;
      memory.device = { api_id, device_model, system_version, app_version };
    }
    if ('query' in wrapper) body = fetch(() => unpack(wrapper.query));
  }
  throw new Refusal(400, 'INPUT_FETCH_FAIL');
}

function schemaOf({ layer }: ClientMemory): typeof current | typeof legacy {
  return layer !== undefined && layer <= legacy.number ? legacy : current;
}

function checkLayer(layer: number, mode: LayerMode): number {
  const highest = mode === 'legacy' ? legacy.number : HIGHEST_LAYER;
  if (layer < 1 || layer > highest) throw new Refusal(400, 'CONNECTION_LAYER_INVALID');
  return layer;
}

interface ConnectionFields {
  readonly api_id: number;
  readonly device_model: string;
  readonly system_version: string;
  readonly app_version: string;
  /** Only in the current schema. */
  readonly system_lang_code?: string;
}

function checkConnection(fields: ConnectionFields, { layer }: ClientMemory): void {
  if (layer === undefined) throw new Refusal(400, 'CONNECTION_LAYER_INVALID');
  if (fields.api_id <= 0) throw new Refusal(400, 'CONNECTION_API_ID_INVALID');
  if (fields.device_model === '') throw new Refusal(400, 'CONNECTION_DEVICE_MODEL_EMPTY');
  if (fields.system_version === '') throw new Refusal(400, 'CONNECTION_SYSTEM_EMPTY');
  if (fields.app_version === '') throw new Refusal(400, 'CONNECTION_APP_VERSION_EMPTY');
  if (fields.system_lang_code === '') throw new Refusal(400, 'CONNECTION_SYSTEM_LANG_CODE_EMPTY');
}

interface Performed {
  readonly answer: unknown;
  readonly result: Uint8Array;
}

function perform(body: Uint8Array, memory: ClientMemory, bare: Bare, mode: LayerMode, heard: Heard): Performed {
  const context = { ...bare, device: memory.device ?? UNKNOWN };
  const { codec } = schemaOf(memory);
  const id = idOf(body);
  const line = codec.find(id);
  heard.call = { _: line?.name ?? `#${id.toString(16).padStart(8, '0')}` };
  const binds = line?.name === 'auth.bindTempAuthKey';
  if (memory.temporary && memory.bound === undefined && !binds) throw new Refusal(401, 'AUTH_KEY_PERM_EMPTY');
  if (memory.device === undefined && !binds) throw new Refusal(400, 'CONNECTION_NOT_INITED');
  if (line?.isMethod !== true) throw unknownMethod(id);
  if (codec === legacy.codec) {
    const call = fetch(() => legacy.codec.decodeCall(body));
    heard.call = call;
    return run(legacy.codec, mode === 'current' ? dropped : old, call._, call, context) ?? refuse(unknownMethod(id));
  }
  const call = fetch(() => current.codec.decodeCall(body));
  heard.call = call;
  return (
    run(codecOf(memory.layer ?? current.number), { ...modern, ...login }, call._, call, context) ??
    refuse(unknownMethod(id))
  );
}

function run<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
  codec: Codec<S>,
  handlers: Handlers<S>,
  method: M,
  params: Methods<S>[M],
  context: Context,
): Performed | undefined {
  const answer = handlers[method]?.(params, context);
  return answer === undefined ? undefined : { answer, result: codec.encodeAnswer(method, answer) };
}

function unknownMethod(id: number): Refusal {
  return new Refusal(400, `INPUT_METHOD_INVALID_${id}_0`);
}

function refuse(refusal: Refusal): never {
  throw refusal;
}

function fetch<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlError) throw new Refusal(400, 'INPUT_FETCH_FAIL');
    throw error;
  }
}
