/** The application's api_id and api_hash. The sandbox accepts any. */
import { UsageError } from '../../errors.ts';
import type { Options } from './options.ts';

export interface ApiCredentials {
  readonly api_id: number;
  readonly api_hash: string;
}

const SANDBOX: ApiCredentials = { api_id: 1, api_hash: 'sandbox' };

const API_ID = { what: 'api_id', flag: '--api-id N', variable: 'TG_API_ID' };
const API_HASH = { what: 'api_hash', flag: '--api-hash HASH', variable: 'TG_API_HASH' };

/** Throws `UsageError` if the api_id or the api_hash is missing. */
export function credentialsOf(options: Options): ApiCredentials {
  const { api_id, api_hash } = valuesOf(options);
  if (api_id !== undefined && api_hash !== undefined) return { api_id, api_hash };
  throw missingCredentials([...(api_id === undefined ? [API_ID] : []), ...(api_hash === undefined ? [API_HASH] : [])]);
}

/** Returns the half that every connection needs. Throws `UsageError` if it is missing. */
export function apiIdOf(options: Options): number {
  const { api_id } = valuesOf(options);
  if (api_id === undefined) throw missingCredentials([API_ID]);
  return api_id;
}

function valuesOf({ apiId, apiHash, network }: Options) {
  const fallback = network.kind === 'sandbox' ? SANDBOX : undefined;
  return { api_id: apiId.value ?? fallback?.api_id, api_hash: apiHash.value ?? fallback?.api_hash };
}

function missingCredentials(lacking: readonly (typeof API_ID)[]): UsageError {
  const list = (key: keyof typeof API_ID) => lacking.map((each) => each[key]).join(' and ');
  return new UsageError(`The application's ${list('what')} ${lacking.length > 1 ? 'are' : 'is'} missing.`, {
    why: [
      `Pass ${list('flag')}, or set ${list('variable')}.`,
      'The sandbox needs neither: add --sandbox.',
      'Get your own:  https://my.telegram.org/apps',
    ],
  });
}
