import { digestHex, digestOf } from '#core/digest.ts';
import type { Analyzer } from './analyzer.ts';

/** Raised when layer reports of the engine itself (file records, whiteouts) change their meaning. */
const engineVersion = 1;

/**
 * The name of a set of analyzers at their versions and settings, `[0-9a-f]{16}`: layer reports are kept under it, so that
 * a layer is read again exactly when something that reads it has changed. The order of the list does not matter.
 */
export function nameAnalyzerSet(analyzers: readonly Analyzer[]): string {
  const members = analyzers.map(memberName).sort();
  return digestHex(digestOf([`engine@${engineVersion}`, ...members].join('\n'))).slice(0, 16);
}

/** An analyzer at its version and settings: `npm@2`, `content_search@1:3f2a...`. */
export function memberName({ name, version, settings }: Analyzer): string {
  const made = settings === undefined ? '' : `:${digestHex(digestOf(settings)).slice(0, 16)}`;
  return `${name}@${version}${made}`;
}
