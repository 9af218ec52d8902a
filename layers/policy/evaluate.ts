import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import type { MappingRule, Policy, PolicyBundle, PolicyRule } from '#schema/policy-bundle.ts';
import type { Verdict, VerdictAction, VerdictProblem, VerdictRow } from '#schema/verdict.ts';
import { type Allowlist, prepareAllowlist } from './allowlist.ts';
import { policyIdsOfMapping, structureProblems } from './bundle.ts';
import { anyTag, parseEvaluatedTag } from './evaluated-tag.ts';
import type { Facts, Match } from './gate.ts';
import { firstSelected, type SelectedImage } from './mapping.ts';
import { resolveRule } from './rule.ts';

/**
 * May this image ship? A pure function of bundle and facts (docs: policy engine of Anchore Engine 1.1, section
 * "Evaluation"): the first mapping that matches says which policies hold; all of them run; allowlisted matches keep their
 * row and count as go; the worst action wins; the image lists have the last word. Without a mapping the image may go.
 *
 * What cannot be evaluated is a problem of the verdict, never an exception: a rule that cannot be evaluated stops when it
 * would stop; a bundle that is broken as a whole stops with its problems and no rows.
 */
export function evaluate(bundle: PolicyBundle, facts: Facts): Verdict {
  const broken = brokenness(bundle);
  if (broken.length > 0) return stopped(bundle.id, facts, broken);
  const image = selectedImage(facts);
  try {
    const denied = firstSelected(bundle.blacklisted_images ?? [], image);
    const allowed = firstSelected(bundle.whitelisted_images ?? [], image);
    const mapping = firstSelected(bundle.mappings, image);
    const outcome = mapping === null ? nothingHolds : runPolicies(bundle, mapping, facts);
    const [action, actionReason] =
      denied !== null
        ? (['stop', 'blacklisted'] as const)
        : allowed !== null
          ? (['go', 'whitelisted'] as const)
          : ([outcome.action, 'policy_evaluation'] as const);
    return {
      ...headOf(bundle.id, facts),
      action,
      status: statusOf(action),
      actionReason,
      policyAction: outcome.action,
      matchedMapping: mapping,
      // As the original: where an image is on both lists, the deny list is the one that matched.
      matchedAllowedImage: denied === null ? allowed : null,
      matchedDeniedImage: denied,
      rows: outcome.rows,
      problems: outcome.problems,
    };
  } catch (thrown) {
    // A tag too long for a pattern: which policies hold cannot be told.
    return stopped(bundle.id, facts, [problem('EvaluationError', Fault.from(thrown).message)]);
  }
}

/** One bundle judges many images: it is looked through once. */
const looked = new WeakMap<PolicyBundle, readonly VerdictProblem[]>();

function brokenness(bundle: PolicyBundle): readonly VerdictProblem[] {
  const known = looked.get(bundle) ?? structureProblems(bundle);
  looked.set(bundle, known);
  return known;
}

/** The verdict of a bundle that cannot be used at all: stop, with its problems and no rows. */
export function stopped(policyId: string, facts: Facts, problems: readonly VerdictProblem[]): Verdict {
  return {
    ...headOf(policyId, facts),
    action: 'stop',
    status: 'fail',
    actionReason: 'policy_evaluation',
    policyAction: 'stop',
    matchedMapping: null,
    matchedAllowedImage: null,
    matchedDeniedImage: null,
    rows: [],
    problems,
  };
}

interface Outcome {
  readonly action: VerdictAction;
  readonly rows: readonly VerdictRow[];
  readonly problems: readonly VerdictProblem[];
}

const nothingHolds: Outcome = { action: 'go', rows: [], problems: [] };

function headOf(policyId: string, facts: Facts) {
  const { configDigest, digest } = facts.image;
  const imageId = configDigest?.replace(/^sha256:/, '') ?? '';
  return { policyId, imageId, imageDigest: digest, tag: facts.tag === '' ? anyTag : facts.tag };
}

function selectedImage(facts: Facts): SelectedImage {
  const { digest, parentDigest } = facts.image;
  return {
    ...parseEvaluatedTag(facts.tag),
    digests: [digest, parentDigest].filter((known) => known !== null),
    imageId: headOf('', facts).imageId,
  };
}

function runPolicies(bundle: PolicyBundle, mapping: MappingRule, facts: Facts): Outcome {
  const allowlists = (mapping.whitelist_ids ?? []).map((id) =>
    prepareAllowlist(bundle.whitelists!.find((whitelist) => whitelist.id === id)!, facts.now),
  );
  const outcomes = policyIdsOfMapping(mapping)
    .map((id) => bundle.policies.find((policy) => policy.id === id)!)
    .map((policy) => runPolicy(policy, allowlists, facts));
  return {
    action: worst(outcomes.map(({ action }) => action)),
    rows: outcomes.flatMap(({ rows }) => rows),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

/** Rules run by gate, gates in the order in which they first appear. */
function runPolicy(policy: Policy, allowlists: readonly Allowlist[], facts: Facts): Outcome {
  const byGate = Map.groupBy(policy.rules ?? [], ({ gate }) => gate.toLowerCase());
  const outcomes = [...byGate.values()].flat().map((rule) => runRule(rule, policy, allowlists, facts));
  return {
    action: worst(outcomes.map(({ action }) => action)),
    rows: outcomes.flatMap(({ rows }) => rows),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

function runRule(rule: PolicyRule, policy: Policy, allowlists: readonly Allowlist[], facts: Facts): Outcome {
  const resolved = resolveRule(rule);
  if (resolved.kind === 'invalid') return notEvaluated(rule, resolved.problems, []);
  const { gate, trigger, values } = resolved;
  const rows: VerdictRow[] = [];
  try {
    for (const match of trigger.fires(facts, values, rule.id ?? null)) {
      if (rows.length === maxRows) throw tooMany();
      rows.push(rowOf(match, { gate: gate.name, trigger: trigger.name }, rule, policy, allowlists, facts));
    }
  } catch (thrown) {
    const words = `${about(rule)}: ${Fault.from(thrown).message}${ifItStops(rule)}`;
    return notEvaluated(rule, [problem('TriggerEvaluationError', words)], rows);
  }
  return { action: worst(rows.map(({ action }) => action)), rows, problems: [] };
}

/** Rows of one rule: a pattern that matches every file of an image says no more than one that matches so many. */
const maxRows = 10_000;

function tooMany(): Fault {
  return new Fault('input/too-large', `it has more than ${maxRows} matches, of which these are listed`);
}

function notEvaluated(rule: PolicyRule, problems: readonly VerdictProblem[], rows: readonly VerdictRow[]): Outcome {
  const unknown = rule.action === 'STOP' ? 'stop' : 'go';
  return { action: worst([unknown, ...rows.map(({ action }) => action)]), rows, problems };
}

function about(rule: PolicyRule): string {
  return `Rule ${rule.id ?? '(without id)'}, gate ${rule.gate}, trigger ${rule.trigger}, could not be evaluated`;
}

function ifItStops(rule: PolicyRule): string {
  return rule.action === 'STOP' ? '; it would stop, so the image is stopped' : '';
}

function problem(type: string, details: string): VerdictProblem {
  return { severity: 'error', problem_type: type, details };
}

function rowOf(
  match: Match,
  names: { readonly gate: string; readonly trigger: string },
  rule: PolicyRule,
  policy: Policy,
  allowlists: readonly Allowlist[],
  facts: Facts,
): VerdictRow {
  const { imageId, tag } = headOf('', facts);
  const triggerId = match.id ?? messageId(names.gate, names.trigger, match.message);
  const allowlisted = allow(names.gate, [triggerId, ...(match.otherIds ?? [])], allowlists);
  return {
    imageId,
    tag,
    triggerId,
    ...names,
    message: match.message,
    action: allowlisted === null ? actions[rule.action] : 'go',
    allowlisted,
    policyId: policy.id,
    ruleId: rule.id ?? null,
  };
}

/** The id of a match that has none: md5 of gate, trigger and message, as in the original, so that its allowlists hold here. */
function messageId(gate: string, trigger: string, message: string): string {
  return createHash('md5')
    .update(gate + trigger + message)
    .digest('hex');
}

function allow(gate: string, ids: readonly string[], allowlists: readonly Allowlist[]): VerdictRow['allowlisted'] {
  for (const { whitelist, find } of allowlists) {
    const item = find(gate, ids);
    if (item === null) continue;
    return {
      whitelist_name: whitelist.name ?? null,
      whitelist_id: whitelist.id,
      matched_rule_id: item.id ?? null,
    };
  }
  return null;
}

const actions = { GO: 'go', WARN: 'warn', STOP: 'stop' } as const;

function worst(all: readonly VerdictAction[]): VerdictAction {
  return all.includes('stop') ? 'stop' : all.includes('warn') ? 'warn' : 'go';
}

function statusOf(action: VerdictAction): 'pass' | 'fail' {
  return action === 'stop' ? 'fail' : 'pass';
}
