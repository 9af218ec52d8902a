import type { PolicyBundle, PolicyRule } from '#schema/policy-bundle.ts';
import { ruleOf } from './whole-bundle.ts';

const vulnerable = 'vulnerabilities';

const rules: PolicyRule[] = [
  ruleOf('ssh-exposed', 'STOP', 'dockerfile', 'exposed_ports', { ports: '22', type: 'blacklist' }),
  ruleOf('no-healthcheck', 'WARN', 'dockerfile', 'instruction', { instruction: 'HEALTHCHECK', check: 'not_exists' }),
  ruleOf('feed-stale', 'WARN', vulnerable, 'stale_feed_data', { max_days_since_sync: '2' }),
  ruleOf('feed-unavailable', 'WARN', vulnerable, 'vulnerability_data_unavailable', {}),
  ruleOf('severity-medium', 'WARN', vulnerable, 'package', severity('=', 'medium')),
  ruleOf('severity-above-medium', 'STOP', vulnerable, 'package', severity('>', 'medium')),
  ruleOf('unrated-with-fix', 'STOP', vulnerable, 'package', { ...severity('=', 'unknown'), fix_available: 'true' }),
];

/**
 * The bundle that every account starts with: the original's default, which for every image stops on vulnerabilities above
 * medium and an exposed SSH port, and warns on medium ones, a missing health check and missing or old vulnerability data.
 *
 * One rule is our own, `unrated-with-fix`: a vulnerability that nobody rated but that has a fix stops. Alpine's and Go's
 * own databases carry no severities, so a rule that compares severities would let all of their findings pass; cannot tell
 * is not safe, and the fix is at hand.
 */
export const defaultBundle: PolicyBundle = {
  id: 'plimsoll-default',
  version: '1_0',
  name: 'Default bundle',
  comment: 'Stops what should not ship, warns of what should be looked at',
  policies: [
    {
      id: 'plimsoll-default-policy',
      version: '1_0',
      name: 'Default policy',
      comment: 'High and critical vulnerabilities, unrated ones that have a fix, exposed SSH',
      rules,
    },
  ],
  whitelists: [{ id: 'plimsoll-global-whitelist', version: '1_0', name: 'Global Whitelist', items: [] }],
  mappings: [
    {
      id: 'plimsoll-default-mapping',
      name: 'default',
      registry: '*',
      repository: '*',
      image: { type: 'tag', value: '*' },
      policy_ids: ['plimsoll-default-policy'],
      whitelist_ids: ['plimsoll-global-whitelist'],
    },
  ],
  whitelisted_images: [],
  blacklisted_images: [],
};

function severity(comparison: string, word: string): Record<string, string> {
  return { package_type: 'all', severity_comparison: comparison, severity: word };
}
