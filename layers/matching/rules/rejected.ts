import type { Rule } from '../rule.ts';

/** A CVE that was rejected is no vulnerability. Where the record has another id, somebody still stands by it. */
export const rejected: Rule = {
  name: 'rejected',
  description: 'Its only id has been rejected.',
  asksVerdicts: false,
  suppresses({ ids }, { known }) {
    const [id, ...others] = ids;
    if (id === undefined || others.length > 0) return null;
    return known(id).ratings.some(({ status }) => status === 'rejected') ? `${id} has been rejected` : null;
  },
};
