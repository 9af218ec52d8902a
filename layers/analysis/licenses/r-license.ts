import { declaredLicense, spdxId } from './spdx.ts';

/**
 * The licences that an R package may be used under, as SPDX ids where they can be told: alternatives stand between bars, versions
 * in brackets, and a file beside them only adds its copyright line (Writing R Extensions, 1.1.2): `MIT + file LICENSE`,
 * `GPL (>= 2) | LGPL-3`.
 */
export function rLicenses(text: string): readonly string[] {
  const alternatives = text.slice(0, 1024).split('|', 20);
  const names = alternatives.map((one) => declaredLicense(withVersion(one.replace(/\+\s*file\s+LICEN[CS]E\b/g, ''))));
  return [...new Set(names.filter((name) => name !== null))];
}

/** `GPL (>= 2)` is GPL-2+, `Apache License (== 2.0)` Apache-2.0; what cannot be told stays as it is. */
function withVersion(text: string): string {
  const license = text.replace(/\s+/g, ' ').trim();
  const [, name, operator, version] = /^([^()]+?) ?\((>=|==?) ?([\d.]+)\)$/.exec(license) ?? [];
  if (name === undefined) return license;
  const later = spdxId(`${name}-${version}+`);
  const exact = spdxId(`${name}-${version}`);
  return (operator === '>=' ? (later ?? exact) : exact) ?? license;
}
