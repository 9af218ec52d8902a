/** Longest licence text that is kept as declared. */
const maxLength = 256;

/**
 * A declared licence as it is shown: an SPDX expression with canonical ids where every part can be told (`Apache License 2.0`
 * is `Apache-2.0`, `(mit or gpl-2.0+)` is `MIT OR GPL-2.0-or-later`), else the text as declared on one line, at most 256
 * characters; null when nothing is declared (empty, `UNKNOWN`, `none`).
 */
export function declaredLicense(text: string): string | null {
  const line = text
    .slice(0, 4 * maxLength)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (nothing.test(line)) return null;
  if (line.length > maxLength) return `${line.slice(0, maxLength - 1)}…`;
  return spdxId(line) ?? expression(line) ?? line;
}

/** The licences that a declared licence names, each once: the parts of an SPDX expression, else the text as it is. */
export function licenseNames(declared: string): readonly string[] {
  if (expression(declared) !== declared) return [declared];
  return [...new Set(declared.split(/ (?:AND|OR) |[()]/).filter((name) => name.trim() !== ''))];
}

/** The SPDX id (https://spdx.org/licenses/) that one licence name or abbreviation stands for; null when it cannot be told. */
export function spdxId(name: string): string | null {
  const folded = fold(name);
  const found = byFold.get(folded) ?? aliases.get(folded);
  if (found !== undefined) return found;
  // `GNU General Public License v3 or later (GPLv3+)`: the classifiers of PyPI end with the abbreviation.
  const inner = /\(([^()]{1,40})\)$/.exec(name)?.[1];
  return inner === undefined ? null : (byFold.get(fold(inner)) ?? aliases.get(fold(inner)) ?? null);
}

const nothing = /^(|unknown|none|null|undefined|n\/a|unspecified|license)$/i;

/**
 * Parts joined by AND, OR, WITH and parentheses (SPDX specification, annex D, in any case); null when the text is no such
 * expression or a part of it is no id. Works in one pass: nesting cannot exhaust the stack.
 */
function expression(text: string): string | null {
  const out: string[] = [];
  let depth = 0;
  let operand: string[] = [];
  const flush = (): boolean => {
    const name = operand.join(' ');
    operand = [];
    const id = out.at(-1) === 'WITH' ? exception(name) : (spdxId(name) ?? slashed(name) ?? reference(name));
    return id !== null && out.push(id) > 0;
  };
  for (const token of text.match(/[()]|[^\s()]+/g) ?? []) {
    const last = out.at(-1);
    const wantsOperand = last === undefined || last === '(' || operators.has(last);
    if (token === '(') {
      if (operand.length > 0 || !wantsOperand) return null;
      depth++;
      out.push(token);
    } else if (token === ')') {
      if (wantsOperand && !flush()) return null;
      if (--depth < 0) return null;
      out.push(token);
    } else if (operators.has(token.toUpperCase()) && (operand.length > 0 || !wantsOperand)) {
      if (wantsOperand && !flush()) return null;
      out.push(token.toUpperCase());
    } else {
      if (!wantsOperand) return null;
      operand.push(token);
    }
  }
  if (operand.length > 0 && !flush()) return null;
  if (depth !== 0 || out.length === 0 || operators.has(out.at(-1) ?? '')) return null;
  return out
    .join(' ')
    .replaceAll('( ', '(')
    .replaceAll(' )', ')')
    .replace(/^\(([^()]*)\)$/, '$1');
}

const operators = new Set(['AND', 'OR', 'WITH']);

const exception = (name: string) => (/^[A-Za-z0-9.-]*exception[A-Za-z0-9.-]*$/i.test(name) ? name : null);

const reference = (name: string) =>
  /^(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/.test(name) ? name : null;

/** `MIT/Apache-2.0` is a choice, as old manifests write it. */
function slashed(name: string): string | null {
  const ids = name.split('/').map(spdxId);
  return ids.length === 2 && ids.every((id) => id !== null) ? `(${ids.join(' OR ')})` : null;
}

/** What two spellings of one licence have in common. */
function fold(name: string): string {
  return name
    .toLowerCase()
    .replace(/\b(the|licen[cs]ed?|version|under|software|gnu)\b/g, '')
    .replace(/\bor[ -]later\b/, '+')
    .replace(/\bonly\b/, '')
    .replace(/v(?=\d)/g, '')
    .replace(/[^a-z0-9.+]/g, '');
}

const ids =
  `0BSD AFL-2.0 AFL-2.1 AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.0 Apache-1.1 Apache-2.0 APSL-2.0 Artistic-1.0
Artistic-1.0-Perl Artistic-2.0 Beerware BlueOak-1.0.0 Bitstream-Vera BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
BSD-3-Clause-Clear BSD-4-Clause BSD-4-Clause-UC BSL-1.0 BUSL-1.1 bzip2-1.0.6 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-4.0 CC-BY-NC-SA-4.0
CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.1 CECILL-B CECILL-C CNRI-Python CPL-1.0 curl ECL-2.0 EFL-2.0
Elastic-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 FSFAP FSFUL FSFULLR FTL GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only
GFDL-1.2-or-later GFDL-1.3-only GFDL-1.3-or-later GPL-1.0-only GPL-1.0-or-later GPL-2.0-only GPL-2.0-or-later GPL-3.0-only
GPL-3.0-or-later Hippocratic-2.1 HPND ICU IJG ImageMagick Info-ZIP IPA IPL-1.0 ISC JSON LGPL-2.0-only LGPL-2.0-or-later
LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later libpng-2.0 libtiff LPL-1.02 LPPL-1.3c MIT MIT-0 MIT-CMU MPL-1.0
MPL-1.1 MPL-2.0 MS-PL MS-RL MulanPSL-2.0 NCSA NTP OFL-1.0 OFL-1.1 OLDAP-2.8 OpenSSL OSL-3.0 PHP-3.01 PostgreSQL PSF-2.0
Python-2.0 Python-2.0.1 QPL-1.0 Ruby Saxpath SGI-B-2.0 Sleepycat SMLNJ SSPL-1.0 TCL Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0
Vim W3C W3C-20150513 WTFPL X11 Xnet Zend-2.0 Zimbra-1.3 Zlib zlib-acknowledgement ZPL-2.0 ZPL-2.1`.split(/\s+/);

const byFold = new Map(ids.map((id) => [fold(id), id]));

/** Folded spellings that are no SPDX id: names in manifests, PyPI's classifiers, Fedora's old abbreviations. */
const aliases = new Map(
  Object.entries({
    academicfreeafl: 'AFL-3.0',
    affero3: 'AGPL-3.0-only',
    agpl3: 'AGPL-3.0-only',
    'agpl3+': 'AGPL-3.0-or-later',
    'agpl3.0+': 'AGPL-3.0-or-later',
    apache: 'Apache-2.0',
    apache2: 'Apache-2.0',
    'apl2.0': 'Apache-2.0',
    'asl2.0': 'Apache-2.0',
    'asl1.1': 'Apache-1.1',
    artistic2: 'Artistic-2.0',
    boost: 'BSL-1.0',
    'boost1.0': 'BSL-1.0',
    bsd2: 'BSD-2-Clause',
    bsd2clause: 'BSD-2-Clause',
    '2clausebsd': 'BSD-2-Clause',
    simplifiedbsd: 'BSD-2-Clause',
    freebsd: 'BSD-2-Clause',
    bsd3: 'BSD-3-Clause',
    '3clausebsd': 'BSD-3-Clause',
    newbsd: 'BSD-3-Clause',
    modifiedbsd: 'BSD-3-Clause',
    revisedbsd: 'BSD-3-Clause',
    cc0: 'CC0-1.0',
    cc0universal: 'CC0-1.0',
    cddl: 'CDDL-1.0',
    'ccby4.0': 'CC-BY-4.0',
    'ccbysa4.0': 'CC-BY-SA-4.0',
    'eclipsepublic1.0': 'EPL-1.0',
    'eclipsepublic2.0': 'EPL-2.0',
    epl2: 'EPL-2.0',
    'gpl1+': 'GPL-1.0-or-later',
    'gpl+': 'GPL-1.0-or-later',
    gpl2: 'GPL-2.0-only',
    'gpl2+': 'GPL-2.0-or-later',
    'gpl2.0+': 'GPL-2.0-or-later',
    gpl3: 'GPL-3.0-only',
    'gpl3+': 'GPL-3.0-or-later',
    'gpl3.0+': 'GPL-3.0-or-later',
    generalpublic2: 'GPL-2.0-only',
    'generalpublic2+': 'GPL-2.0-or-later',
    generalpublic3: 'GPL-3.0-only',
    'generalpublic3+': 'GPL-3.0-or-later',
    iscl: 'ISC',
    lgpl2: 'LGPL-2.0-only',
    'lgpl2+': 'LGPL-2.0-or-later',
    'lgpl2.1': 'LGPL-2.1-only',
    'lgpl2.1+': 'LGPL-2.1-or-later',
    lgpl3: 'LGPL-3.0-only',
    'lgpl3+': 'LGPL-3.0-or-later',
    'lgpl3.0+': 'LGPL-3.0-or-later',
    expat: 'MIT',
    mitexpat: 'MIT',
    mitx11: 'MIT',
    mozillapublic: 'MPL-2.0',
    'mozillapublic1.1': 'MPL-1.1',
    'mozillapublic2.0': 'MPL-2.0',
    mpl2: 'MPL-2.0',
    psf: 'PSF-2.0',
    psfl: 'PSF-2.0',
    psf2: 'PSF-2.0',
    pythonfoundation: 'PSF-2.0',
    wtfpl2: 'WTFPL',
    zlibpng: 'Zlib',
    zliblibpng: 'Zlib',
    zpl: 'ZPL-2.1',
    'zopepublic2.1': 'ZPL-2.1',
  }),
);
