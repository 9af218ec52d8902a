import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { findRoute } from '#functions/api/find-route.ts';
import { allRoutes } from '#functions/api/route-file.ts';
import { routes } from '#functions/api/routes.ts';
import { readShape } from '#schema/api/shape.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { startClamd } from '#test/fakes/clamd.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { headersOf, openApiServer } from '#test/support/api-server.ts';
import { httpServer } from '#test/support/http-server.ts';
import { checkSchema } from './check-schema.ts';
import { answerSchema, contract, nameOf } from './contract.ts';
import { contractCorrections } from './contract-corrections.ts';
import type { Answered, Bad, Call, OperationLine, OperationTable, Scene } from './operation.ts';
import { accountOperations } from './operations/accounts.ts';
import { archiveOperations } from './operations/archives.ts';
import { eventOperations } from './operations/events.ts';
import { imageOperations } from './operations/images.ts';
import { importOperations } from './operations/imports.ts';
import { policyOperations } from './operations/policies.ts';
import { queryOperations } from './operations/queries.ts';
import { registryOperations } from './operations/registries.ts';
import { subscriptionOperations } from './operations/subscriptions.ts';
import { systemOperations } from './operations/system.ts';

/** Every operation of the contract. Each has a good call and a bad one, made in this order over one server. */
const operations: OperationTable = {
  ...systemOperations,
  ...accountOperations,
  ...registryOperations,
  ...policyOperations,
  ...imageOperations,
  ...queryOperations,
  ...eventOperations,
  ...subscriptionOperations,
  ...archiveOperations,
  ...importOperations,
};

const table = await allRoutes(routes);

/** Of an operation, by the path of its line: ours may have other names for its parameters, and one route for several. */
const routeOf = (operation: string) => {
  const [method = '', path = ''] = operation.split(' ');
  const found = findRoute(table, method, path.replace(/\{\w+\}/g, '~'));
  return found.kind === 'route' ? found.route : null;
};

test('every operation of the contract has a good call and a bad one', {
  skip: contract === null && 'the contract is not beside this repository',
}, () => {
  const known = contract!.operations.map(nameOf);
  assert.equal(known.length, 112);
  const called = Object.keys(operations).map((name) => {
    const [method = '', path = ''] = name.split(' ');
    return nameOf({ method, path });
  });
  assert.deepEqual(called.toSorted(), known.toSorted());
});

test('every operation of the contract is served', () => {
  for (const name of Object.keys(operations)) assert.ok(routeOf(name) !== null, name);
});

let opened: Promise<{ scene: Scene; stack: AsyncDisposableStack }> | null = null;

const play = async (): Promise<Scene> => {
  opened ??= open();
  return (await opened).scene;
};

suite('operations of the contract', () => {
  after(async () => {
    if (opened !== null) await (await opened).stack.disposeAsync();
  });
  for (const [name, line] of Object.entries(operations)) {
    const skip = routeOf(name) === null && 'not served yet';
    const { good } = line;
    if (good !== null)
      test(`${name}: a good call is answered as declared`, { skip }, () => wellCalled(name, { ...line, good }));
    test(`${name}: a bad call is answered by an error as declared`, { skip }, () => badlyCalled(name, line));
  }
});

type Good = OperationLine & { readonly good: NonNullable<OperationLine['good']> };

async function wellCalled(name: string, line: Good): Promise<void> {
  const scene = await play();
  const call = typeof line.good === 'function' ? await line.good(scene) : line.good;
  const answer = await ask(scene, name, call);
  assert.equal(answer.status, line.status ?? 200, answer.bytes.toString());
  const { answer: shape, download } = routeOf(name)!;
  if (download !== undefined) assert.equal(answer.headers.get('content-type'), download);
  else if (shape === null || line.status === 204) assert.equal(answer.bytes.length, 0);
  else if (isJson(answer)) {
    const read = readShape(shape, answer.json);
    assert.equal(read.kind, 'read', read.kind === 'refused' ? read.problem : '');
    assert.deepEqual(answer.json, read.kind === 'read' && read.value, 'the answer has what its shape does not declare');
    checkContract(name, answer);
  }
  await line.holds?.(answer, scene);
}

/** What the contract says of the answer, with the corrections to it. */
function checkContract(name: string, answer: Answered): void {
  if (contract === null) return;
  const [method = '', path = ''] = name.split(' ');
  const own = nameOf({ method, path });
  const operation = contract.operations.find((one) => nameOf(one) === own)!;
  const schema = contractCorrections[own]?.holds ?? answerSchema(operation);
  if (schema === null || typeof schema === 'string') return;
  const declared = { definitions: contract.definitions, corrections: contractCorrections };
  assert.deepEqual(checkSchema(declared, schema, answer.json, own), []);
}

async function badlyCalled(name: string, line: OperationLine): Promise<void> {
  const scene = await play();
  const call: Bad = typeof line.bad === 'function' ? await line.bad(scene) : line.bad;
  const answer = await ask(scene, name, call);
  assert.equal(answer.status, call.status, answer.bytes.toString());
  if (call.status === 401) {
    assert.equal(answer.bytes.toString(), 'Unauthorized');
    assert.match(answer.headers.get('www-authenticate') ?? '', /^basic realm=/);
    return;
  }
  const formal = answer.headers.get('content-type') === 'application/problem+json';
  const read = readShape<{ readonly status?: number; readonly httpcode?: number }>(
    formal ? problemAnswer : errorAnswer,
    answer.json,
  );
  assert.equal(read.kind, 'read', answer.bytes.toString());
  if (read.kind === 'read') assert.equal(formal ? read.value.status : read.value.httpcode, call.status);
}

async function ask({ server, captain, ...scene }: Scene, name: string, call: Call): Promise<Answered> {
  const [method = '', path = ''] = name.split(' ');
  const { digest: imageDigest, imageId, account: accountname } = scene;
  const values: Readonly<Record<string, string>> = { imageDigest, imageId, accountname, ...call.params };
  const filled = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    assert.ok(values[parameter], `{${parameter}} needs a value`);
    return encodeURIComponent(values[parameter]);
  });
  const { body, sender = captain } = call;
  const response = await fetch(`${server.url}/v1${filled}${call.query ?? ''}`, {
    method: call.method ?? method,
    headers: {
      ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headersOf(sender),
      ...call.headers,
    },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    ...{ status: response.status, headers: response.headers, bytes },
    get json() {
      return bytes.length === 0 ? null : JSON.parse(bytes.toString());
    },
  };
}

function isJson({ headers }: Answered): boolean {
  return headers.get('content-type') === 'application/json';
}

async function open(): Promise<{ scene: Scene; stack: AsyncDisposableStack }> {
  await using stack = new AsyncDisposableStack();
  const clamd = stack.use(await startClamd({ says: () => 'OK' }));
  const webhook = stack.use(
    await httpServer((request, response) => void request.resume().on('end', () => response.writeHead(200).end())),
  );
  const { server, stack: serverStack } = await openApiServer({
    allowPrivateChannels: true,
    analysisSettings: {
      ...defaultAnalysisSettings,
      malware: { scanner: 'clamd', address: clamd.address },
      contentPatterns: [{ name: 'host', regex: '^HOST=' }],
    },
  });
  stack.use(serverStack);
  const account = await makeAccount(server, 'contract');
  const captain = await makeUser(server, account);
  const tag = `${server.registry}/team/app:v1`;
  const record = await server.analyzed(tag, captain);
  const scene: Scene = {
    ...{ server, captain, account, tag, webhook: webhook.url },
    digest: record.imageDigest,
    imageId: record.image_detail[0]!.imageId,
    async ask<T>(method: string, path: string, body?: unknown, sender = captain) {
      const answer = await server.ask<T>(method, `/v1${path}`, { sender, body });
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.text === '' ? (undefined as T) : answer.json;
    },
  };
  return { scene, stack: stack.move() };
}
