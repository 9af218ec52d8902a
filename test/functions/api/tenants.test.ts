import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allRoutes } from '#functions/api/route-file.ts';
import { routes as files } from '#functions/api/routes.ts';
import type { Role } from '#access/permissions.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { admin, type Sender } from '#test/support/api-server.ts';
import { rightsTable } from './rights-table.ts';
import { rolesFor, tenantLines, type Values } from './tenant-lines.ts';
import { type TenantScene, tenantScene } from './tenant-scene.ts';

const routes = await allRoutes(files);
const nameOf = ({ method, path }: (typeof routes)[number]) => `${method} ${path}`;
const filled = (path: string, values: Values) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? `no-value-of-${name}`));

/** Without a body whoever may call a route that wants one is told so (400), and nothing changes. */
function ask(
  { server }: TenantScene,
  route: (typeof routes)[number],
  values: Values,
  sender: Sender | null,
  body?: unknown,
) {
  const { query = '' } = tenantLines[nameOf(route)] ?? {};
  const asked = typeof query === 'function' ? query(values) : query;
  return server.ask(route.method, `/v1${filled(route.path, values)}${asked}`, { sender, body });
}

test('every route has a line that says who may call it', () => {
  for (const route of routes) assert.ok(tenantLines[nameOf(route)], `${nameOf(route)} needs a line in this table`);
});

test('every parameter of a path has a value of the tenant and one of nobody', async () => {
  const { its, nobodys } = await tenantScene();
  for (const { path } of routes)
    for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g))
      assert.ok(
        its[name] !== undefined && nobodys[name] !== undefined,
        `{${name}} of ${path} needs values in this test`,
      );
});

test('without a sign-in every route but the public ones is closed', async () => {
  const here = await tenantScene();
  for (const route of routes.filter((one) => nameOf(one) !== 'POST /oauth/token')) {
    const { status, text } = await ask(here, route, here.its, null);
    if (tenantLines[nameOf(route)]!.needs === 'nothing') assert.ok(status < 400, `${nameOf(route)}: ${status}`);
    else assert.deepEqual([status, text], [401, 'Unauthorized'], nameOf(route));
  }
});

test('each role may call what the table says and nothing else', async () => {
  const here = await tenantScene();
  // What could really be deleted has names here that nobody has.
  const values = (method: string) =>
    method === 'GET' ? here.its : { ...here.nobodys, accountname: here.account, digest: here.its['digest']! };
  for (const route of routes.filter((one) => tenantLines[nameOf(one)]!.needs !== 'nothing')) {
    const name = nameOf(route);
    for (const [role, sender] of Object.entries(here.members)) {
      const { status, text } = await ask(here, route, values(route.method), sender);
      const may = rolesFor[tenantLines[name]!.needs].includes(role as Role);
      assert.equal(status !== 403, may, `${name} as ${role}: ${status} ${text}`);
      assert.ok(status < 500 && status !== 401, `${name} as ${role}: ${status} ${text}`);
    }
    const { status, text } = await ask(here, route, values(route.method), { ...admin, account: here.account });
    assert.ok(status < 500 && status !== 401 && status !== 403, `${name} as admin: ${status} ${text}`);
  }
});

test('a user of another account gets nothing of this one, and cannot tell what it has from what nobody has', async () => {
  const here = await tenantScene();
  const marks = [here.account, ...Object.values(here.members).map(({ user }) => user), alpineApp.digest];
  for (const route of routes.filter((one) => tenantLines[nameOf(one)]!.needs !== 'nothing')) {
    const name = nameOf(route);
    const wanted = tenantLines[name]!.stranger;
    const { body } = tenantLines[name]!;
    const its = await ask(here, route, here.its, here.stranger, body?.(here.its));
    const nobodys = await ask(here, route, here.nobodys, here.stranger, body?.(here.nobodys));
    assert.equal(its.status, nobodys.status, name);
    const plain = Object.keys(here.its).reduce(
      (text, key) => text.replaceAll(here.its[key]!, here.nobodys[key]!),
      its.text,
    );
    if (tenantLines[name]!.makes !== true) assert.equal(plain, nobodys.text, name);
    if (wanted === 'nothing of it') {
      assert.ok([200, 400, 409].includes(its.status), `${name}: ${its.status} ${its.text}`);
      const told = tenantLines[name]!.echoes === true ? plain : its.text;
      for (const mark of marks) assert.ok(!told.includes(mark), `${name} tells ${mark}`);
    } else assert.equal(its.status, wanted, `${name}: ${its.text}`);
  }
});

test('who names an account in x-anchore-account and is no member of it is refused everywhere, whether it is there or not', async () => {
  const here = await tenantScene();
  // A path that names an account says which one is meant.
  for (const route of routes.filter(({ path }) => !path.includes('{accountname}'))) {
    const name = nameOf(route);
    if (tenantLines[name]!.needs === 'nothing') continue;
    const answers: string[] = [];
    for (const account of [here.account, 'no-such-tenant']) {
      const { status, text } = await ask(here, route, here.its, { ...here.stranger, account });
      assert.equal(status, 403, name);
      answers.push(text.replaceAll(account, '*'));
    }
    assert.equal(answers[0], answers[1], name);
  }
});

test('docs/rights.md says who may call what, as the tests above have tried it', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/rights.md'), 'utf8');
  const hint = 'docs/rights.md is old: node test/functions/api/write-rights.ts > docs/rights.md';
  assert.equal(written, rightsTable(routes), hint);
});
