import type { Facts, Gate, Trigger } from '../gate.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { canSatisfy } from '../license-expression.ts';
import { boolean, csv, oneOf } from '../parameter-types.ts';

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

const expression: Trigger = {
  name: 'expression',
  description:
    'Fires for each package whose declared licenses, read as SPDX expressions of which all must hold, cannot be satisfied with those that are allowed, or not without one that is denied.',
  parameters: {
    licenses: {
      type: csv,
      description: 'SPDX ids, or texts of licenses that have none, in any case of letters.',
      example: 'MIT,Apache-2.0,BSD-3-Clause',
      required: true,
    },
    type: {
      type: oneOf('allowed', 'denied'),
      description: 'Whether the list says what is allowed or what is not.',
      example: 'allowed',
      required: true,
    },
    undeclared: {
      type: boolean,
      description: 'Fires for packages that declare no license too.',
      example: 'true',
      default: false,
    },
    package_type: {
      type: oneOf('all', 'os', 'non-os'),
      description: 'Packages of the distribution (os), of languages (non-os), or all.',
      example: 'non-os',
      default: 'all',
    },
  },
  *fires({ image }, parameters) {
    const values = parameters as unknown as ExpressionValues;
    const listed = new Set(values.licenses.map((one) => one.toLowerCase()));
    const allowed = (license: string) => listed.has(license.toLowerCase()) === (values.type === 'allowed');
    for (const { type, name, version, licenses } of image.packages) {
      if (values.package_type !== 'all' && ecosystems[type].os !== (values.package_type === 'os')) continue;
      const called = `${name}-${version} (${type})`;
      if (licenses.length === 0 && values.undeclared)
        yield { id: null, message: `Package ${called} declares no license` };
      else if (!licenses.every((one) => canSatisfy(one, allowed)))
        yield { id: null, message: `Package ${called} has licenses that are not allowed: ${licenses.join(', ')}` };
    }
  },
};

interface ExpressionValues {
  readonly licenses: readonly string[];
  readonly type: 'allowed' | 'denied';
  readonly undeclared: boolean;
  readonly package_type: 'all' | 'os' | 'non-os';
}

/** Looks at the licenses that packages declare. */
export const licenses: Gate = {
  name: 'licenses',
  description: 'Checks the licenses of the packages in the image.',
  triggers: [exact, partial, expression],
};
