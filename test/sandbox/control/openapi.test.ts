/** The OpenAPI file against the real server: every path, and every answer that it names. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { current } from '../../../src/tl/layer.ts';
import { loginLink } from '../../../src/tl/login-link.ts';
import { serverKey } from '../../pair.ts';
import { sendCode, TestClient } from '../client.ts';
import { type Asked, ask } from './ask.ts';

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly $ref?: string }>> }>>
    >
  >;
}

const file = new URL('../../../src/sandbox/control/openapi.json', import.meta.url);
const document: Document = JSON.parse(readFileSync(file, 'utf8'));

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
ajv.addVocabulary(Object.keys(document)); // they hold schemas, but are none
ajv.addSchema({ $id: 'api', ...document }, undefined, false, false);

/** Fails unless the value matches the schema of the JSON content at this place of the document. */
function checks(value: unknown, place: string): void {
  const check = ajv.compile({ $ref: `api${place}/content/application~1json/schema` });
  assert.ok(check(value), `${place}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value)}`);
}

let sandbox: Sandbox;
let client: TestClient;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, control: 0 });
  client = await TestClient.start(sandbox);
  await client.call(current, 'auth.sendCode', sendCode('9996620001'));
});
after(async () => {
  client.close();
  await sandbox.close();
});

/** Valid input for each path. */
const INPUT: Readonly<Record<string, () => object | Promise<object>>> = {
  '/said': () => ({ phone: '9996620001' }),
  '/requests': () => ({}),
  '/clock': () => ({ advance: 1 }),
  '/scan': async () => {
    const shown = await client.call(current, 'auth.exportLoginToken', { api_id: 1, api_hash: 'a', except_ids: [] });
    assert.ok(shown._ === 'auth.loginToken');
    return { link: loginLink(shown.token), phone: '9996620001' };
  },
  '/accounts': () => ({ name: 'Ada Lovelace', password: 'secret', email: 'ada@example.com' }),
  '/revoke': () => ({ phone: sandbox.addAccount() }),
  '/fault': () => ({ faults: ['gzip'] }),
  '/reset': () => ({}),
  '/openapi.json': () => ({}),
};

/** What to change about a valid request to get each refusal. */
const CHANGE: Readonly<Record<string, Asked>> = {
  401: { headers: { authorization: undefined } },
  403: { headers: { origin: 'https://example.com' } },
  413: { raw: ' '.repeat((64 << 10) + 1) },
  415: { headers: { 'content-type': 'text/plain' } },
};

test('the file has every path, and the server has the same file', async () => {
  assert.deepEqual(Object.keys(document.paths), Object.keys(INPUT));
  assert.deepEqual((await ask(sandbox, '/openapi.json')).body, document);
});

for (const [path, operations] of Object.entries(document.paths))
  for (const [method, { responses }] of Object.entries(operations))
    test(`${method} ${path} gives each answer that the file names: ${Object.keys(responses).join(', ')}`, async () => {
      const here = `#/paths/${path.replaceAll('/', '~1')}/${method}`;
      const input = await INPUT[path]?.();
      for (const [status, { $ref = `${here}/responses/${status}` }] of Object.entries(responses)) {
        const fields = status === '400' ? { surprise: 'a' } : { ...input };
        const query = method === 'get' ? `?${new URLSearchParams(fields)}` : '';
        const body = method === 'get' ? {} : { body: fields };
        if (method === 'post' && status !== '400') checks(fields, `${here}/requestBody`);
        if (method === 'post' && status === '400') assert.throws(() => checks(fields, `${here}/requestBody`));
        const asked = { method: method.toUpperCase(), ...body, ...CHANGE[status] };
        const answer = await ask(sandbox, `${path}${query}`, asked);
        assert.equal(String(answer.status), status);
        checks(answer.body, $ref);
      }
    });
