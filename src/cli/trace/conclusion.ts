/** What a trace shows of what a session concluded. */
import type { Event } from '../../mtproto/service-messages.ts';
import { isErrorName } from './allowed.ts';

/** What may be shown of a conclusion. */
export function conclusionOf(event: Event): {
  time_offset?: number;
  msg_ids?: readonly string[];
  error_code?: number;
  error_message?: string;
} {
  const ids = (...msg_ids: readonly bigint[]) => ({ msg_ids: msg_ids.map(String) });
  switch (event._) {
    case 'answer':
    case 'state':
      return ids(event.req_msg_id);
    case 'error': {
      const { error_code, error_message } = event;
      return { ...ids(event.req_msg_id), error_code, ...(isErrorName(error_message) ? { error_message } : {}) };
    }
    case 'renamed':
      return ids(event.from, event.to);
    case 'refused':
      return { ...ids(event.msg_id), error_code: event.error_code };
    case 'forgotten':
      return ids(...event.msg_ids);
    case 'clock':
      return { time_offset: event.time_offset };
    default:
      return {};
  }
}
