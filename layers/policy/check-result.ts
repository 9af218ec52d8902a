import type { PolicyBundle } from '#schema/policy-bundle.ts';
import type { Verdict } from '#schema/verdict.ts';

const header = [
  'Image_Id',
  'Repo_Tag',
  'Trigger_Id',
  'Gate',
  'Trigger',
  'Check_Output',
  'Gate_Action',
  'Whitelisted',
  'Policy_Id',
] as const;

/** Who asked, and when it was evaluated: milliseconds since the epoch. */
export interface CheckContext {
  readonly account: string;
  readonly at: number;
  /** When this verdict was first reached; `at` when left out. */
  readonly since?: number;
}

/**
 * A verdict as `detail.result` of `GET /v1/images/{digest}/check`, in the shape of Anchore Engine 1.1: its clients read
 * rows by position. The table's own `final_action` is what the policies say, before the image lists.
 */
export function checkResult(verdict: Verdict, bundle: PolicyBundle, context: CheckContext) {
  const at = Math.floor(context.at / 1000);
  return {
    user_id: context.account,
    image_id: verdict.imageId,
    image_digest: verdict.imageDigest,
    tag: verdict.tag,
    bundle,
    matched_mapping_rule: verdict.matchedMapping ?? false,
    matched_whitelisted_images_rule: verdict.matchedAllowedImage ?? false,
    matched_blacklisted_images_rule: verdict.matchedDeniedImage ?? false,
    result: {
      [verdict.imageId]: {
        result: {
          header,
          row_count: verdict.rows.length,
          rows: verdict.rows.map((row) => [
            row.imageId,
            row.tag,
            row.triggerId,
            row.gate,
            row.trigger,
            row.message,
            row.action,
            row.allowlisted ?? false,
            row.policyId,
          ]),
          final_action: verdict.policyAction,
        },
      },
      policy_data: [],
      whitelist_data: [],
      policy_name: '',
      whitelist_names: [],
    },
    created_at: Math.floor((context.since ?? context.at) / 1000),
    last_modified: at,
    final_action: verdict.action,
    final_action_reason: verdict.actionReason,
    evaluation_problems: verdict.problems,
    status: verdict.status,
  };
}
