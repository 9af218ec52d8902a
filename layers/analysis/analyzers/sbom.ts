import type { Analyzer, FoundPackage, ImageView } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { bomFacts, unknownKey } from '../sbom/bom-facts.ts';
import type { BomPackage } from '../sbom/bom-package.ts';
import { readBom } from '../sbom/read-bom.ts';

/**
 * Packages that SBOM documents in the image state by package URL, but for those that were found installed: builders of images,
 * of packages and of programs leave such documents. A document is taken at its word, whatever it describes.
 */
export const sbom: Analyzer = {
  name: 'sbom',
  reads: 'CycloneDX and SPDX documents in the image',
  version: 1,
  wants: isBomPath,
  read: ({ content }) => bomFacts(readBom(content)),
  assemble: assemblePackages,
};

/** Names by SPDX and CycloneDX, and what many call theirs. */
const bomName = /(^|\/)(bom|sbom)\.json$|\.(spdx|cdx|cyclonedx|bom|sbom)\.json$|\.spdx$/;
/** Where apko and distributions put them. */
const bomFolder = /^(usr\/share|var\/lib\/db)\/sbom\/[^/]+\.json$/;

/** Bitnami's documents (`.spdx-NAME.spdx`) tell what is installed, and are read as such. */
function isBomPath(path: string): boolean {
  if (path.endsWith('.json')) return bomName.test(path) || bomFolder.test(path);
  return path.endsWith('.spdx') && !/(^|\/)\.spdx-[^/]*$/.test(path);
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  const unknown = new Map<string, number>();
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      if (key === unknownKey) {
        for (const [type, count] of Object.entries(data as Record<string, number>))
          unknown.set(type, (unknown.get(type) ?? 0) + count);
        continue;
      }
      const stated = data as BomPackage;
      if (view.found(stated.type, stated.name, stated.version)) continue;
      yield languagePackage({ ...stated, declared: 'sbom', evidence: { path, key } });
    }
  }
  if (unknown.size === 0) return;
  const types = Array.from(unknown, ([type, count]) => `${type} (${count})`).sort();
  view.note(
    null,
    `packages of kinds that are not known, stated by SBOMs, are left out: ${types.slice(0, 20).join(', ')}`,
  );
}
