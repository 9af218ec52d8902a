import { stranger, type OperationTable, type Scene } from '../operation.ts';

const added = async ({ ask }: Scene, tag: string) => {
  const body = { subscription_key: `a.test/b:${tag}`, subscription_type: 'policy_eval' };
  const [subscription] = await ask<{ subscription_id: string }[]>('POST', '/subscriptions', body);
  return { params: { subscriptionId: subscription!.subscription_id } };
};

export const subscriptionOperations: OperationTable = {
  'GET /subscriptions': { good: {}, bad: { query: '?subscription_type=keel_update', status: 400 } },
  'POST /subscriptions': {
    good: { body: { subscription_key: 'a.test/b:c', subscription_type: 'vuln_update' } },
    bad: { body: { subscription_key: 'a.test/b:c', subscription_type: 'keel_update' }, status: 400 },
  },
  'GET /subscriptions/{subscriptionId}': {
    good: (scene) => added(scene, 'shown'),
    bad: { ...stranger, params: { subscriptionId: '0'.repeat(32) } },
  },
  'PUT /subscriptions/{subscriptionId}': {
    good: async (scene) => ({ ...(await added(scene, 'active')), body: { active: true } }),
    bad: { params: { subscriptionId: '0'.repeat(32) }, body: { active: 'perhaps' }, status: 400 },
  },
  'DELETE /subscriptions/{subscriptionId}': {
    good: (scene) => added(scene, 'gone'),
    bad: { ...stranger, params: { subscriptionId: '0'.repeat(32) } },
  },
  'POST /repositories': {
    good: async ({ server }) => ({
      query: `?repository=${server.registry}/team/app&autosubscribe=True&dryrun=False&lookuptag=v1`,
    }),
    bad: async ({ server }) => ({ query: `?repository=${server.registry}/team/none`, status: 404 }),
  },
};
