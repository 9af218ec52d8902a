import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allRoutes } from '#functions/api/route-file.ts';
import { routes as files } from '#functions/api/routes.ts';
import { swaggerDocument } from '#functions/api/swagger.ts';
import { contractCorrections } from '../../conformance/contract-corrections.ts';

const routes = await allRoutes(files);
const root = join(import.meta.dirname, '../../..');

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly type?: string }[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
}

const document = JSON.parse(JSON.stringify(swaggerDocument(routes))) as {
  readonly swagger: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
};

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test('the committed description is the one of the route table', () => {
  const write =
    'node functions/api/write-swagger.ts > schema/api/swagger.json && npx biome format --write schema/api/swagger.json';
  const committed = JSON.parse(readFileSync(join(root, 'schema/api/swagger.json'), 'utf8'));
  assert.deepEqual(committed, document, `schema/api/swagger.json is not up to date; write it again: ${write}`);
});

test('every route is described once, with its parameters; names and references lead somewhere', () => {
  assert.equal(document.swagger, '2.0');
  assert.ok(document.info.version.localeCompare('0.1.6', undefined, { numeric: true }) >= 0);
  assert.equal(operations.length, routes.length);
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, operation } of operations) {
    const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
    assert.deepEqual(
      named,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      path,
    );
    for (const parameter of operation.parameters ?? [])
      assert.ok(parameter.in === 'body' || typeof parameter.type === 'string', `${path} ${parameter.name}`);
  }
  for (const [, name = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g))
    assert.ok(document.definitions[name], name);
});

test('the description says nothing that Swagger 2.0 cannot', () => {
  const text = JSON.stringify(document);
  for (const word of ['anyOf', 'oneOf', 'const', 'propertyNames', '$defs', '$schema'])
    assert.ok(!text.includes(`"${word}":`), word);
  assert.doesNotMatch(text, /"type":("null"|\[)/);
});

const contractFile = join(root, '../shared/reference/anchore/contract.json');
const absent = existsSync(contractFile) ? false : 'the contract is not beside this repository';

interface Contract {
  readonly operations: readonly {
    readonly method: string;
    readonly path: string;
    readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
    readonly responses: Readonly<Record<string, { readonly schema?: string }>>;
  }[];
  readonly definitions: Readonly<Record<string, ContractSchema>>;
}

interface ContractSchema {
  readonly type?: string;
  readonly ref?: string;
  readonly properties?: Readonly<Record<string, ContractSchema>>;
  readonly items?: ContractSchema;
  readonly allOf?: readonly ContractSchema[];
}

/** Where the original does not send what it declares, or another thing; tests of the answers hold what it is. */
function isCorrected(place: string): boolean {
  const { holds = 'nullable' } = contractCorrections[place] ?? {};
  return holds !== 'nullable';
}

const isNamed = (place: string) => place === 'query' || place === 'formData';

/** Answers whose content depends on the type that was asked for; tests of the routes hold them. */
const byType = /^Content\w*Response$/;

test('every route of the contract that is served has its parameters and the properties of its answer', {
  skip: absent,
}, () => {
  const contract = JSON.parse(readFileSync(contractFile, 'utf8')) as Contract;
  const placeless = (path: string) => path.replace(/\{\w+\}/g, '{}');
  let compared = 0;
  for (const { method, path, operation } of operations) {
    const declared = contract.operations.find(
      (one) => one.method === method && placeless(one.path) === placeless(path),
    );
    if (declared === undefined) continue;
    compared++;
    const own = new Set((operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`));
    for (const parameter of declared.parameters.filter((one) => isNamed(one.in) && one.name !== 'force_refresh'))
      assert.ok(own.has(`${parameter.in} ${parameter.name}`), `${method} ${path} ?${parameter.name}`);
    const name = /^\[?(\w+)\]?$/.exec(declared.responses['200']?.schema ?? '')?.[1] ?? '';
    const schema = contract.definitions[name];
    const corrected = [name, `${method} ${placeless(path)}`].some(isCorrected);
    if (schema !== undefined && !byType.test(name) && !corrected)
      compare(contract, schema, operation.responses['200']?.schema ?? {}, name);
  }
  assert.ok(compared >= 92, `${compared} routes`);
});

function compare(contract: Contract, wanted: ContractSchema, shown: Schema, where: string): void {
  const declared = wanted.ref === undefined ? wanted : contract.definitions[wanted.ref]!;
  const place = wanted.ref ?? where;
  for (const part of declared.allOf ?? []) compare(contract, part, shown, place);
  const named = /^#\/definitions\/(.+)$/.exec(shown.$ref ?? '')?.[1];
  const own = named === undefined ? shown : document.definitions[named]!;
  if (own.type === 'array') compare(contract, declared.items ?? declared, own.items ?? {}, place);
  else
    for (const [name, property] of Object.entries(declared.properties ?? {})) {
      if (isCorrected(`${place}.${name}`)) continue;
      const found = own.properties?.[name];
      assert.ok(found, `${place}.${name} is in the contract`);
      compare(contract, property, found, `${place}.${name}`);
    }
}
