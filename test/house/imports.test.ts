import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, type Source, sources } from './sources.ts';

const all = sources('bin', 'layers', 'schema', 'functions', 'infra');

/** Who may import whom: the table of the house. A room may always import itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'layers/core': [],
  schema: ['layers/core'],
  'layers/platform': ['layers/core', 'schema'],
  'layers/versions': ['layers/core'],
  'layers/registry': ['layers/core', 'schema', 'layers/platform'],
  'layers/access': ['layers/core', 'schema', 'layers/platform'],
  'layers/notices': ['layers/core', 'schema', 'layers/platform'],
  'layers/catalog': ['layers/core', 'schema', 'layers/platform', 'layers/registry'],
  'layers/analysis': ['layers/core', 'schema', 'layers/platform', 'layers/registry', 'layers/catalog'],
  // registry: its readers of tar and zstd, for archives of upstreams
  'layers/feeds': ['layers/core', 'schema', 'layers/platform', 'layers/versions', 'layers/registry'],
  'layers/matching': [
    ...['layers/core', 'schema', 'layers/platform', 'layers/versions'],
    ...['layers/feeds', 'layers/analysis', 'layers/catalog'],
  ],
  'layers/policy': [
    ...['layers/core', 'schema', 'layers/platform', 'layers/versions'],
    ...['layers/catalog', 'layers/analysis', 'layers/matching'],
  ],
  // What it puts away is of all these rooms, which know nothing of it.
  'layers/archive': [
    ...['layers/core', 'schema', 'layers/platform', 'layers/registry'],
    ...['layers/catalog', 'layers/analysis', 'layers/matching', 'layers/policy'],
  ],
  'layers/reports': ['layers/core', 'schema', 'layers/analysis', 'layers/matching', 'layers/policy'],
};

const roomOf = (path: string) =>
  path
    .split('/')
    .slice(0, path.startsWith('layers/') ? 2 : 1)
    .join('/');

const local = (source: Source) => source.imports.filter((path) => /^(bin|layers|schema|functions|infra)\//.test(path));

test('a room imports only the rooms that the house allows it', () => {
  for (const source of all.filter(({ path }) => path.startsWith('layers/') || path.startsWith('schema/'))) {
    const room = roomOf(source.path);
    const rooms = allowed[room];
    assert.ok(rooms, `${room} has no line in the table of the house`);
    for (const path of local(source))
      assert.ok(roomOf(path) === room || rooms.includes(roomOf(path)), `${source.path} imports ${path}`);
  }
});

test('only the local program imports another function', () => {
  // What lies in functions/ itself belongs to no way in: the flow as a table, and the world and the messages that the steps get
  // from AWS, which a dozen entries of two folders would otherwise each write down. It imports no way in.
  const isShared = (path: string) => path.split('/').length === 2;
  const folder = (path: string) => path.split('/')[1] ?? '';
  for (const source of all.filter(({ path }) => path.startsWith('functions/') && folder(path) !== 'local'))
    for (const path of local(source).filter((one) => one.startsWith('functions/') && !isShared(one)))
      assert.equal(folder(path), folder(source.path), `${source.path} imports ${path}`);
});

test('infra imports no room', () => {
  for (const source of all.filter(({ path }) => path.startsWith('infra/')))
    for (const path of local(source)) assert.ok(!path.startsWith('layers/'), `${source.path} imports ${path}`);
});

test('reports take types only from the rooms that make them', () => {
  for (const source of all.filter(({ path }) => path.startsWith('layers/reports/')))
    for (const [line] of source.text.matchAll(/^import (?!type).*#(analysis|matching|policy)\/.*$/gm))
      assert.fail(`${source.path}: ${line}`);
});

test('clients of databases and clouds stand only behind their platform', () => {
  const homes: readonly [RegExp, string][] = [
    [/^@aws-sdk\//, 'layers/platform/aws/'],
    [/^(@electric-sql\/pglite|pg)(\/|$)/, 'layers/platform/local/'],
    [/^zod(\/|$)/, 'schema/'],
  ];
  for (const source of all)
    for (const [name, home] of homes)
      for (const path of source.imports.filter((one) => name.test(one) && !source.typeImports.includes(one)))
        assert.ok(source.path.startsWith(home), `${source.path} imports ${path}`);
});

test('time, chance, the network and the environment are handed in', () => {
  // The global fetch is refused by the linter, which knows a parameter of that name.
  const world = /\b(Date\.now|Math\.random|globalThis)\b|new Date\(\)/;
  for (const source of all.filter(({ path }) => path.startsWith('layers/') && !path.startsWith('layers/platform/')))
    assert.doesNotMatch(code(source), world, source.path);
  for (const source of all.filter(({ path }) => !/^bin\/|-platform\.ts$|settings\.ts$/.test(path)))
    assert.doesNotMatch(code(source), /process\.env/, source.path);
});

test('SQL stands in stores, matching, the platform and the migrations', () => {
  const sql = /\b(select|insert into|update|delete from)\b[^'"`;]*\b(from|values|set|where)\b/;
  const homes = /-store\.ts$|^layers\/(matching|platform)\//;
  for (const source of all.filter(({ path }) => !homes.test(path)))
    for (const [, text] of code(source).matchAll(/`([^`]*)`/g)) assert.doesNotMatch(text ?? '', sql, source.path);
});

test('a plugin imports no store and no sibling', () => {
  const plugins = /^layers\/(analysis\/analyzers|feeds\/feeds|policy\/gates|versions\/comparators|reports\/formats)\//;
  for (const source of all.filter(({ path }) => plugins.test(path)))
    for (const path of local(source)) {
      assert.doesNotMatch(path, /-store\.ts$/, source.path);
      assert.doesNotMatch(path, plugins, source.path);
    }
});

test('no file imports itself through others', () => {
  const graph = new Map(all.map((source) => [source.path, local(source)]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    assert.ok(!trail.includes(path), `cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
});

test('every import of the project leads to a file', () => {
  const known = new Set([...all, ...sources('test')].map((source) => source.path));
  for (const source of all)
    for (const path of local(source)) assert.ok(known.has(path) || isDocument(path), `${source.path} imports ${path}`);
});

function isDocument(path: string): boolean {
  return path.endsWith('.json') && existsSync(join(root, path));
}

function code(source: Source): string {
  return source.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
