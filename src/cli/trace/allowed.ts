/**
 * What a trace may show: an allowlist. Every other field is hidden before it is written. Flags, Bool values, the names
 * of constructors and the numbers of items in vectors are always shown.
 */
import type { Field } from '../../tl/schema.ts';

/** The fields that may be shown, by method or constructor. */
const SHOWN: Readonly<Record<string, string>> = {
  // the key exchange
  req_pq: 'nonce',
  req_pq_multi: 'nonce',
  resPQ: 'nonce server_nonce pq server_public_key_fingerprints',
  p_q_inner_data: 'pq p q nonce server_nonce',
  p_q_inner_data_dc: 'pq p q nonce server_nonce dc',
  p_q_inner_data_temp: 'pq p q nonce server_nonce expires_in',
  p_q_inner_data_temp_dc: 'pq p q nonce server_nonce dc expires_in',
  req_DH_params: 'nonce server_nonce p q public_key_fingerprint',
  server_DH_params_ok: 'nonce server_nonce',
  server_DH_params_fail: 'nonce server_nonce',
  server_DH_inner_data: 'nonce server_nonce g dh_prime server_time',
  client_DH_inner_data: 'nonce server_nonce',
  set_client_DH_params: 'nonce server_nonce',
  dh_gen_ok: 'nonce server_nonce',
  dh_gen_retry: 'nonce server_nonce',
  dh_gen_fail: 'nonce server_nonce',
  // service messages; a salt shows a part of new_nonce
  rpc_result: 'req_msg_id',
  rpc_error: 'error_code error_message',
  rpc_drop_answer: 'req_msg_id',
  rpc_answer_dropped: 'msg_id seq_no bytes',
  get_future_salts: 'num',
  future_salts: 'req_msg_id now',
  future_salt: 'valid_since valid_until',
  ping: 'ping_id',
  ping_delay_disconnect: 'ping_id disconnect_delay',
  pong: 'msg_id ping_id',
  destroy_session: 'session_id',
  destroy_session_ok: 'session_id',
  destroy_session_none: 'session_id',
  new_session_created: 'first_msg_id unique_id',
  message: 'msg_id seqno bytes',
  msgs_ack: 'msg_ids',
  bad_msg_notification: 'bad_msg_id bad_msg_seqno error_code',
  bad_server_salt: 'bad_msg_id bad_msg_seqno error_code',
  msgs_state_req: 'msg_ids',
  msgs_state_info: 'req_msg_id info',
  msgs_all_info: 'msg_ids info',
  msg_detailed_info: 'msg_id answer_msg_id bytes status',
  msg_new_detailed_info: 'answer_msg_id bytes status',
  msg_resend_req: 'msg_ids',
  http_wait: 'max_delay wait_after max_wait',
  // the API
  invokeWithLayer: 'layer',
  invokeAfterMsg: 'msg_id',
  invokeAfterMsgs: 'msg_ids',
  initConnection: 'app_version system_lang_code lang_pack lang_code',
  'auth.sendCode': 'sms_type lang_code',
  'auth.sentCode': 'timeout send_call_timeout',
  'auth.sentAppCode': 'send_call_timeout',
  'auth.sentCodeTypeApp': 'length',
  'auth.sentCodeTypeSms': 'length',
  'auth.sentCodeTypeCall': 'length',
  'auth.sentCodeTypeMissedCall': 'length',
  'auth.sentCodeTypeEmailCode': 'length reset_available_period reset_pending_date',
  'auth.sentCodeTypeFragmentSms': 'length',
  'auth.sentCodeTypeFirebaseSms': 'length push_timeout',
  'auth.authorization': 'otherwise_relogin_days tmp_sessions',
  'auth.loginToken': 'expires',
  'auth.loginTokenMigrateTo': 'dc_id',
  'auth.exportAuthorization': 'dc_id',
  'auth.bindTempAuthKey': 'perm_auth_key_id expires_at',
  'account.password': 'pending_reset_date',
  'account.sentEmailCode': 'length',
  'account.authorizations': 'authorization_ttl_days',
  'account.resetPasswordFailedWait': 'retry_date',
  'account.resetPasswordRequestedWait': 'until_date',
  authorization: 'date_created date_active',
  config: 'date expires this_dc tmp_sessions',
  nearestDc: 'this_dc nearest_dc',
  dcOption: 'id ip_address port',
  updateShort: 'date',
  // the envelopes
  plain: 'msg_id length',
  encrypted: 'session_id msg_id seq_no length',
};

const ALWAYS: readonly string[] = ['#', 'true', 'Bool'];

export function isShown(line: string, { name, type }: Field): boolean {
  return ALWAYS.includes(type) || (SHOWN[line]?.split(' ').includes(name) ?? false);
}

/** A phone number with its last two digits. */
export function maskPhone(text: string): string {
  const shown = /^\+?\d{5,}$/.test(text) ? text.slice(-2) : '';
  return shown.padStart(text.length, '•');
}

export function isPhone({ name, type }: Field): boolean {
  return type === 'string' && (name === 'phone_number' || name === 'phone');
}

/** Whether a text is the name of an error, and not a text in which a server repeats something. */
export function isErrorName(text: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text) && text.length <= 64;
}
