import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { bomFacts, unknownKey } from '../sbom/bom-facts.ts';
import type { BomPackage } from '../sbom/bom-package.ts';
import { readBom } from '../sbom/read-bom.ts';
import { isObject, type JsonObject, readJsonFile } from '../texts/json-file.ts';
import type { StatedPackage } from '../sbom/stated-package.ts';

/**
 * Components that Bitnami's images have under /opt/bitnami, by the SPDX document that each brings (`.spdx-NAME.spdx`, JSON or
 * tags and values) and by the list in `.bitnami_components.json` that older images have instead. What a document has of other
 * kinds (libraries for Java, modules of Go) is only stated.
 */
export const bitnami: Analyzer = {
  name: 'bitnami',
  reads: '`.spdx-*.spdx`, `.bitnami_components.json`',
  version: 1,
  wants: (path) => path.startsWith('opt/bitnami/') && (path === componentsPath || /\/\.spdx-[^/]*\.spdx$/.test(path)),
  read: readComponents,
  assemble: assemblePackages,
};

const componentsPath = 'opt/bitnami/.bitnami_components.json';
const maxListBytes = 1024 * 1024;

function readComponents(file: WantedFile): Iterable<Fact> {
  if (file.path !== componentsPath) return bomFacts(readBom(file.content));
  return bomFacts(listedComponents(readJsonFile(file.content, maxListBytes)));
}

/** `{NAME: {"version": "1.2.3-4", "arch": "amd64", "distro": "debian-12", ...}}`. */
function* listedComponents(list: JsonObject): Iterable<StatedPackage> {
  for (const [name, component] of Object.entries(list)) {
    const { version, arch, distro } = isObject(component) ? component : {};
    if (typeof version !== 'string') continue;
    const qualifiers = {
      arch: typeof arch === 'string' ? arch : null,
      distro: typeof distro === 'string' ? distro : null,
    };
    yield { purl: formatPurl({ type: 'bitnami', name, version, qualifiers }), version, licenses: [], vendor: null };
  }
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      if (key === unknownKey) continue;
      const stated = data as BomPackage;
      if (stated.type === 'bitnami') yield languagePackage({ ...stated, evidence: { path, key } });
      else if (!view.found(stated.type, stated.name, stated.version))
        yield languagePackage({ ...stated, declared: 'sbom', evidence: { path, key } });
    }
  }
}
