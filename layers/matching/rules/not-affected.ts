import type { Rule } from '../rule.ts';

/**
 * Whoever says that a package is not affected (Alpine's fix in version 0, VEX `known_not_affected`, a rebuild that is clean from
 * some version on) has looked at just this: it beats every other record of the same vulnerability at the same package, and at
 * the files that the package owns.
 */
export const notAffected: Rule = {
  name: 'not-affected',
  description: 'Its own advisories, or those of the package that owns its files, say that it is not affected.',
  asksVerdicts: true,
  suppresses(candidate, { ownVerdict, ownerVerdict, ownerNamespace }) {
    if (ownVerdict(candidate) === 'not-affected') return 'its own advisories say that it is not affected';
    if (candidate.owners.length === 0) return null;
    const clean = candidate.owners.every((owner) => ownerVerdict(candidate, owner) === 'not-affected');
    return clean ? `${ownerNamespace(candidate.owners[0]!)} says that its package is not affected` : null;
  },
};
