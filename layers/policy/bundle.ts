import {
  bundleLimits,
  bundleVersion,
  type ImageSelection,
  type MappingRule,
  type Policy,
  type PolicyBundle,
  policyBundle,
  type Whitelist,
} from '#schema/policy-bundle.ts';
import { expiryOf } from './allowlist.ts';
import { type BundleProblem, bundleProblem } from './bundle-problem.ts';
import { excessOf } from './document-size.ts';
import { compilePattern } from './pattern.ts';
import { resolveRule } from './rule.ts';

export type ParsedBundle =
  | { readonly kind: 'bundle'; readonly bundle: PolicyBundle }
  | { readonly kind: 'invalid'; readonly problems: readonly BundleProblem[] };

/** Problems that are told of one bundle; beyond that the count is. */
const maxProblems = 500;

/**
 * A bundle from outside (parsed JSON) or everything that is wrong with it. As in the original, a wrong version of the
 * bundle is told alone, and policies and whitelists are looked into only where a mapping refers to them. Keys that mean
 * nothing here are kept.
 */
export function parseBundle(json: unknown): ParsedBundle {
  const excess = excessOf(json, bundleLimits);
  if (excess !== null) return invalid([bundleProblem('ValidationError', `The bundle is too large: ${excess}`)]);
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'string' && version !== bundleVersion) {
    return invalid([
      bundleProblem('ValidationError', `Bundle version '${version}' is not supported; it must be '${bundleVersion}'`),
    ]);
  }
  const parsed = policyBundle.safeParse(json);
  if (!parsed.success) return invalid(shapeProblems(parsed.error));
  const problems = [...structureProblems(parsed.data), ...ruleProblems(parsed.data)];
  return problems.length > 0 ? invalid(problems) : { kind: 'bundle', bundle: parsed.data };
}

function invalid(problems: readonly BundleProblem[]): ParsedBundle {
  const more = problems.length - maxProblems;
  if (more <= 0) return { kind: 'invalid', problems };
  const rest = bundleProblem('ValidationError', `${more} more problems are not listed`);
  return { kind: 'invalid', problems: [...problems.slice(0, maxProblems), rest] };
}

type ShapeError = NonNullable<ReturnType<typeof policyBundle.safeParse>['error']>;

function shapeProblems(error: ShapeError): readonly BundleProblem[] {
  return error.issues.map(({ path, message }) => {
    const last = path.at(-1);
    const type =
      last === 'action'
        ? 'InvalidGateAction'
        : last === 'value' && path.includes('params')
          ? 'ParameterValueInvalidError'
          : 'ValidationError';
    return bundleProblem(type, `${path.map(String).join('.') || 'bundle'}: ${message}`);
  });
}

/** What is wrong with a bundle as a whole: nothing can be evaluated with it. */
export function structureProblems(bundle: PolicyBundle): readonly BundleProblem[] {
  return [
    ...(bundle.version === bundleVersion ? [] : [versionProblem('bundle', bundle)]),
    ...bundle.mappings.flatMap(mappingProblems),
    ...referenced(bundle.policies, policyIdsOf(bundle), 'policy').flatMap(policyProblems),
    ...referenced(bundle.whitelists ?? [], whitelistIdsOf(bundle), 'whitelist').flatMap(whitelistProblems),
    ...[...(bundle.whitelisted_images ?? []), ...(bundle.blacklisted_images ?? [])].flatMap(selectionProblems),
  ];
}

/** What is wrong with single rules of the policies that mappings refer to. */
function ruleProblems(bundle: PolicyBundle): readonly BundleProblem[] {
  const wanted = new Set(policyIdsOf(bundle));
  return bundle.policies
    .filter(({ id }) => wanted.has(id))
    .flatMap((policy) => policy.rules ?? [])
    .flatMap((rule) => {
      const resolved = resolveRule(rule);
      return resolved.kind === 'invalid' ? resolved.problems : [];
    });
}

/** The policies that hold where a mapping matches, in its order. */
export function policyIdsOfMapping(mapping: MappingRule): readonly string[] {
  return mapping.policy_ids ?? (mapping.policy_id ? [mapping.policy_id] : []);
}

function policyIdsOf(bundle: PolicyBundle): readonly string[] {
  return bundle.mappings.flatMap(policyIdsOfMapping);
}

function whitelistIdsOf(bundle: PolicyBundle): readonly string[] {
  return bundle.mappings.flatMap((mapping) => mapping.whitelist_ids ?? []);
}

function mappingProblems(mapping: MappingRule): readonly BundleProblem[] {
  const problems = [...selectionProblems(mapping)];
  if (Boolean(mapping.policy_id) === Boolean(mapping.policy_ids)) {
    problems.push(
      bundleProblem('ValidationError', 'A mapping names its policies either by policy_id or by policy_ids', {
        mapping: mapping.name,
      }),
    );
  }
  return problems;
}

function selectionProblems(selection: ImageSelection): readonly BundleProblem[] {
  const patterns: readonly (readonly [string, string])[] = [
    ['registry', selection.registry],
    ['repository', selection.repository],
    ...(selection.image.type === 'tag' ? ([['image', selection.image.value]] as const) : []),
  ];
  return patterns.flatMap(([field, pattern]) => {
    const compiled = compilePattern(pattern);
    if (compiled.kind === 'pattern') return [];
    const things = { name: selection.name, [field]: pattern };
    return [bundleProblem('ValidationError', `Not a regular expression: ${compiled.reason}`, things)];
  });
}

type Referenced<T> =
  | { readonly kind: 'found'; readonly object: T }
  | { readonly kind: 'problem'; readonly problem: BundleProblem };

/** Each object that is referred to, once; missing and doubled ones as problems. */
function referenced<T extends { readonly id: string }>(
  objects: readonly T[],
  ids: readonly string[],
  type: 'policy' | 'whitelist',
): readonly Referenced<T>[] {
  const byId = Map.groupBy(objects, ({ id }) => id);
  return [...new Set(ids)].map((id) => {
    const found = byId.get(id) ?? [];
    if (found.length === 1) return { kind: 'found', object: found[0]! };
    const problem =
      found.length === 0
        ? bundleProblem('ReferencedObjectNotFoundError', 'A mapping refers to what is not in the bundle', {
            reference_type: type,
            reference_id: id,
          })
        : bundleProblem('DuplicateIdentifierFoundError', 'The id is not unique', {
            identifier_type: type,
            identifier: id,
          });
    return { kind: 'problem', problem };
  });
}

function policyProblems(reference: Referenced<Policy>): readonly BundleProblem[] {
  if (reference.kind === 'problem') return [reference.problem];
  const policy = reference.object;
  return [
    ...(policy.version === bundleVersion ? [] : [versionProblem('policy', policy)]),
    // A misspelt `rules` would pass everything.
    ...(policy.rules ? [] : [bundleProblem('ValidationError', 'The policy has no rules', { policy: policy.id })]),
  ];
}

function whitelistProblems(reference: Referenced<Whitelist>): readonly BundleProblem[] {
  if (reference.kind === 'problem') return [reference.problem];
  const whitelist = reference.object;
  return [
    ...(whitelist.version === bundleVersion ? [] : [versionProblem('whitelist', whitelist)]),
    ...(whitelist.items
      ? []
      : [bundleProblem('ValidationError', 'The whitelist has no items', { whitelist: whitelist.id })]),
    ...(whitelist.items ?? []).flatMap((item) => {
      const about = { whitelist: whitelist.id, item: item.id };
      const pattern = compilePattern(item.trigger_id);
      const problems: BundleProblem[] = [];
      if (pattern.kind === 'invalid') {
        problems.push(
          bundleProblem('ValidationError', `Not a regular expression: ${pattern.reason}`, {
            ...about,
            trigger_id: item.trigger_id,
          }),
        );
      }
      if (expiryOf(item) === 'invalid') {
        problems.push(
          bundleProblem('ValidationError', 'expires_on must be a moment in UTC, YYYY-MM-DDTHH:MM:SSZ', {
            ...about,
            expires_on: item.expires_on,
          }),
        );
      }
      return problems;
    }),
  ];
}

function versionProblem(type: string, object: { readonly id: string; readonly version: string }): BundleProblem {
  return bundleProblem('UnsupportedVersionError', `The ${type} has a version that is not supported`, {
    id: object.id,
    found_version: object.version,
    supported_versions: bundleVersion,
  });
}
