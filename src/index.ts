/**
 * tg-auth as a library: the steps of a login over a typed caller, the client that makes the calls, and stores for its session.
 *
 *     import { Client, fileStore, legacy, productionNetwork, sendCode } from 'tg-auth';
 *
 * Everything throws errors of one hierarchy, `TgAuthError`; each has the exit code, the type and the advice that the command line gives.
 * The sandbox is a module of its own: `tg-auth/sandbox`.
 */
export {
  type CallRequest,
  type CallResult,
  type CodeSent,
  resendCode,
  type SentCode,
  sendCall,
  sendCode,
} from './auth/code.ts';
export { describeDelivery } from './auth/delivery.ts';
export { parsePhone, showPhone } from './auth/phone.ts';
export type { Now, Random } from './bytes.ts';
export { duration, EXIT, type ExitCode } from './catalogue.ts';
export {
  DeliveryError,
  InterruptedError,
  NetworkError,
  RpcError,
  SecurityError,
  StoreError,
  TgAuthError,
  TlError,
  UsageError,
} from './errors.ts';
export { type Application, Client, type ClientOptions, type ConnectionState } from './net/client.ts';
export { type Address, type Network, productionNetwork, serverNetwork, testNetwork } from './net/datacentres.ts';
export { memoryStore } from './session/memory.ts';
export { emptySession, type PendingCode, type Session } from './session/session.ts';
export { type FileStoreOptions, fileStore, type OpenSession, type SessionStore } from './session/store.ts';
export { type Caller, type CallOptions, current, type Layer, legacy } from './tl/layer.ts';
export type { Answers, Constructors, Methods, Types } from './tl/types.ts';
export { TRANSPORTS, type TransportName } from './transport/wire.ts';
export { version } from './version.ts';
