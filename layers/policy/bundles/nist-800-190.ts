import { fromSeverity, ruleOf, runsAsRoot, wholeBundle } from '../whole-bundle.ts';

/** What NIST SP 800-190, section 4.1, asks of images; rules are named by its numbers. */
export const nist800190 = wholeBundle(
  'plimsoll-nist-800-190',
  {
    name: 'NIST SP 800-190, images',
    comment: 'Countermeasures for images of NIST SP 800-190, section 4.1',
    about: 'Image countermeasures',
  },
  [
    ruleOf('nist-4.1.1-high', 'STOP', 'vulnerabilities', 'package', fromSeverity('high')),
    ruleOf('nist-4.1.1-exploited', 'STOP', 'vulnerabilities', 'package', {
      ...fromSeverity('unknown', { known_exploited: 'true' }),
    }),
    ruleOf('nist-4.1.1-medium', 'WARN', 'vulnerabilities', 'package', {
      ...{ package_type: 'all', severity_comparison: '=', severity: 'medium' },
    }),
    ruleOf('nist-4.1.1-unrated', 'WARN', 'vulnerabilities', 'package', {
      ...{ package_type: 'all', severity_comparison: '=', severity: 'unknown' },
    }),
    ruleOf('nist-4.1.1-current', 'WARN', 'vulnerabilities', 'stale_feed_data', { max_days_since_sync: '2' }),
    ruleOf('nist-4.1.1-known', 'STOP', 'vulnerabilities', 'vulnerability_data_unavailable'),
    ruleOf('nist-4.1.1-maintained', 'STOP', 'distribution', 'end_of_life'),
    ruleOf('nist-4.1.2-user', 'STOP', 'dockerfile', 'effective_user', runsAsRoot),
    ruleOf('nist-4.1.2-remote-access', 'STOP', 'dockerfile', 'exposed_ports', {
      ports: '22,23,3389',
      type: 'blacklist',
    }),
    ruleOf('nist-4.1.2-ssh', 'WARN', 'packages', 'blacklist', { name: 'openssh-server' }),
    ruleOf('nist-4.1.2-setuid', 'WARN', 'files', 'suid_or_guid_set', { only_added: 'true' }),
    ruleOf('nist-4.1.3-malware', 'STOP', 'malware', 'scans'),
    ruleOf('nist-4.1.3-scanned', 'WARN', 'malware', 'scan_not_run'),
    ruleOf('nist-4.1.4-secrets', 'STOP', 'secret_scans', 'content_regex_checks'),
    ruleOf('nist-4.1.5-base', 'WARN', 'base_image', 'unknown'),
    ruleOf('nist-4.1.5-old', 'WARN', 'metadata', 'age', { max_days: '180' }),
  ],
);
