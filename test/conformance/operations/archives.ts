import { noDigest, type OperationTable, type Scene, stranger } from '../operation.ts';

const rule = {
  analysis_age_days: 30,
  tag_versions_newer: 2,
  transition: 'archive',
  selector: { registry: '*', repository: 'team/*', tag: '*' },
};
const noRule = { params: { ruleId: '0'.repeat(32) }, status: 404 } as const;
const noImage = { params: { imageDigest: noDigest }, status: 404 } as const;

const ruled = async ({ ask }: Scene) => {
  const { rule_id } = await ask<{ rule_id: string }>('POST', '/archives/rules', rule);
  return { params: { ruleId: rule_id } };
};
const archived = async ({ ask, digest }: Scene) => {
  await ask('POST', '/archives/images', [digest]);
  return {};
};

export const archiveOperations: OperationTable = {
  'POST /archives/images': {
    good: async ({ digest }) => ({ body: [digest, noDigest] }),
    bad: { body: [], status: 400 },
  },
  'GET /archives': { good: archived, bad: stranger },
  'GET /archives/images': { good: archived, bad: stranger },
  'GET /archives/images/{imageDigest}': { good: archived, bad: noImage },
  'DELETE /archives/images/{imageDigest}': { good: archived, bad: noImage },
  'GET /archives/rules': {
    good: async (scene) => ({ ...(await ruled(scene)), query: '?system_global=True' }),
    bad: { query: '?system_global=perhaps', status: 400 },
  },
  'POST /archives/rules': { good: { body: rule }, bad: { body: { ...rule, transition: 'sink' }, status: 400 } },
  'GET /archives/rules/{ruleId}': { good: ruled, bad: noRule },
  'DELETE /archives/rules/{ruleId}': { good: ruled, bad: noRule },
};
