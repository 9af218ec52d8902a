import type { Rule } from '../rule.ts';

/**
 * A program that is recognised by its bytes may be known by its modules as well (Consul is a Go module, Go's tools have Go's library):
 * what both are told of is one finding, that of the module, whose advisories are its own. What only the CPEs tell stays.
 */
export const sameProgram: Rule = {
  name: 'same-program',
  description: 'Another package is the same version of the same files, and has the same vulnerability.',
  asksVerdicts: false,
  suppresses(candidate, { twin }) {
    const other = twin(candidate);
    return other === null ? null : `it is told of ${other}, which is the same program`;
  },
};
