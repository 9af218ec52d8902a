import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkResult } from '#policy/check-result.ts';
import { evaluate } from '#policy/evaluate.ts';
import { bundleOf, digest, facts, imageId, now, ruleOf } from './sample-facts.ts';

test('a verdict has the exact shape of the v1 API', () => {
  const bundle = bundleOf(
    [ruleOf('always', 'always', 'STOP'), ruleOf('dockerfile', 'no_dockerfile_provided', 'WARN')],
    {
      whitelists: [
        { id: 'list', version: '1_0', name: 'List', items: [{ id: 'item', gate: 'always', trigger_id: 'always' }] },
      ],
    },
  );
  const message = 'Image was not analyzed with an actual Dockerfile';
  const allowed = { whitelist_name: 'List', whitelist_id: 'list', matched_rule_id: 'item' };
  assert.deepEqual(
    checkResult(evaluate(bundle, facts), bundle, { account: 'admin', at: now + 999, since: now - 5000 }),
    {
      user_id: 'admin',
      image_id: imageId,
      image_digest: digest,
      tag: facts.tag,
      bundle,
      matched_mapping_rule: bundle.mappings[0],
      matched_whitelisted_images_rule: false,
      matched_blacklisted_images_rule: false,
      result: {
        [imageId]: {
          result: {
            header: [
              'Image_Id',
              'Repo_Tag',
              'Trigger_Id',
              'Gate',
              'Trigger',
              'Check_Output',
              'Gate_Action',
              'Whitelisted',
              'Policy_Id',
            ],
            row_count: 2,
            rows: [
              [
                imageId,
                facts.tag,
                'always',
                'always',
                'always',
                'Unconditional trigger match',
                'go',
                allowed,
                'policy',
              ],
              [
                imageId,
                facts.tag,
                'b00b22232c1902075263067d2d2b8eea',
                'dockerfile',
                'no_dockerfile_provided',
                message,
                'warn',
                false,
                'policy',
              ],
            ],
            final_action: 'warn',
          },
        },
        policy_data: [],
        whitelist_data: [],
        policy_name: '',
        whitelist_names: [],
      },
      created_at: now / 1000 - 5,
      last_modified: now / 1000,
      final_action: 'warn',
      final_action_reason: 'policy_evaluation',
      evaluation_problems: [],
      status: 'pass',
    },
  );
});

test('what matched nothing is false, and the table keeps what the policies say', () => {
  const listed = { name: 'n', registry: '*', repository: '*', image: { type: 'tag' as const, value: '*' } };
  const bundle = bundleOf([], { mappings: [], blacklisted_images: [listed] });
  const result = checkResult(evaluate(bundle, facts), bundle, { account: 'admin', at: now });
  assert.equal(result.matched_mapping_rule, false);
  assert.deepEqual(result.matched_blacklisted_images_rule, listed);
  assert.equal(result.final_action, 'stop');
  assert.equal(result.final_action_reason, 'blacklisted');
  const table = result.result[imageId] as { result: { final_action: string } };
  assert.equal(table.result.final_action, 'go');
});
