import type { Facts, Gate, Trigger } from '../gate.ts';
import { csv } from '../parameter-types.ts';

const exact = licenseTrigger({
  name: 'blacklist_exact_match',
  description: 'Fires once when packages have one of these licenses, whole as declared or as a part of an expression.',
  example: 'GPLv2+,GPL-3+,BSD-2-clause',
  word: 'LICFULLMATCH',
  matches: (license, listed) => license === listed,
});

const partial = licenseTrigger({
  name: 'blacklist_partial_match',
  description: 'Fires once when packages have a license that contains one of these texts.',
  example: 'LGPL,BSD',
  word: 'LICSUBMATCH',
  matches: (license, listed) => license.includes(listed),
});

interface Words {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly word: string;
  readonly matches: (license: string, listed: string) => boolean;
}

function licenseTrigger({ name, description, example, word, matches }: Words): Trigger {
  return {
    name,
    description,
    parameters: { licenses: { type: csv, description: 'Licenses, in this case of letters.', example, required: true } },
    *fires(facts, parameters) {
      const { licenses: listed } = parameters as { licenses: readonly string[] };
      const found = new Set<string>();
      for (const [called, license] of licensesOf(facts))
        if (listed.some((one) => matches(license, one))) found.add(`${called}(${license})`);
      if (found.size === 0) return;
      const packages = [...found].join(', ');
      yield { id: null, message: `${word} Packages are installed that have blacklisted licenses: ${packages}` };
    },
  };
}

/**
 * Each package with each of its licenses: in the words between spaces that the original knows alone, and whole, so that licenses of
 * several words can be listed too. Of expressions the words are what is between operators and parentheses.
 */
function* licensesOf({ image }: Facts): Iterable<readonly [string, string]> {
  for (const { name, licenses } of image.packages)
    for (const license of licenses) {
      const words = license.split(/[\s()]+/).filter((word) => word !== '' && !operators.includes(word));
      for (const one of new Set([...words, license])) yield [name, one];
    }
}

/** SPDX license expressions, annex D of the SPDX specification. */
const operators = ['AND', 'OR', 'WITH'];

/** Looks at the licenses that packages declare. */
export const licenses: Gate = {
  name: 'licenses',
  description: 'Checks the licenses of the packages in the image.',
  triggers: [exact, partial],
};
