import { digestHex, digestOf } from '#core/digest.ts';
import { defaultLimits, type LimitName, limitKinds, type Limits } from '#core/limits.ts';
import type { Analyzer } from './analyzer.ts';

/** Raised when records of the engine itself (files, whiteouts) change their meaning, or a default of a limit that decides facts. */
const engineVersion = 2;

/** Who reads a layer: what a report is kept under, and what is compared when another set has read the layer before. */
export interface AnalyzerSet {
  /** `[0-9a-f]{16}`; the order of the analyzers does not matter. */
  readonly name: string;
  /** `engine@2`, with what of the limits is not as it comes; reports of another engine are worth nothing. */
  readonly engine: string;
  /** Each analyzer at its version and settings, sorted. */
  readonly members: readonly string[];
}

/** The set of these analyzers: a layer is read again exactly for what has changed of them. */
export function analyzerSetOf(analyzers: readonly Analyzer[], limits: Limits = defaultLimits): AnalyzerSet {
  const engine = engineName(limits);
  const members = analyzers.map(memberName).sort();
  return { name: digestHex(digestOf([engine, ...members].join('\n'))).slice(0, 16), engine, members };
}

/** The name of the set alone. */
export function nameAnalyzerSet(analyzers: readonly Analyzer[], limits: Limits = defaultLimits): string {
  return analyzerSetOf(analyzers, limits).name;
}

/** An analyzer at its version and settings: `npm@2`, `content_search@1:3f2a...`. */
export function memberName({ name, version, settings }: Analyzer): string {
  return `${name}@${version}${settings === undefined ? '' : `:${shortHash(settings)}`}`;
}

/** A limit whose passing is a note decides what a report holds: who raises it wants what was left out. */
function engineName(limits: Limits): string {
  const chosen = (Object.keys(limitKinds) as LimitName[])
    .filter((name) => limitKinds[name].past === 'note' && limits[name] !== defaultLimits[name])
    .map((name) => `${name}=${limits[name]}`);
  return `engine@${engineVersion}${chosen.length === 0 ? '' : `:${shortHash(chosen.sort().join(','))}`}`;
}

function shortHash(text: string): string {
  return digestHex(digestOf(text)).slice(0, 16);
}
