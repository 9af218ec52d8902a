import type { FoundPackage } from './analyzer.ts';

/** What every package has, beside whatever else is known of it. */
type Told = Pick<FoundPackage, 'type' | 'name' | 'version' | 'purl' | 'evidence'> & Partial<FoundPackage>;

/** A package of a language or a document: what is not told of it is null or empty. */
export function languagePackage(told: Told): FoundPackage {
  return { arch: null, source: null, origin: null, licenses: [], vendor: null, size: null, files: [], ...told };
}
