import { isObject, type JsonObject } from '../texts/json-file.ts';
import type { StatedPackage } from './stated-package.ts';

/** The components of a CycloneDX document (ECMA-424), at any depth, and what it describes; those with a package URL. */
export function* cyclonedxPackages(document: JsonObject): Iterable<StatedPackage> {
  const metadata = document['metadata'];
  const waiting: unknown[] = [document['components'], isObject(metadata) ? [metadata['component']] : []];
  while (waiting.length > 0) {
    const list = waiting.pop();
    for (const component of Array.isArray(list) ? list : []) {
      if (!isObject(component)) continue;
      if (component['components'] !== undefined) waiting.push(component['components']);
      if (component['purl'] !== undefined) yield statedBy(component);
    }
  }
}

function statedBy(component: JsonObject): StatedPackage {
  const licenses = Array.isArray(component['licenses']) ? component['licenses'] : [];
  const supplier = component['supplier'];
  return {
    purl: component['purl'],
    version: component['version'],
    licenses: licenses.slice(0, 32).map((one) => {
      if (!isObject(one)) return null;
      const { license } = one;
      return isObject(license) ? (license['id'] ?? license['name']) : one['expression'];
    }),
    vendor: (isObject(supplier) ? supplier['name'] : null) ?? component['publisher'] ?? component['author'],
  };
}
