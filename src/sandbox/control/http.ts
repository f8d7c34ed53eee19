/**
 * The control API over HTTP. Every program of this machine and every web page in its browser can reach the port, so a
 * request needs the token. One with an `Origin` comes from a web page; one with the `Host` of another name comes from
 * a web page whose name resolves to this machine (DNS rebinding). Both are refused before the token is looked at.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv4 } from 'node:net';
import { concat } from '../../bytes.ts';
import { UsageError } from '../../errors.ts';
import type { Json } from '../../printable.ts';
import type { Controls } from './controls.ts';
import { ROUTES } from './routes.ts';

const MAX_BODY = 64 << 10;
const MAX_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 10_000;

interface ControlServer {
  readonly server: Server;
  /** For the header `Authorization: Bearer …`. Not made from the seed, which others may know. */
  readonly token: string;
}

/** Makes the server; it does not listen yet. `hosts` are its own names besides those of the loopback interface. */
export function controlServer(controls: Controls, hosts: readonly string[]): ControlServer {
  const token = randomBytes(24).toString('base64url');
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, async (request, response) => {
    try {
      checkSender(request, hosts, token);
      const [status, answer] = await perform(request, controls);
      send(response, status, answer);
    } catch (error) {
      if (error instanceof UsageError) send(response, 400, { error: error.message });
      else if (error instanceof HttpError) send(response, error.status, { error: error.message }, error.headers);
      else throw error;
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  return { server, token };
}

class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

function checkSender({ headers }: IncomingMessage, hosts: readonly string[], token: string): void {
  const [, ipv6, name = ''] = /^(?:\[(.+)\]|([^:]+))(?::\d+)?$/.exec(headers.host?.toLowerCase() ?? '') ?? [];
  const host = ipv6 ?? name;
  if (!isLoopback(host) && !hosts.includes(host))
    throw new HttpError(403, 'The Host header must name the sandbox: 127.0.0.1, localhost or its own address.');
  if (headers.origin !== undefined) throw new HttpError(403, 'Requests of web pages (with an Origin) are refused.');
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (!timingSafeEqual(sha256(given), sha256(token)))
    throw new HttpError(401, 'The header "Authorization: Bearer TOKEN" is required.', { 'WWW-Authenticate': 'Bearer' });
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Texts of any length become equally long, as a comparison in constant time requires. */
function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

async function perform(request: IncomingMessage, controls: Controls): Promise<[status: number, answer: Json]> {
  const [path, query] = (request.url ?? '').split('?', 2);
  const route = ROUTES.find((each) => each.path === path);
  if (route === undefined)
    throw new HttpError(404, `There is no such path. The paths are: ${ROUTES.map((each) => each.path).join(', ')}.`);
  const { method, status = 200 } = route;
  if (request.method !== method)
    throw new HttpError(405, `${route.path} takes only ${method} requests.`, { Allow: method });
  const body = await bodyOf(request);
  const input = method === 'GET' ? Object.fromEntries(new URLSearchParams(query)) : parse(body, request);
  return [status, route.run(controls, input)];
}

/** Reads the body. Node.js discards what is left of one that is too large. */
function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= MAX_BODY) chunks.push(chunk);
      else reject(new HttpError(413, `A body may have ${MAX_BODY} bytes at most.`));
    });
    request.on('end', () => resolve(concat(...chunks)));
    request.on('error', () => reject(new HttpError(400, 'The connection ended inside the request.')));
  });
}

function parse(body: Uint8Array, { headers }: IncomingMessage): object {
  if (body.length === 0) return {};
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '') || encoding !== 'identity')
    throw new HttpError(415, 'The body must be JSON, with "Content-Type: application/json" and not compressed.');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new UsageError('The body is not valid JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('The body must be a JSON object.');
  return value;
}

function send(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(`${JSON.stringify(body)}\n`);
}
