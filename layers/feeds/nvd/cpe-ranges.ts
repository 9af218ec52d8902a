import { type Cpe, cpeLiteral, cpeName, cpeVersion, parseCpe, productVersion } from '#core/cpe.ts';
import { cpeBounds } from '#versions/cpe-bounds.ts';
import type { AffectedRange } from '../advisory.ts';
import { array, type Json, object, text } from '../json-fields.ts';

/** What the configurations of a vulnerability say of applications, and what of it cannot be said. */
export interface CpeRanges {
  readonly ranges: readonly AffectedRange[];
  readonly problems: readonly string[];
}

/** Of one vulnerability; the longest lists have some thousand matches. */
const maxMatches = 20_000;

/**
 * The versions of applications that NVD's applicability statements call vulnerable (API 2.0, `configurations`; NISTIR 7698).
 *
 * Operating systems and hardware are left out: a container has neither, and of its distribution's packages the distribution
 * tells. So is what is only vulnerable together with something else (`AND`: on Windows, as a module of an application, on
 * a certain distribution), since nothing of an image proves that; but for Linux itself, without a version, which every
 * container runs on. Negated statements say what is not affected elsewhere, and are left out too. A version `-` is
 * none: such a match says that versions do not tell.
 */
export function cpeRanges(configurations: unknown): CpeRanges {
  const found = new Map<string, Found>();
  const problems = new Set<string>();
  let left = maxMatches;
  for (const match of objects(configurations).flatMap(surelyApplicable)) {
    if (match['vulnerable'] !== true) continue;
    if (left-- === 0) {
      problems.add(`it names more than ${maxMatches} products and versions`);
      break;
    }
    const criteria = text(match['criteria'], 2000);
    const cpe = criteria === null ? null : parseCpe(criteria);
    if (cpe === null) problems.add(`'${criteria?.slice(0, 120) ?? ''}' is no CPE`);
    else if (cpe.part === 'a') add(cpe, match, found, problems);
  }
  return { ranges: [...found.values()].flatMap(rangesOf), problems: [...problems] };
}

/** What is said of one product for one kind of target software. */
interface Found {
  readonly said: Pick<AffectedRange, 'namespace' | 'name' | 'only'>;
  readonly stretches: Map<string, AffectedRange>;
  readonly versions: Set<string>;
}

function add(cpe: Cpe, match: Json, found: Map<string, Found>, problems: Set<string>): void {
  const name = cpeName(cpe);
  if (name === null) {
    problems.add(`'${cpe.vendor}:${cpe.product}' names no product`);
    return;
  }
  const target = cpeLiteral(cpe.targetSw);
  const key = `${name} ${target}`;
  const one = found.get(key) ?? {
    said: { namespace: 'cpe', name, ...(target === null ? {} : { only: { targetSoftware: [target] } }) },
    stretches: new Map(),
    versions: new Set(),
  };
  const version = cpeVersion(cpe);
  if (version !== null) one.versions.add(version);
  else if (cpe.version === '*') {
    const stretch = stretchOf(cpe, match, one.said);
    one.stretches.set(JSON.stringify(stretch), stretch);
  } else if (cpe.version !== '-') problems.add(`'${cpe.version.slice(0, 80)}' is a pattern of versions`);
  if (one.stretches.size + one.versions.size > 0) found.set(key, one);
}

/** NVD does not speak of fixes, but the first version that is not affected is one. */
function stretchOf(cpe: Cpe, match: Json, said: Found['said']): AffectedRange {
  const end = (name: string) => {
    const version = text(match[name], 256);
    return version === null ? undefined : productVersion(cpe, version);
  };
  const bounds = cpeBounds({
    versionStartIncluding: end('versionStartIncluding'),
    versionStartExcluding: end('versionStartExcluding'),
    versionEndIncluding: end('versionEndIncluding'),
    versionEndExcluding: end('versionEndExcluding'),
  });
  return { ...said, ...bounds, state: bounds.fixed === null ? 'unknown' : 'fixed' };
}

function rangesOf({ said, stretches, versions }: Found): readonly AffectedRange[] {
  if (versions.size === 0) return [...stretches.values()];
  const exact = { ...said, introduced: null, fixed: null, lastAffected: null, versions: [...versions] };
  return [...stretches.values(), { ...exact, state: 'unknown' }];
}

/** The matches of a configuration of which each alone makes it apply, as far as it can be known. */
function surelyApplicable(configuration: Json): readonly Json[] {
  if (configuration['negate'] === true) return [];
  const nodes = objects(configuration['nodes']);
  const needed = configuration['operator'] === 'AND' ? nodes.filter((node) => !holds(node)) : [];
  // Of several that are not sure, each needs the others.
  if (needed.length > 1) return [];
  return (needed.length === 1 ? needed : nodes).flatMap(sureMatches);
}

function sureMatches(node: Json): readonly Json[] {
  if (node['negate'] === true) return [];
  const matches = objects(node['cpeMatch']);
  if (node['operator'] !== 'AND') return matches;
  const needed = matches.filter((match) => !isLinux(match));
  return needed.length === 1 ? needed : [];
}

/** Whether a node applies to every container. */
function holds(node: Json): boolean {
  if (node['negate'] === true) return false;
  const matches = objects(node['cpeMatch']);
  return node['operator'] === 'AND' ? matches.length > 0 && matches.every(isLinux) : matches.some(isLinux);
}

function objects(list: unknown): readonly Json[] {
  return array(list)
    .map(object)
    .filter((one) => one !== null);
}

const linux = /^cpe:2\.3:o:linux:linux_kernel:[*-]:/;

function isLinux(match: Json): boolean {
  const bounded = Object.keys(match).some((name) => name.startsWith('version'));
  return !bounded && linux.test(text(match['criteria'], 2000) ?? '');
}
