/** initConnection: how a client introduces itself, on the first call of each connection and at each change of layer. */
import { current, legacy } from '../tl/layer.ts';

/** What initConnection says about this program. */
export interface Application {
  readonly api_id: number;
  readonly device_model: string;
  readonly system_version: string;
  readonly app_version: string;
  readonly lang_code: string;
}

/** Returns invokeWithLayer(initConnection(query)) of that layer (https://core.telegram.org/api/invoking). */
export function introduce(layer: number, application: Application, query: Uint8Array): Uint8Array {
  if (layer <= legacy.number) {
    const init = legacy.codec.encodeCall('initConnection', { ...application, query });
    return legacy.codec.encodeCall('invokeWithLayer', { layer, query: init });
  }
  const languages = { system_lang_code: application.lang_code, lang_pack: '' };
  const init = current.codec.encodeCall('initConnection', { ...application, ...languages, query });
  return current.codec.encodeCall('invokeWithLayer', { layer, query: init });
}
