import type { PolicyBundle, PolicyRule } from '#schema/policy-bundle.ts';

/** A bundle of one policy of these rules for every image, with an allowlist to be filled. */
export function wholeBundle(
  id: string,
  { name, comment, about }: { readonly name: string; readonly comment: string; readonly about: string },
  rules: readonly PolicyRule[],
): PolicyBundle {
  return {
    ...{ id, version: '1_0', name, comment },
    policies: [{ id: `${id}-policy`, version: '1_0', name: about, comment, rules: [...rules] }],
    whitelists: [{ id: `${id}-whitelist`, version: '1_0', name: 'Exceptions', items: [] }],
    mappings: [
      {
        ...{ id: `${id}-mapping`, name: 'every image', registry: '*', repository: '*' },
        image: { type: 'tag', value: '*' },
        policy_ids: [`${id}-policy`],
        whitelist_ids: [`${id}-whitelist`],
      },
    ],
    whitelisted_images: [],
    blacklisted_images: [],
  };
}

/** A rule with its parameters as a bundle writes them. */
export function ruleOf(
  id: string,
  action: PolicyRule['action'],
  gate: string,
  trigger: string,
  parameters: Readonly<Record<string, string>> = {},
): PolicyRule {
  return { id, action, gate, trigger, params: Object.entries(parameters).map(([name, value]) => ({ name, value })) };
}

/** Parameters of `vulnerabilities.package` for all packages from a severity on. */
export function fromSeverity(severity: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { package_type: 'all', severity_comparison: '>=', severity, ...more };
}

/** Parameters of `dockerfile.effective_user` for everything that root is called. */
export const runsAsRoot: Readonly<Record<string, string>> = { users: 'root,0,0:0,root:root', type: 'blacklist' };
