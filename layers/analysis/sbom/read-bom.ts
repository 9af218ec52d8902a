import { readJsonFile } from '../texts/json-file.ts';
import type { RandomAccess } from '../analyzer.ts';
import { cyclonedxPackages } from './cyclonedx.ts';
import { spdx3Packages, spdxPackages } from './spdx.ts';
import { spdxTextPackages } from './spdx-text.ts';
import type { StatedPackage } from './stated-package.ts';

/** A document of more bytes takes several times as many to parse. */
const maxBytes = 24 * 1024 * 1024;
/** In front of it a document says what it is. */
const headBytes = 64 * 1024;

/**
 * The packages that an SBOM states by package URL: CycloneDX in JSON, SPDX 2 in JSON or tags and values, SPDX 3 in JSON. Nothing for a
 * file that shows no sign of being one. Throws `input/too-large` for JSON over 24 MiB and `input/invalid` for what is broken.
 */
export function readBom(content: RandomAccess): Iterable<StatedPackage> {
  const head = new TextDecoder().decode(content.read(0, headBytes)).trimStart();
  if (/^(SPDXVersion|## ?SPDX|#)/.test(head)) return /^SPDXVersion:/m.test(head) ? spdxTextPackages(content) : [];
  if (!head.startsWith('{') || !/"(bomFormat|spdxVersion|SPDXID)"|spdx\.org\/rdf\/3/.test(head)) return [];
  const document = readJsonFile(content, maxBytes);
  if (document['bomFormat'] === 'CycloneDX') return cyclonedxPackages(document);
  if (typeof document['spdxVersion'] === 'string') return spdxPackages(document);
  return spdx3Packages(document);
}
