import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView } from '../analyzer.ts';
import { licenseTerms } from '../licenses/license-terms.ts';
import { neededPackages } from '../os/needed-packages.ts';
import { osMetadata } from '../os/os-metadata.ts';
import { osPurl } from '../os/os-purl.ts';
import { ownedPaths, packageFiles } from '../os/owned-files.ts';
import { chooseDatabase, logSuffix, manifestPath, type PlacedPackage } from '../rpm/choose-database.ts';
import { databaseFacts, logFacts, manifestFacts } from '../rpm/database-facts.ts';
import type { RpmData } from '../rpm/package-data.ts';

/**
 * Packages of the rpm database in its three formats, read without rpm. Metadata: `installed`, `packager`, and `signed`, which says
 * that the database keeps a signature, not that somebody checked it.
 */
export const rpm: Analyzer = {
  name: 'rpm',
  reads: '`rpmdb.sqlite` with its log, `Packages.db` (NDB), `Packages` (Berkeley DB), container manifests',
  version: 2,
  // A database folder may be a link to any folder, by custom one called rpm.
  wants: (path) => path === manifestPath || /(?:^|\/)rpm\/(?:rpmdb\.sqlite(?:-wal)?|Packages(?:\.db)?)$/.test(path),
  *read({ path, content }): Generator<Fact> {
    const read = path === manifestPath ? manifestFacts : path.endsWith(logSuffix) ? logFacts : databaseFacts;
    for (const data of read(content))
      yield { key: data.kind === 'package' ? `${data.name} ${evr(data)} ${data.arch ?? ''}`.trim() : '', data };
  },
  *assemble(view) {
    const paths = ownedPaths(view);
    const packages = chooseDatabase(view).map((placed) => ({ placed, files: paths(placed.data.files) }));
    const offers = packages.map(({ placed: { data }, files }) => ({ name: data.name, provides: data.provides, files }));
    const needed = neededPackages(offers, (path) => absolute(view.resolve(path.slice(1))));
    for (const { placed, files } of packages) yield found(placed, files, needed, view);
  },
  *owned(view) {
    const filesOf = packageFiles(view);
    for (const { data } of chooseDatabase({ ...view, note: () => {} }))
      yield* filesOf({ type: 'rpm', name: data.name, version: evr(data), arch: data.arch }, data.files, data.expected);
  },
};

const absolute = (path: string | null) => (path === null ? null : `/${path}`);

function found(
  { path, key, data }: PlacedPackage,
  files: readonly string[],
  needed: ReturnType<typeof neededPackages>,
  view: ImageView,
): FoundPackage {
  const { installed, packager, signed } = data;
  const requires = needed(
    data.name,
    data.requires.map((one) => [one]),
  );
  return {
    type: 'rpm',
    name: data.name,
    version: evr(data),
    arch: data.arch ?? none,
    source: data.sourceRpm ?? none,
    origin: originOf(data),
    purl: osPurl('rpm', view.distro, data.name, `${data.version}-${data.release}`, {
      arch: data.arch,
      epoch: data.epoch === null ? null : String(data.epoch),
      upstream: data.sourceRpm,
      rpmmod: data.module,
    }),
    licenses: licenseTerms(data.license ?? ''),
    vendor: data.vendor,
    size: data.size,
    files,
    ...osMetadata({ installed, packager, signed }),
    ...(requires.length === 0 ? {} : { requires }),
    evidence: { path, key },
  };
}

/** What rpm prints for a tag that a header does not have; keys in the database (gpg-pubkey) have neither of the two. */
const none = '(none)';

const evr = ({ epoch, version, release }: RpmData) => `${epoch === null ? '' : `${epoch}:`}${version}-${release}`;

/** `name-version-release.src.rpm`, from the right; a source rpm's name has no epoch, so it has that of the package. */
function originOf({ sourceRpm, epoch }: RpmData): FoundPackage['origin'] {
  const match = /^(.+)-([^-]+)-([^-]+)\.(?:no)?src\.rpm$/.exec(sourceRpm ?? '');
  if (match === null) return null;
  return { name: match[1]!, version: `${epoch === null ? '' : `${epoch}:`}${match[2]}-${match[3]}` };
}
