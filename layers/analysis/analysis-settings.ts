import type { MalwareSettings } from '#platform/malware.ts';

/** A pattern with a name that policies and people know it by; `regex` is in Python's syntax. */
export interface NamedPattern {
  readonly name: string;
  readonly regex: string;
}

/** What an operator may choose of an analysis. Layers read with other settings are read again, for what they change only. */
export interface AnalysisSettings {
  /** Patterns of secrets beside those that are always looked for. */
  readonly secretPatterns: readonly NamedPattern[];
  /** Patterns that the content of files is searched for; none when left empty. */
  readonly contentPatterns: readonly NamedPattern[];
  /** Files of more bytes are not searched. */
  readonly searchBytes: number;
  /** Globs of files that are kept whole: absolute, `*` within a name, `**` across folders. */
  readonly retrievedFiles: readonly string[];
  /** Files of more bytes are not kept. */
  readonly retrievedBytes: number;
  /** Digests of files beside sha256; dpkg knows its files by md5, apk by sha1. */
  readonly fileDigests: readonly ('md5' | 'sha1')[];
  /** Whether `/anchore_hints.json` of an image may add packages. */
  readonly hints: boolean;
  /** A pass of its own, whose result is kept with the image and never with a layer: signatures change. */
  readonly malware: MalwareSettings;
}

/** As the reference has them, but that larger files are searched. */
export const defaultAnalysisSettings: AnalysisSettings = {
  secretPatterns: [],
  contentPatterns: [],
  searchBytes: 64 * 1024,
  retrievedFiles: ['/etc/passwd'],
  retrievedBytes: 1000 * 1024,
  fileDigests: [],
  hints: false,
  malware: { scanner: 'off' },
};
