import { fromSeverity, ruleOf, runsAsRoot, wholeBundle } from '../whole-bundle.ts';

const actual = { actual_dockerfile_only: 'true' };
const like = (value: string) => ({ check: 'like', value });

/**
 * Section 4 of the CIS Docker Benchmark (1.6.0), container images and build files, as far as an image tells; rules are named by its numbers.
 * 4.5, content trust, is a setting of the client that pulls and not of an image.
 */
export const cisDocker = wholeBundle(
  'plimsoll-cis-docker',
  {
    name: 'CIS Docker Benchmark, images',
    comment: 'Section 4 of the CIS Docker Benchmark 1.6.0, as far as an image tells',
    about: 'Container images and build files',
  },
  [
    ruleOf('cis-4.1-user', 'STOP', 'dockerfile', 'effective_user', runsAsRoot),
    ruleOf('cis-4.2-base', 'WARN', 'base_image', 'unknown'),
    ...['openssh-server', 'telnetd', 'rsh-server', 'tftpd', 'xinetd', 'vsftpd'].map((name) =>
      ruleOf(`cis-4.3-${name}`, 'WARN', 'packages', 'blacklist', { name }),
    ),
    ruleOf('cis-4.4-mended', 'STOP', 'vulnerabilities', 'package', fromSeverity('high', { fix_available: 'true' })),
    ruleOf('cis-4.4-scanned', 'WARN', 'vulnerabilities', 'stale_feed_data', { max_days_since_sync: '7' }),
    ruleOf('cis-4.4-known', 'WARN', 'vulnerabilities', 'vulnerability_data_unavailable'),
    ruleOf('cis-4.6-healthcheck', 'WARN', 'dockerfile', 'instruction', {
      ...{ instruction: 'HEALTHCHECK', check: 'not_exists' },
    }),
    ruleOf('cis-4.7-update-alone', 'WARN', 'dockerfile', 'instruction', {
      ...{ instruction: 'RUN', ...like('.*(apt-get|apt|yum|dnf|apk|zypper) +(-\\S+ +)*update\\s*$'), ...actual },
    }),
    ruleOf('cis-4.8-setuid', 'WARN', 'files', 'suid_or_guid_set'),
    ruleOf('cis-4.9-add', 'WARN', 'dockerfile', 'instruction', { instruction: 'ADD', check: 'exists', ...actual }),
    ruleOf('cis-4.10-secrets', 'STOP', 'secret_scans', 'content_regex_checks'),
    ruleOf('cis-4.10-environment', 'WARN', 'dockerfile', 'instruction', {
      ...{ instruction: 'ENV', ...like('(?i).*(password|passwd|secret|api_?key|token)[a-z0-9_]*[= ]') },
    }),
    ruleOf('cis-4.11-verified', 'WARN', 'packages', 'verify', {
      check: 'missing',
      only_directories: '/bin,/sbin,/lib,/usr/bin,/usr/sbin,/usr/lib',
    }),
  ],
);
