import type { ImageSelection, MappingRule } from './policy-bundle.ts';

export type VerdictAction = 'go' | 'warn' | 'stop';

/** One match of one rule. */
export interface VerdictRow {
  /** 64 hex digits; empty where the image has no config. */
  readonly imageId: string;
  readonly tag: string;
  readonly triggerId: string;
  readonly gate: string;
  readonly trigger: string;
  readonly message: string;
  /** What the row asks for: the rule's action, `go` when the row is allowlisted. */
  readonly action: VerdictAction;
  readonly allowlisted: {
    readonly whitelist_name: string | null;
    readonly whitelist_id: string;
    readonly matched_rule_id: string | null;
  } | null;
  /** The policy of the bundle that holds the rule. */
  readonly policyId: string;
  readonly ruleId: string | null;
}

/** Something that could not be evaluated, in the words of the v1 API. */
export interface VerdictProblem {
  readonly severity: 'error';
  readonly problem_type: string;
  readonly details: string;
}

/** May this image ship? What a bundle says of an image under a tag; holds no time, so that equal verdicts are equal. */
export interface Verdict {
  /** The bundle's id: what the API calls policyId. */
  readonly policyId: string;
  readonly imageId: string;
  readonly imageDigest: string | null;
  readonly tag: string;
  /** The last word. */
  readonly action: VerdictAction;
  readonly status: 'pass' | 'fail';
  readonly actionReason: 'policy_evaluation' | 'whitelisted' | 'blacklisted';
  /** What the policies say, before the image lists. */
  readonly policyAction: VerdictAction;
  readonly matchedMapping: MappingRule | null;
  readonly matchedAllowedImage: ImageSelection | null;
  readonly matchedDeniedImage: ImageSelection | null;
  readonly rows: readonly VerdictRow[];
  readonly problems: readonly VerdictProblem[];
}
