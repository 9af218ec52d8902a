import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRoutes } from '#functions/api/route-file.ts';
import { routes as files } from '#functions/api/routes.ts';
import type { Role } from '#access/permissions.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { admin, type ApiServer, apiServer, type Sender } from '#test/support/api-server.ts';

const routes = await allRoutes(files);

/** Who may call a route for the own account. */
type Needs = 'nothing' | 'sign-in' | 'any role' | 'image' | 'policy' | 'manage' | 'admin';

/**
 * What the table below says of a route: who may call it, and what a user in full control of another account gets who names this
 * account's things. `nothing of it`: an answer of 200 or 400 in which nothing of this account stands.
 */
interface Line {
  readonly needs: Needs;
  readonly stranger: 403 | 404 | 'nothing of it';
  /** The answer says the digest that was asked for again. */
  readonly echoes?: true;
  /** With which it is a question that can be answered. */
  readonly query?: string;
}

const everybody: Line = { needs: 'nothing', stranger: 'nothing of it' };
const own: Line = { needs: 'sign-in', stranger: 'nothing of it' };
const list: Line = { needs: 'any role', stranger: 'nothing of it' };
const ofImage: Line = { needs: 'any role', stranger: 404 };
const check: Line = { ...ofImage, query: '?tag=example.test/a:b' };
const managed: Line = { needs: 'manage', stranger: 403 };
const adminOnly: Line = { needs: 'admin', stranger: 403 };

/** Paths below an image, which is named by `{digest}` or `by_id/{imageId}`. */
const belowImage: Readonly<Record<string, Line>> = {
  '': ofImage,
  '/content': ofImage,
  '/content/{ctype}': ofImage,
  '/metadata': ofImage,
  '/metadata/{mtype}': ofImage,
  '/artifacts/retrieved_files': ofImage,
  '/artifacts/file_content_search': ofImage,
  '/artifacts/secret_search': ofImage,
  '/vuln': ofImage,
  '/vuln/{vtype}': ofImage,
  '/check': check,
};

/** Every route there is. A new one fails until somebody has thought about who may call it. */
const lines: Readonly<Record<string, Line>> = {
  'GET /': everybody,
  'GET /health': everybody,
  'GET /version': everybody,
  'GET /swagger.json': everybody,
  'GET /openapi.json': everybody,
  'POST /oauth/token': everybody,
  'GET /status': own,
  'GET /system': own,
  'GET /system/services': adminOnly,
  'GET /system/services/{servicename}': adminOnly,
  'GET /system/services/{servicename}/{hostid}': adminOnly,
  'DELETE /system/services/{servicename}/{hostid}': adminOnly,
  'GET /system/error_codes': own,
  'GET /system/policy_spec': own,
  'GET /metrics': adminOnly,
  'GET /system/feeds': own,
  // Not of the form, so that nothing is fetched.
  'POST /system/feeds': { ...adminOnly, query: '?sync=perhaps' },
  'PUT /system/feeds/{feed}': adminOnly,
  'PUT /system/feeds/{feed}/{group}': adminOnly,
  'DELETE /system/feeds/{feed}': adminOnly,
  'DELETE /system/feeds/{feed}/{group}': adminOnly,
  'POST /images': { needs: 'image', stranger: 'nothing of it' },
  'GET /images': list,
  'DELETE /images': { needs: 'image', stranger: 'nothing of it' },
  'DELETE /images/{digest}': { needs: 'image', stranger: 'nothing of it', echoes: true },
  'DELETE /images/by_id/{imageId}': { needs: 'image', stranger: 'nothing of it' },
  ...Object.fromEntries(
    ['/images/{digest}', '/images/by_id/{imageId}'].flatMap((image) =>
      Object.entries(belowImage).map(([path, line]) => [`GET ${image}${path}`, line]),
    ),
  ),
  'GET /query/images/by_package': { ...list, query: '?name=musl' },
  'GET /query/images/by_vulnerability': { ...list, query: '?vulnerability_id=CVE-2031-0001' },
  'GET /query/vulnerabilities': { ...own, query: '?id=CVE-2031-0001' },
  'GET /summaries/imagetags': list,
  'GET /policies': list,
  'POST /policies': { needs: 'policy', stranger: 'nothing of it' },
  'GET /policies/{policyId}': { needs: 'any role', stranger: 404 },
  'PUT /policies/{policyId}': { needs: 'policy', stranger: 'nothing of it' },
  'DELETE /policies/{policyId}': { needs: 'policy', stranger: 404 },
  'GET /enterprise/corrections': list,
  'POST /enterprise/corrections': { needs: 'policy', stranger: 'nothing of it' },
  'GET /enterprise/corrections/{correctionId}': { needs: 'any role', stranger: 404 },
  'DELETE /enterprise/corrections/{correctionId}': { needs: 'policy', stranger: 404 },
  'GET /registries': list,
  'POST /registries': { needs: 'manage', stranger: 'nothing of it' },
  'GET /registries/{registry}': { needs: 'any role', stranger: 404 },
  'PUT /registries/{registry}': { needs: 'manage', stranger: 'nothing of it' },
  'DELETE /registries/{registry}': { needs: 'manage', stranger: 'nothing of it' },
  'GET /accounts': adminOnly,
  'POST /accounts': adminOnly,
  'GET /accounts/{accountname}': { needs: 'any role', stranger: 403 },
  'DELETE /accounts/{accountname}': adminOnly,
  'PUT /accounts/{accountname}/state': adminOnly,
  'GET /account': list,
  'GET /accounts/{accountname}/users': managed,
  'POST /accounts/{accountname}/users': managed,
  'GET /accounts/{accountname}/users/{username}': managed,
  'DELETE /accounts/{accountname}/users/{username}': managed,
  'GET /accounts/{accountname}/users/{username}/credentials': managed,
  'POST /accounts/{accountname}/users/{username}/credentials': managed,
  'DELETE /accounts/{accountname}/users/{username}/credentials': managed,
  'GET /accounts/{accountname}/users/{username}/api-keys': managed,
  'DELETE /accounts/{accountname}/users/{username}/api-keys/{keyId}': managed,
  'GET /accounts/{accountname}/members': managed,
  'PUT /accounts/{accountname}/members/{username}': managed,
  'DELETE /accounts/{accountname}/members/{username}': managed,
  'GET /roles': own,
  'GET /user': own,
  'GET /user/credentials': own,
  'POST /user/credentials': own,
  'GET /user/api-keys': own,
  'POST /user/api-keys': own,
  'DELETE /user/api-keys/{keyId}': { needs: 'sign-in', stranger: 404 },
  'GET /events': list,
  'DELETE /events': { needs: 'manage', stranger: 'nothing of it' },
  'GET /events/{eventId}': ofImage,
  'GET /events/{eventId}/details': ofImage,
  'DELETE /events/{eventId}': { needs: 'manage', stranger: 404 },
  'GET /event_types': list,
  'GET /subscriptions': list,
  'POST /subscriptions': { needs: 'image', stranger: 'nothing of it' },
  'POST /repositories': { needs: 'image', stranger: 'nothing of it' },
  'GET /subscriptions/{subscriptionId}': list,
  'PUT /subscriptions/{subscriptionId}': { needs: 'image', stranger: 'nothing of it' },
  'DELETE /subscriptions/{subscriptionId}': { needs: 'image', stranger: 'nothing of it' },
  'GET /archives': list,
  'GET /archives/images': list,
  'POST /archives/images': { needs: 'image', stranger: 'nothing of it' },
  'GET /archives/images/{imageDigest}': ofImage,
  'DELETE /archives/images/{imageDigest}': { needs: 'image', stranger: 404 },
  'POST /import/images': { needs: 'image', stranger: 'nothing of it' },
  'GET /archives/rules': list,
  'POST /archives/rules': { needs: 'manage', stranger: 'nothing of it' },
  'GET /archives/rules/{ruleId}': ofImage,
  'DELETE /archives/rules/{ruleId}': { needs: 'manage', stranger: 404 },
  'GET /notifications/channels': list,
  'POST /notifications/channels': { needs: 'manage', stranger: 'nothing of it' },
  'GET /notifications/channels/{channelId}': { needs: 'any role', stranger: 404 },
  'PUT /notifications/channels/{channelId}': { needs: 'manage', stranger: 'nothing of it' },
  'DELETE /notifications/channels/{channelId}': { needs: 'manage', stranger: 'nothing of it' },
  'POST /notifications/channels/{channelId}/test': { needs: 'manage', stranger: 404 },
  'GET /notifications/deliveries': list,
  'POST /notifications/deliveries/{deliveryId}/resend': { needs: 'manage', stranger: 404 },
  'POST /system/webhooks/{webhook_type}/test': adminOnly,
  'POST /hooks/eventbridge': adminOnly,
};

const allowed: Readonly<Record<Needs, readonly Role[]>> = {
  nothing: ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  'sign-in': ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  'any role': ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  image: ['image-developer', 'full-control'],
  policy: ['policy-editor', 'full-control'],
  manage: ['full-control'],
  admin: [],
};

/** Two tenants: the one whose things are asked for, and the stranger who asks. */
interface Scene {
  readonly server: ApiServer;
  readonly account: string;
  readonly members: Readonly<Record<Role, Sender>>;
  readonly stranger: Sender;
  /** Values of path parameters: what the account has, and what nobody has. */
  readonly its: Readonly<Record<string, string>>;
  readonly nobodys: Readonly<Record<string, string>>;
}

let scene: Promise<Scene> | null = null;

async function play(): Promise<Scene> {
  const server = await apiServer();
  const account = await makeAccount(server, 'tenant');
  const members = {
    'read-only': await makeUser(server, account, 'read-only'),
    'image-developer': await makeUser(server, account, 'image-developer'),
    'policy-editor': await makeUser(server, account, 'policy-editor'),
    'full-control': await makeUser(server, account),
  };
  const captain = members['full-control'];
  const record = await server.analyzed(`${server.registry}/team/app:v1`, captain);
  const key = await server.ask<{ id: string }>('POST', '/user/api-keys', {
    sender: captain,
    body: { name: 'its key' },
  });
  const registry = { registry: `${account}.example.test`, registry_user: 'u', registry_pass: 'p' };
  const body = { ...registry, registry_type: 'docker_v2', registry_verify: true };
  await server.ask('POST', '/registries?validate=false', { sender: captain, body });
  const policy = { id: 'its-policy', version: '1_0', policies: [], mappings: [] };
  await server.ask('POST', '/policies', { sender: captain, body: policy });
  const corrected = await server.ask<{ uuid: string }>('POST', '/enterprise/corrections', {
    sender: captain,
    body: {
      match: { type: 'npm', field_matches: [{ field_name: 'package', field_value: 'no-such-package' }] },
      replace: [{ field_name: 'version', field_value: '1' }],
    },
  });
  const { json: log } = await server.ask<{ results: { generated_uuid: string }[] }>('GET', '/events', {
    sender: captain,
  });
  const subscribed = await server.ask<{ subscription_id: string }[]>('POST', '/subscriptions', {
    sender: captain,
    body: { subscription_key: `${server.registry}/team/app:watched`, subscription_type: 'policy_eval' },
  });
  await server.ask('POST', '/archives/images', { sender: captain, body: [alpineApp.digest] });
  const rule = await server.ask<{ rule_id: string }>('POST', '/archives/rules', {
    sender: captain,
    body: { transition: 'archive', analysis_age_days: 9000 },
  });
  const channel = await server.ask<{ id: string }>('POST', '/notifications/channels', {
    sender: captain,
    body: { name: 'its channel', type: 'webhook', settings: { url: 'http://127.0.0.1:9/its' } },
  });
  const types = {
    vtype: 'all',
    ctype: 'os',
    mtype: 'manifest',
    feed: 'no-such-feed',
    group: 'no-such-group',
    servicename: 'analyzer',
    hostid: 'no-such-host',
  };
  return {
    ...{ server, account, members },
    stranger: await makeUser(server, await makeAccount(server, 'stranger')),
    its: {
      ...{ ...types, accountname: account, username: captain.user, keyId: key.json.id, registry: registry.registry },
      ...{ digest: alpineApp.digest, imageId: record.image_detail[0]!.imageId },
      ...{ imageDigest: alpineApp.digest, ruleId: rule.json.rule_id },
      ...{ eventId: log.results[0]?.generated_uuid ?? 'none', subscriptionId: subscribed.json[0]!.subscription_id },
      ...{ policyId: policy.id, correctionId: corrected.json.uuid },
      ...{ channelId: channel.json.id, deliveryId: 'none', webhook_type: 'general' },
    },
    nobodys: {
      ...{ ...types, accountname: 'no-such-tenant', username: 'no-such-user', keyId: '0'.repeat(16) },
      ...{ digest: `sha256:${'0'.repeat(64)}`, imageId: '0'.repeat(64), registry: 'no-such-tenant.example.test' },
      ...{ eventId: '0'.repeat(36), subscriptionId: '0'.repeat(32) },
      ...{ policyId: 'no-such-policy', correctionId: '0'.repeat(36) },
      ...{ channelId: '0'.repeat(32), deliveryId: 'none', webhook_type: 'general' },
      ...{ imageDigest: `sha256:${'0'.repeat(64)}`, ruleId: '0'.repeat(32) },
    },
  };
}

const opened = () => (scene ??= play());
const nameOf = ({ method, path }: (typeof routes)[number]) => `${method} ${path}`;
const filled = (path: string, values: Readonly<Record<string, string>>) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? `no-value-of-${name}`));

/** Asks without a body: whoever may call a route that wants one is told so (400), and nothing changes. */
function ask({ server }: Scene, route: (typeof routes)[number], values: Scene['its'], sender: Sender | null) {
  const query = lines[nameOf(route)]?.query ?? '';
  return server.ask(route.method, `/v1${filled(route.path, values)}${query}`, { sender });
}

test('every route has a line that says who may call it', () => {
  for (const route of routes) assert.ok(lines[nameOf(route)], `${nameOf(route)} needs a line in this table`);
  const types = routes.flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const known = [
    ...['digest', 'imageId', 'ctype', 'mtype', 'vtype', 'accountname', 'username', 'keyId', 'registry'],
    ...[
      'feed',
      'group',
      'eventId',
      'subscriptionId',
      'policyId',
      'correctionId',
      'servicename',
      'hostid',
      'imageDigest',
      'ruleId',
    ],
    ...['channelId', 'deliveryId', 'webhook_type'],
  ];
  for (const name of types) assert.ok(known.includes(name!), `{${name}} needs values in this test`);
});

test('without a sign-in every route but the public ones is closed', async () => {
  const here = await opened();
  for (const route of routes.filter((one) => nameOf(one) !== 'POST /oauth/token')) {
    const { status, text } = await ask(here, route, here.its, null);
    if (lines[nameOf(route)]!.needs === 'nothing') assert.ok(status < 400, `${nameOf(route)}: ${status}`);
    else assert.deepEqual([status, text], [401, 'Unauthorized'], nameOf(route));
  }
});

test('each role may call what the table says and nothing else', async () => {
  const here = await opened();
  // What could really be deleted has names here that nobody has.
  const values = (method: string) =>
    method === 'GET' ? here.its : { ...here.nobodys, accountname: here.account, digest: here.its['digest']! };
  for (const route of routes.filter((one) => lines[nameOf(one)]!.needs !== 'nothing')) {
    const name = nameOf(route);
    for (const [role, sender] of Object.entries(here.members)) {
      const { status, text } = await ask(here, route, values(route.method), sender);
      const may = allowed[lines[name]!.needs].includes(role as Role);
      assert.equal(status !== 403, may, `${name} as ${role}: ${status} ${text}`);
      assert.ok(status < 500 && status !== 401, `${name} as ${role}: ${status} ${text}`);
    }
    const { status, text } = await ask(here, route, values(route.method), { ...admin, account: here.account });
    assert.ok(status < 500 && status !== 401 && status !== 403, `${name} as admin: ${status} ${text}`);
  }
});

test('a user of another account gets nothing of this one, and cannot tell what it has from what nobody has', async () => {
  const here = await opened();
  const marks = [here.account, ...Object.values(here.members).map(({ user }) => user), alpineApp.digest];
  for (const route of routes.filter((one) => lines[nameOf(one)]!.needs !== 'nothing')) {
    const name = nameOf(route);
    const wanted = lines[name]!.stranger;
    const its = await ask(here, route, here.its, here.stranger);
    const nobodys = await ask(here, route, here.nobodys, here.stranger);
    assert.equal(its.status, nobodys.status, name);
    const plain = Object.keys(here.its).reduce(
      (text, key) => text.replaceAll(here.its[key]!, here.nobodys[key]!),
      its.text,
    );
    assert.equal(plain, nobodys.text, name);
    if (wanted === 'nothing of it') {
      assert.ok([200, 400].includes(its.status), `${name}: ${its.status} ${its.text}`);
      const told = lines[name]!.echoes === true ? plain : its.text;
      for (const mark of marks) assert.ok(!told.includes(mark), `${name} tells ${mark}`);
    } else assert.equal(its.status, wanted, `${name}: ${its.text}`);
  }
});

test('who names an account in x-anchore-account and is no member of it is refused everywhere, whether it is there or not', async () => {
  const here = await opened();
  // A path that names an account says which one is meant.
  for (const route of routes.filter(({ path }) => !path.includes('{accountname}'))) {
    const name = nameOf(route);
    if (lines[name]!.needs === 'nothing') continue;
    const answers: string[] = [];
    for (const account of [here.account, 'no-such-tenant']) {
      const { status, text } = await ask(here, route, here.its, { ...here.stranger, account });
      assert.equal(status, 403, name);
      answers.push(text.replaceAll(account, '*'));
    }
    assert.equal(answers[0], answers[1], name);
  }
});
