import { createHash } from 'node:crypto';
import type { Fact } from '#schema/layer-report.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer, WantedFile } from '../analyzer.ts';

/** Folders that packages of distributions put files in (FHS). */
const ownable = /^(?:bin|boot|etc|lib\w*|opt|sbin|srv|usr|var)\//;

const pieceBytes = 1024 * 1024;

/**
 * Digests of files beside sha256, which every file has: `fileDigests` of the settings, none as it comes. Databases of dpkg, opkg and
 * Portage know files by md5, that of apk by sha1; without these their files can be told to be missing, but not to be changed.
 */
export function fileDigests({ fileDigests: algorithms }: AnalysisSettings): Analyzer {
  return {
    name: 'file-digests',
    reads: 'MD5 and SHA-1 of files, where settings ask for them',
    version: 1,
    settings: JSON.stringify(algorithms),
    wants: (path) => algorithms.length > 0 && ownable.test(path),
    *read({ content }: WantedFile): Iterable<Fact> {
      const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
      for (let offset = 0; offset < content.size; offset += pieceBytes) {
        const piece = content.read(offset, pieceBytes);
        for (const { hash } of hashes) hash.update(piece);
      }
      for (const { algorithm, hash } of hashes) yield { key: algorithm, data: hash.digest('hex') };
    },
    assemble: () => [],
  };
}
