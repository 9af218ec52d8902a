import { fromSeverity, ruleOf, runsAsRoot, wholeBundle } from '../whole-bundle.ts';

const vulnerable = 'vulnerabilities';

/**
 * For what must not be wrong: stops on everything that is exploited, can be mended, or is high whether it can be mended or not; on root,
 * secrets, malware and releases without fixes; and where something could not be told.
 */
export const strict = wholeBundle(
  'plimsoll-strict',
  {
    name: 'Strict bundle',
    comment: 'Stops on what is exploited, what can be mended, what is high, and what cannot be told',
    about: 'Strict policy',
  },
  [
    ruleOf('known-exploited', 'STOP', vulnerable, 'package', fromSeverity('unknown', { known_exploited: 'true' })),
    ruleOf('high', 'STOP', vulnerable, 'package', fromSeverity('high')),
    ruleOf('medium-with-fix', 'STOP', vulnerable, 'package', fromSeverity('medium', { fix_available: 'true' })),
    ruleOf('unrated-with-fix', 'STOP', vulnerable, 'package', {
      ...fromSeverity('unknown', { fix_available: 'true' }),
      severity_comparison: '=',
    }),
    ruleOf('medium-without-fix', 'WARN', vulnerable, 'package', fromSeverity('medium', { fix_available: 'false' })),
    ruleOf('undecidable', 'STOP', vulnerable, 'package', fromSeverity('unknown', { undecidable: 'true' })),
    ruleOf('feed-stale', 'STOP', vulnerable, 'stale_feed_data', { max_days_since_sync: '3' }),
    ruleOf('feed-unavailable', 'STOP', vulnerable, 'vulnerability_data_unavailable'),
    ruleOf('end-of-life', 'STOP', 'distribution', 'end_of_life'),
    ruleOf('root', 'STOP', 'dockerfile', 'effective_user', runsAsRoot),
    ruleOf('ssh-exposed', 'STOP', 'dockerfile', 'exposed_ports', { ports: '22', type: 'blacklist' }),
    ruleOf('no-healthcheck', 'WARN', 'dockerfile', 'instruction', { instruction: 'HEALTHCHECK', check: 'not_exists' }),
    ruleOf('secrets', 'STOP', 'secret_scans', 'content_regex_checks'),
    ruleOf('malware', 'STOP', 'malware', 'scans'),
    ruleOf('setuid-added', 'WARN', 'files', 'suid_or_guid_set', { only_added: 'true' }),
    ruleOf('incomplete', 'WARN', 'analysis', 'incomplete', { kinds: 'content,matching' }),
    ruleOf('base-unknown', 'WARN', 'base_image', 'unknown'),
  ],
);
