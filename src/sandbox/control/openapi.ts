/** The OpenAPI document of the control API, made from its routes (https://spec.openapis.org/oas/v3.1.1.html). */
import type { Json } from '../../printable.ts';
import type { Route, Schema } from './route.ts';

/** Refusals by status, in the order of the checks. Those of 404 and 405 belong to no route. */
const REFUSALS: Readonly<Record<string, string>> = {
  400: 'The input is invalid. `error` says why.',
  401: 'The token is missing or wrong.',
  403: 'The request comes from a web page (it has an `Origin`), or its `Host` is not that of the sandbox.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not `application/json`.',
};

export function openApi(routes: readonly Route[]): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'tg-auth sandbox control',
      version: '1',
      description: 'Reads and changes a running sandbox: codes, requests, the clock, accounts, faults.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: 'http://127.0.0.1:{port}', variables: { port: { default: '8080', description: 'see `--control`' } } },
    ],
    security: [{ token: [] }],
    paths: Object.fromEntries(routes.map((route) => [route.path, { [route.method.toLowerCase()]: operation(route) }])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: {
          type: 'object',
          properties: { error: { type: 'string' } },
          required: ['error'],
          additionalProperties: false,
        },
      },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `Refused${status}`,
          { description, ...content({ $ref: '#/components/schemas/Error' }) },
        ]),
      ),
    },
  };
}

function operation({ method, path, does, fields, answers, schema, status = 200 }: Route): Json {
  const list = Object.entries(fields);
  const properties = Object.fromEntries(
    list.map(([name, { type, does: description }]) => [
      name,
      { type, description, ...(type === 'array' && { items: { type: 'string' } }) },
    ]),
  );
  const required = list.flatMap(([name, field]) => (field.required === true ? [name] : []));
  const parameters = list.map(([name, { does: description }]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  const body = {
    required: required.length > 0,
    ...content({ type: 'object', properties, required, additionalProperties: false }),
  };
  const refusals = Object.keys(REFUSALS).filter((each) => each !== '415' || method === 'POST');
  return {
    operationId: path.replace(/\W/g, ' ').trim().replaceAll(' ', '_'),
    summary: does,
    ...(method === 'GET' ? { parameters } : { requestBody: body }),
    responses: {
      [status]: { description: answers, ...content(schema) },
      ...Object.fromEntries(refusals.map((each) => [each, { $ref: `#/components/responses/Refused${each}` }])),
    },
  };
}

function content(schema: Schema) {
  return { content: { 'application/json': { schema } } };
}
