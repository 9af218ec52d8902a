import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { licenseNames } from '../licenses/spdx.ts';
import { rLicenses } from '../licenses/r-license.ts';
import { stanzas } from '../texts/deb822.ts';
import { personText } from '../texts/declared-person.ts';

/**
 * Packages of R in library folders: `NAME/DESCRIPTION` with a `Built` field, which only an installation writes (Writing R
 * Extensions, 1.1.1). Metadata: `priority` (`base` came with R itself, `recommended` with most builds of it), `built` (the
 * version of R), `repository` (`CRAN`, `Bioconductor`, ...).
 */
export const r: Analyzer = {
  name: 'r',
  reads: '`DESCRIPTION` of installed packages',
  version: 1,
  wants: (path, size) => path.endsWith('/DESCRIPTION') && size <= maxBytes,
  read: readDescription,
  assemble: assemblePackages,
};

/** The largest of CRAN have some 20 kB. */
const maxBytes = 1024 * 1024;

/** What is kept of a DESCRIPTION. */
interface Description {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
  readonly maintainer: string | null;
  readonly requires: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

const needs = ['Depends', 'Imports', 'LinkingTo'];
const fields = ['Package', 'Version', 'Built', 'Priority', 'License', 'Maintainer', 'Repository', ...needs];

function* readDescription(file: WantedFile): Iterable<Fact> {
  const [stanza] = stanzas(file.content, fields);
  const built = /^R ([\d.]+)/.exec(stanza?.get('built') ?? '')?.[1];
  // A source tree, or a file of anybody else.
  if (stanza === undefined || built === undefined) return;
  const name = stanza.get('package') ?? '';
  const version = stanza.get('version') ?? '';
  if (!/^[A-Za-z][A-Za-z0-9.]{0,199}$/.test(name)) throw new Fault('image/corrupt', 'its Package is no name of R');
  if (!/^\d+(?:[.-]\d+)*$/.test(version) || version.length > 200)
    throw new Fault('image/corrupt', 'its Version is no version of R');
  const data: Description = {
    name,
    version,
    licenses: rLicenses(stanza.get('license') ?? ''),
    maintainer: personText(stanza.get('maintainer'), null),
    requires: requirements(needs.map((field) => stanza.get(field.toLowerCase()) ?? '').join(',')),
    metadata: {
      built,
      ...word('priority', stanza.get('priority')),
      ...word('repository', stanza.get('repository')),
    },
  };
  yield { key: `${name} ${version}`, data };
}

/** `R (>= 3.5), rlang (>= 1.0), stats`: R itself is no package. */
function requirements(text: string): readonly string[] {
  const names = text.split(',', 2000).map((one) => /^\s*([A-Za-z][A-Za-z0-9.]{1,199})\s*(?:\(|$)/.exec(one)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function word(key: string, value: string | undefined): Readonly<Record<string, string>> {
  return value !== undefined && /^[\w .:/-]{1,100}$/.test(value) ? { [key]: value } : {};
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, licenses, maintainer, requires, metadata } = data as Description;
      yield languagePackage({
        type: 'cran',
        name,
        version,
        purl: formatPurl({ type: 'cran', name, version }),
        licenses: licenses.flatMap(licenseNames),
        vendor: maintainer,
        ...(requires.length > 0 ? { requires } : {}),
        metadata,
        evidence: { path, key },
      });
    }
  }
}
