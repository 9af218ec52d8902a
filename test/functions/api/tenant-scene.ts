import type { Role } from '#access/permissions.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { type ApiServer, apiServer, type Sender } from '#test/support/api-server.ts';
import type { Values } from './tenant-lines.ts';

/** Two tenants: the one whose things are asked for, and the stranger who asks. */
export interface TenantScene {
  readonly server: ApiServer;
  readonly account: string;
  readonly members: Readonly<Record<Role, Sender>>;
  readonly stranger: Sender;
  /** Values of path parameters: what the account has, and what nobody has. */
  readonly its: Values;
  readonly nobodys: Values;
}

let scene: Promise<TenantScene> | null = null;

/** The scene of this test process: played once. */
export function tenantScene(): Promise<TenantScene> {
  scene ??= play();
  return scene;
}

async function play(): Promise<TenantScene> {
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
  const operation = await server.ask<{ uuid: string }>('POST', '/imports/images', { sender: captain });
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
      ...{ eventId: log.results[0]!.generated_uuid, subscriptionId: subscribed.json[0]!.subscription_id },
      ...{ policyId: policy.id, correctionId: corrected.json.uuid },
      ...{ channelId: channel.json.id, deliveryId: 'none', webhook_type: 'general' },
      operation_id: operation.json.uuid,
    },
    nobodys: {
      ...{ ...types, accountname: 'no-such-tenant', username: 'no-such-user', keyId: '0'.repeat(16) },
      ...{ digest: `sha256:${'0'.repeat(64)}`, imageId: '0'.repeat(64), registry: 'no-such-tenant.example.test' },
      ...{ eventId: '0'.repeat(36), subscriptionId: '0'.repeat(32) },
      ...{ policyId: 'no-such-policy', correctionId: '0'.repeat(36) },
      ...{ channelId: '0'.repeat(32), deliveryId: 'none', webhook_type: 'general' },
      operation_id: '0'.repeat(36),
      ...{ imageDigest: `sha256:${'0'.repeat(64)}`, ruleId: '0'.repeat(32) },
    },
  };
}
