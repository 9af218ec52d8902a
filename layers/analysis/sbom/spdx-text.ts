import type { RandomAccess } from '../analyzer.ts';
import { textLines } from '../texts/text-lines.ts';
import { agent, asserted } from './spdx.ts';
import type { StatedPackage } from './stated-package.ts';

const known =
  /^(Package(?:Name|Version|Supplier|Originator|LicenseDeclared|LicenseConcluded)|ExternalRef|FileName|SnippetSPDXID|LicenseID):\s*(.*)$/;

/** The packages of an SPDX 2 document of tags and values (SPDX 2.3, clause 7) that have a package URL. */
export function* spdxTextPackages(content: RandomAccess): Iterable<StatedPackage> {
  let tags = new Map<string, string>();
  const finish = (): readonly StatedPackage[] => {
    const purl = tags.get('purl');
    if (purl === undefined) return [];
    const license = asserted(tags.get('PackageLicenseDeclared')) ?? asserted(tags.get('PackageLicenseConcluded'));
    const vendor = agent(tags.get('PackageSupplier')) ?? agent(tags.get('PackageOriginator'));
    return [{ purl, version: tags.get('PackageVersion'), licenses: [license], vendor }];
  };
  for (const line of textLines(content)) {
    const [, tag, value = ''] = known.exec(line) ?? [];
    if (tag === undefined) continue;
    if (tag === 'ExternalRef') {
      const purl = /^PACKAGE[-_]MANAGER\s+purl\s+(\S+)/.exec(value)?.[1];
      if (purl !== undefined && tags.has('PackageName') && !tags.has('purl')) tags.set('purl', purl);
    } else if (tag.startsWith('Package') && tag !== 'PackageName') {
      if (tags.has('PackageName') && !tags.has(tag)) tags.set(tag, value.trim());
    } else {
      // A package, and a file, snippet or licence behind the packages, ends the package before.
      yield* finish();
      tags = new Map(tag === 'PackageName' ? [[tag, value.trim()]] : []);
    }
  }
  yield* finish();
}
