import { isObject, type JsonObject } from '../texts/json-file.ts';
import type { StatedPackage } from './stated-package.ts';

/** The packages of an SPDX 2 document in JSON (SPDX 2.3, clause 7) that have a package URL. */
export function* spdxPackages(document: JsonObject): Iterable<StatedPackage> {
  for (const one of Array.isArray(document['packages']) ? document['packages'] : []) {
    if (!isObject(one)) continue;
    const references = Array.isArray(one['externalRefs']) ? one['externalRefs'] : [];
    const found = references.find((reference) => isObject(reference) && reference['referenceType'] === 'purl');
    if (found === undefined) continue;
    yield {
      purl: found['referenceLocator'],
      version: one['versionInfo'],
      licenses: [asserted(one['licenseDeclared']) ?? asserted(one['licenseConcluded'])],
      vendor: agent(one['supplier']) ?? agent(one['originator']),
    };
  }
}

/** The packages of an SPDX 3 document in JSON-LD (SPDX 3.0.1, Software profile) that have a package URL. */
export function* spdx3Packages(document: JsonObject): Iterable<StatedPackage> {
  for (const one of Array.isArray(document['@graph']) ? document['@graph'] : []) {
    if (!isObject(one) || one['type'] !== 'software_Package') continue;
    const identifiers = Array.isArray(one['externalIdentifier']) ? one['externalIdentifier'] : [];
    const found = identifiers.find((id) => isObject(id) && id['externalIdentifierType'] === 'packageUrl');
    const purl = one['software_packageUrl'] ?? found?.['identifier'];
    if (purl !== undefined) yield { purl, version: one['software_packageVersion'], licenses: [], vendor: null };
  }
}

/** What the tag `NOASSERTION` or `NONE` stands for is nothing. */
export function asserted(value: unknown): unknown {
  return value === 'NOASSERTION' || value === 'NONE' ? null : value;
}

/** `Organization: NAME (MAIL)` or `Person: NAME (MAIL)` without the word in front. */
export function agent(value: unknown): unknown {
  return typeof value === 'string'
    ? asserted(value.slice(0, 1024).replace(/^(Organization|Person|Tool):\s*/, ''))
    : null;
}
