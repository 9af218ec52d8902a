import type { Rule } from '../rule.ts';

/**
 * Where a distribution tells of every vulnerability of its packages, with or without a fix, its silence is a verdict on
 * files that its packages own. Where it tells of fixes only, silence says nothing: then the language's advisory stands.
 */
export const comprehensiveFeed: Rule = {
  name: 'comprehensive-feed',
  description: 'A package of the distribution owns the files, and the distribution tells of all vulnerabilities.',
  asksVerdicts: true,
  suppresses({ owners }, { ownerNamespace, tellsAll }) {
    if (owners.length === 0) return null;
    const namespaces = owners.map(ownerNamespace);
    if (!namespaces.every((namespace) => namespace !== null && tellsAll(namespace))) return null;
    return `${namespaces[0]} tells of every vulnerability of its packages, and not of this one in the package that owns the files`;
  },
};

/**
 * Distributions that tell of vulnerabilities without a fix as well. Not here: Alpine, Wolfi, Amazon, Oracle, AlmaLinux, Rocky, Fedora and
 * Photon publish fixes only; SUSE's unfixed ones are not in what is read of it.
 */
export const tellingAll: readonly string[] = ['debian', 'ubuntu', 'rhel', 'arch', 'azurelinux', 'mariner'];
