import { stranger, type OperationTable, type Scene } from '../operation.ts';
import { bundleOf } from '../scripts/policy.ts';

const added = async ({ ask }: Scene, id: string) => {
  await ask('POST', '/policies', bundleOf(id, false));
  return id;
};

export const policyOperations: OperationTable = {
  'GET /policies': { good: { query: '?detail=True' }, bad: stranger },
  'POST /policies': {
    good: { body: bundleOf('ballast', true), query: '?detail=True' },
    bad: { body: { id: 'ballast', version: '1_0' }, status: 400 },
  },
  'GET /policies/{policyId}': {
    good: async (scene) => ({ params: { policyId: await added(scene, 'shown') } }),
    bad: { params: { policyId: 'none' }, status: 404 },
  },
  'PUT /policies/{policyId}': {
    good: async (scene) => {
      const policyId = await added(scene, 'changed');
      const [record] = await scene.ask<object[]>('GET', `/policies/${policyId}`);
      return { params: { policyId }, body: { ...record, policybundle: bundleOf(policyId, true) } };
    },
    bad: {
      params: { policyId: 'none' },
      body: { policyId: 'none', policybundle: bundleOf('none', true) },
      status: 404,
    },
  },
  'DELETE /policies/{policyId}': {
    good: async (scene) => ({ params: { policyId: await added(scene, 'gone') } }),
    bad: { params: { policyId: 'none' }, status: 404 },
  },
};
