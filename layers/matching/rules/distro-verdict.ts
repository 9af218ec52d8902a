import type { Rule } from '../rule.ts';

/**
 * A distribution mends what it packages without changing the version that the language sees: where it has a verdict on the
 * vulnerability for the package that owns the files, that verdict stands. If it is `affected`, that is a finding of its own.
 */
export const distroVerdict: Rule = {
  name: 'distro-verdict',
  description: 'A package of the distribution owns the files, and the distribution has its own verdict.',
  asksVerdicts: true,
  suppresses(candidate, { ownerVerdict, ownerNamespace }) {
    const { owners } = candidate;
    if (owners.length === 0) return null;
    const verdicts = owners.map((owner) => ownerVerdict(candidate, owner));
    if (!verdicts.every((verdict) => verdict !== null)) return null;
    const namespace = ownerNamespace(owners[0]!);
    return verdicts.includes('affected')
      ? `${namespace} tells of it for the package that owns the files`
      : `${namespace} has mended it in the package that owns the files`;
  },
};
