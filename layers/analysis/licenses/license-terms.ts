/** Longest licence name, and most names of one package, that are kept. */
const maxTerm = 100;
const maxTerms = 200;

/**
 * The licence names in a declaration, each once, in their order: split at `and`, `or`, commas and brackets; an exception
 * (`GPL-2+ with OpenSSL exception`) stays with its licence. Names that Debian, Fedora and Alpine use for exactly one
 * SPDX licence become its SPDX id (https://spdx.org/licenses/); every other name stays as it was declared.
 */
export function licenseTerms(declared: string): readonly string[] {
  const terms = new Set<string>();
  const line = declared.slice(0, 16 * 1024).replace(/\s+/g, ' ');
  for (const part of line.split(/[ _](?:and\/or|and|or)[ _]|[(),;|]| & /i)) {
    const term = part.trim().replace(/^(?:and|or) | (?:and|or)$/gi, '');
    if (term === '' || term.length > maxTerm) continue;
    terms.add(spdxId(term));
    if (terms.size === maxTerms) break;
  }
  return [...terms];
}

/** The SPDX id of a licence name, the exception kept behind it; the name as it is when it may mean several licences. */
export function spdxId(name: string): string {
  const [, licence = name, exception = ''] = /^(.*?)(\s+with\s.*)?$/i.exec(name) ?? [];
  return (gnuId(licence) ?? others[licence.toLowerCase()] ?? licence) + exception;
}

const gnuVersions: Readonly<Record<string, readonly string[]>> = {
  GPL: ['1.0', '2.0', '3.0'],
  LGPL: ['2.0', '2.1', '3.0'],
  AGPL: ['1.0', '3.0'],
};

/** `GPL-2+`, `GPLv2+`, `GPL2+`, `GPL-2.0+` and `GPL-2.0-or-later`; without a plus these lists mean that version only. */
function gnuId(name: string): string | undefined {
  const match = /^(l|a)?gpl[- ]?v?(\d)(?:\.(\d))?(?:\.0)?(\+|-or-later|-only)?$/i.exec(name);
  if (match === null) return undefined;
  const family = `${(match[1] ?? '').toUpperCase()}GPL`;
  const version = `${match[2]}.${match[3] ?? '0'}`;
  if (!gnuVersions[family]?.includes(version)) return undefined;
  return `${family}-${version}-${match[4] === '+' || match[4]?.toLowerCase() === '-or-later' ? 'or-later' : 'only'}`;
}

/** Names of Debian's copyright format 1.0, Fedora's old licence list and old Alpine packages. */
const others: Readonly<Record<string, string>> = {
  __proto__: null as never,
  'apache-2': 'Apache-2.0',
  'apache-2.0': 'Apache-2.0',
  'asl 2.0': 'Apache-2.0',
  'asl 1.1': 'Apache-1.1',
  'artistic-2.0': 'Artistic-2.0',
  'artistic 2.0': 'Artistic-2.0',
  beerware: 'Beerware',
  boost: 'BSL-1.0',
  'bsl-1.0': 'BSL-1.0',
  'bsd-2-clause': 'BSD-2-Clause',
  'bsd-3-clause': 'BSD-3-Clause',
  'bsd-4-clause': 'BSD-4-Clause',
  'bsd-4-clause-uc': 'BSD-4-Clause-UC',
  'cc0-1.0': 'CC0-1.0',
  cc0: 'CC0-1.0',
  expat: 'MIT',
  mit: 'MIT',
  isc: 'ISC',
  'gpl+': 'GPL-1.0-or-later',
  fsfullr: 'FSFULLR',
  fsful: 'FSFUL',
  'mpl-1.1': 'MPL-1.1',
  'mplv1.1': 'MPL-1.1',
  'mpl-2.0': 'MPL-2.0',
  'mplv2.0': 'MPL-2.0',
  'openldap-2.8': 'OLDAP-2.8',
  'oldap-2.8': 'OLDAP-2.8',
  openssl: 'OpenSSL',
  'ofl-1.1': 'OFL-1.1',
  'python-2.0': 'Python-2.0',
  'sil-1.1': 'OFL-1.1',
  unlicense: 'Unlicense',
  vim: 'Vim',
  x11: 'X11',
  zlib: 'Zlib',
};
