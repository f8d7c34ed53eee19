/**
 * tg-auth as a library: the steps of a login, the client that makes the calls, and stores for its session.
 *
 *     import { connect, sendCode, signIn } from 'tg-auth';
 *
 * Every error is a `TgAuthError`, with the exit code, type and advice of the command line. The sandbox is a separate
 * module: `tg-auth/sandbox`.
 */
export {
  confirmDevice,
  type Device,
  devices,
  deviceTtl,
  endDevice,
  endOtherDevices,
  logOut,
  setDeviceTtl,
  whoAmI,
} from './auth/account.ts';
export { parseBotToken, signInBot } from './auth/bot.ts';
export {
  type CallRequest,
  type CallResult,
  type DeliveryRequest,
  type DeliveryResult,
  sendCall,
  sendSms,
} from './auth/call.ts';
export { type CloneOptions, cloneSession } from './auth/clone.ts';
export {
  type CodeSent,
  cancelCode,
  type Delivery,
  type IssuedCode,
  resendCode,
  type SentCode,
  sendCode,
} from './auth/code.ts';
export { describeDelivery } from './auth/delivery.ts';
export { confirmEmail, type EmailCode, proposeEmail, resetEmail } from './auth/email.ts';
export { type AccountLimits, accountLimits, type Freeze, type Restriction } from './auth/limits.ts';
export {
  checkPassword,
  type PasswordGiven,
  type PasswordQuestion,
  passwordQuestion,
} from './auth/password.ts';
export { parsePhone, showPhone } from './auth/phone.ts';
export { acceptLogin, type QrOptions, type QrToken, signInByQr, type TokenEnd } from './auth/qr.ts';
export { type CodeEntry, type NewAccount, type SignIn, signIn, signUp, type Terms } from './auth/sign-in.ts';
export { type Recovery, recoverPassword, requestRecovery } from './auth/two-step/recovery.ts';
export { declineReset, type Reset, resetPassword } from './auth/two-step/reset.ts';
export {
  cancelRecoveryEmail,
  confirmRecoveryEmail,
  type PasswordSettings,
  type PasswordUpdate,
  passwordSettings,
  type Renewal,
  resendRecoveryEmail,
  type Unconfirmed,
  updatePassword,
} from './auth/two-step/settings.ts';
export { nameOf, type User } from './auth/user.ts';
export type { Now, Random } from './bytes.ts';
export { duration, EXIT, type ExitCode, type NextStep } from './catalogue.ts';
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
export {
  type Connected,
  type ConnectOptions,
  connect,
  type OpenSessionOptions,
  openSession,
  type SessionHandle,
} from './library.ts';
export { Client, type ClientOptions } from './net/client.ts';
export { type Address, type Network, productionNetwork, serverNetwork, testNetwork } from './net/datacentres.ts';
export { type ProxyServer, parseProxy } from './net/dial/proxy.ts';
export type { Application } from './net/init-connection.ts';
export type { ConnectionState } from './net/state.ts';
export { contentsOf, type Surroundings, sessionOf } from './session/formats/convert.ts';
export {
  type Contents,
  FORMAT_NAMES,
  type FormatName,
  readSessionString,
  type SessionString,
  writeSessionString,
} from './session/formats/index.ts';
export { memoryStore } from './session/memory.ts';
export { emptySession, type PendingCode, type Session, type SessionUser, type Wait } from './session/session.ts';
export { type FileStoreOptions, fileStore, type OpenSession, type SessionStore } from './session/store.ts';
export { type Caller, type CallOptions, current, type Layer, type ListeningCaller, legacy } from './tl/layer.ts';
export { loginLink, loginToken } from './tl/login-link.ts';
export type { Answers, Constructors, Methods, Types } from './tl/types.ts';
export { TRANSPORTS, type TransportName } from './transport/names.ts';
export { version } from './version.ts';
