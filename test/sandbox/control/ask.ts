/** Requests to the control API of a sandbox, with any header. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Sandbox } from '../../../src/sandbox/index.ts';

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  /** A body as it is, not as JSON. */
  readonly raw?: string | Uint8Array;
  /** A header that is `undefined` is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Makes a request: a GET, or a POST if it has a body. */
export function ask({ control }: Sandbox, path: string, { body, raw, method, headers }: Asked = {}): Promise<Answer> {
  if (control === undefined) throw new TypeError('the sandbox has no control API');
  const data = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const sent = {
    authorization: `Bearer ${control.token}`,
    ...(data !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(data)),
    }),
    ...headers,
  };
  const kept = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(control.url);
    const asked = request({
      host: hostname.replace(/[[\]]/g, ''),
      port,
      path, // not part of a URL, which would be normalised
      method: method ?? (data === undefined ? 'GET' : 'POST'),
      headers: kept,
      setHost: !('host' in kept),
    });
    asked.on('response', (response) => {
      const { statusCode: status, headers } = response;
      json(response).then((parsed) => resolve({ status, headers, body: parsed }), reject);
    });
    asked.on('error', reject);
    asked.end(data);
  });
}
