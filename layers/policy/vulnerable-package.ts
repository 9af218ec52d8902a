import { ecosystems, type PackageType } from '#core/ecosystem.ts';
import { severities, severityRank } from '#core/severity.ts';
import type { Regex } from '#core/regex/regex.ts';
import { type CvssParts, cvssParts } from '#matching/cvss-parts.ts';
import type { JudgedFinding, Match, Parameter, Trigger } from './gate.ts';
import { boolean, float, integer, oneOf, regex } from './parameter-types.ts';
import { filterParameters, passesFilters, shownFilters } from './vulnerability-filters.ts';

const comparisons = {
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '>': (a: number, b: number) => a > b,
  '<=': (a: number, b: number) => a <= b,
  '>=': (a: number, b: number) => a >= b,
} as const;

type Comparison = keyof typeof comparisons;

const comparison = oneOf('=', '!=', '<', '>', '<=', '>=');

const scores = ['base_score', 'exploitability_score', 'impact_score'] as const;

const severityWords = severities.map((severity) => severity.toLowerCase());

interface Values {
  readonly package_type: 'all' | 'os' | 'non-os';
  readonly severity: string;
  readonly severity_comparison: Comparison;
  readonly fix_available: boolean | null;
  readonly vendor_only: boolean;
  readonly max_days_since_creation: number | null;
  readonly max_days_since_fix: number | null;
  readonly package_path_exclude: Regex | null;
}

/**
 * The trigger `package` of the gate `vulnerabilities`. A finding that is undecidable (an advisory names the package, the
 * versions cannot be compared) goes through the same filters as one that is known to hold, under the same id, and its
 * message says so: cannot tell is not safe.
 */
export const vulnerablePackage: Trigger = {
  name: 'package',
  description: 'Fires for each vulnerability of each package that passes all filters.',
  parameters: {
    package_type: {
      type: oneOf('all', 'os', 'non-os'),
      description: 'Packages of the distribution (os), of languages (non-os), or all.',
      example: 'all',
      required: true,
    },
    severity_comparison: {
      type: comparison,
      description: 'How to compare with the severity.',
      example: '>',
      default: '>',
    },
    severity: {
      type: oneOf(...severityWords),
      description: 'The severity to compare with; without any, everything that has a rating fires.',
      example: 'high',
      default: 'unknown',
    },
    ...scoreParameters('', 'CVSS v3', 'of the NVD'),
    fix_available: {
      type: boolean,
      description: 'Only with a fix (true) or only without one (false).',
      example: 'true',
    },
    vendor_only: {
      type: boolean,
      description: 'Leaves out what the vendor says it will not fix.',
      example: 'true',
      default: true,
    },
    max_days_since_creation: {
      type: integer,
      description: 'Fires only once the vulnerability has been known in this image for so many days.',
      example: '7',
    },
    max_days_since_fix: {
      type: integer,
      description: 'With fix_available true: fires only once the fix has been known for so many days.',
      example: '30',
    },
    ...scoreParameters('vendor_', 'CVSS v3', 'of the vendor'),
    package_path_exclude: {
      type: regex,
      description: 'Leaves out packages of languages whose path matches this regular expression from its start.',
      example: '.*test\\.jar.*',
    },
    ...filterParameters,
  },
  *fires(facts, parameters) {
    const values = parameters as unknown as Values;
    for (const finding of facts.findings) {
      if (!passes(finding, values, facts.now) || !scoresPass(finding, parameters)) continue;
      if (!passesFilters(finding, parameters, facts)) continue;
      yield* matches(finding, values, parameters);
    }
  },
};

function scoreParameters(prefix: string, what: string, whose: string): Record<string, Parameter<unknown>> {
  return Object.fromEntries(
    scores.flatMap((score) => {
      const name = `${prefix}cvss_v3_${score}`;
      const words = score.replaceAll('_', ' ');
      return [
        [
          `${name}_comparison`,
          {
            type: comparison,
            description: `How to compare with the ${what} ${words} ${whose}.`,
            example: '>',
            default: '>=',
          },
        ],
        [name, { type: float, description: `The ${what} ${words} ${whose} to compare with.`, example: '5.0' }],
      ];
    }),
  );
}

const day = 86_400_000;

function passes(finding: JudgedFinding, values: Values, now: number): boolean {
  const { package_type: type, max_days_since_creation: age, max_days_since_fix: fixAge } = values;
  if (type !== 'all' && type !== classOf(finding)) return false;
  const wanted = severityWords.indexOf(values.severity);
  if (!comparisons[values.severity_comparison](severityRank(finding.severity), wanted)) return false;
  if (values.vendor_only && finding.state === 'wont-fix') return false;
  if (age !== null && finding.firstSeen > now - age * day) return false;
  // A fix of unknown age passes, as in the original.
  const fixed = values.fix_available === true && finding.fixedIn.length > 0;
  if (fixed && fixAge !== null && finding.fixSeen !== null && finding.fixSeen > now - fixAge * day) return false;
  return values.fix_available === null || values.fix_available === finding.fixedIn.length > 0;
}

/** What the original takes for a vulnerability without a score. */
const noScore = -1;

const partOf: Readonly<Record<(typeof scores)[number], keyof CvssParts>> = {
  base_score: 'base',
  exploitability_score: 'exploitability',
  impact_score: 'impact',
};

/** The highest CVSS 3 score of the NVD, or of all others for the vendor's: by the name of its parameter. */
function scoreOf({ cvss }: JudgedFinding, name: string): number {
  const ofVendor = name.startsWith('vendor_');
  const part = partOf[name.slice(name.indexOf('v3_') + 3) as (typeof scores)[number]];
  const known = cvss
    .filter(({ version, source }) => version.startsWith('3') && (source !== 'nvd') === ofVendor)
    .map((one) => cvssParts(one)[part] ?? noScore);
  return Math.max(noScore, ...known);
}

function scoreNames(prefix: string): readonly string[] {
  return scores.map((score) => `${prefix}cvss_v3_${score}`);
}

function scoresPass(finding: JudgedFinding, parameters: Readonly<Record<string, unknown>>): boolean {
  return [...scoreNames(''), ...scoreNames('vendor_')].every((name) => {
    const wanted = parameters[name];
    if (typeof wanted !== 'number') return true;
    return comparisons[parameters[`${name}_comparison`] as Comparison](scoreOf(finding, name), wanted);
  });
}

/** One match for a package of the distribution, one for each place of a package of a language. */
function* matches(
  finding: JudgedFinding,
  values: Values,
  parameters: Readonly<Record<string, unknown>>,
): Iterable<Match> {
  const { name, version, type } = finding.package;
  if (classOf(finding) === 'os') {
    yield match(finding, name, name, values, parameters);
    return;
  }
  for (const path of finding.paths.length === 0 ? ['NA'] : finding.paths) {
    if (values.package_path_exclude?.matches(path)) continue;
    yield match(finding, calledBy(type, path) || `${name}-${version}`, path, values, parameters);
  }
}

/** npm packages are called by the folder of their package.json, java archives and gems by their file, everything else by name and version. */
function calledBy(type: PackageType, path: string): string | undefined {
  if (type === 'npm') return path.split('/').at(-2);
  return type === 'java' || type === 'gem' ? path.split('/').at(-1) : undefined;
}

function match(
  finding: JudgedFinding,
  called: string,
  shown: string,
  values: Values,
  parameters: Readonly<Record<string, unknown>>,
): Match {
  const { anchore } = ecosystems[finding.package.type];
  const groups = [
    finding.fixedIn.length === 0 ? '' : `(fixed in: ${finding.fixedIn.join(', ')})`,
    scoreGroup(finding, scoreNames(''), parameters),
    timeGroup(finding, values),
    scoreGroup(finding, scoreNames('vendor_'), parameters),
    group(shownFilters(finding, parameters)),
    `(${finding.id} - ${finding.urls[0] ?? 'None'})`,
    finding.judgement === 'undecidable' ? ` (versions cannot be compared: ${finding.reason ?? 'no reason given'})` : '',
  ];
  return {
    id: `${finding.id}+${called}`,
    otherIds: finding.aliases.map((alias) => `${alias}+${called}`),
    message: `${finding.severity.toUpperCase()} Vulnerability found in ${classOf(finding)} package type (${anchore}) - ${shown} ${groups.join('')}`,
  };
}

function scoreGroup(
  finding: JudgedFinding,
  names: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
): string {
  const asked = names.filter((name) => typeof parameters[name] === 'number');
  return group(asked.map((name) => `${name}=${scoreOf(finding, name).toFixed(1)}`));
}

function timeGroup(finding: JudgedFinding, values: Values): string {
  const fixed = values.fix_available === true && values.max_days_since_fix !== null && finding.fixSeen !== null;
  return group([
    ...(values.max_days_since_creation === null ? [] : [`max_days_since_creation=${dateOf(finding.firstSeen)}`]),
    ...(fixed ? [`max_days_since_fix=${dateOf(finding.fixSeen)}`] : []),
  ]);
}

function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function group(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `(${parts.join(' ')})`;
}

function classOf(finding: JudgedFinding): 'os' | 'non-os' {
  return ecosystems[finding.package.type].os ? 'os' : 'non-os';
}
