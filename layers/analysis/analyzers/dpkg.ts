import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { stanzas } from '../texts/deb822.ts';
import { debianCopyright } from '../licenses/debian-copyright.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';
import { debianNeeds, debianProvides } from '../os/debian-needs.ts';
import { type Diversion, dpkgDiversions, dpkgFileList } from '../os/dpkg-files.ts';
import { digestOf, type ExpectedFile, unknownFile } from '../os/expected-file.ts';
import { type Need, neededPackages } from '../os/needed-packages.ts';
import { osMetadata } from '../os/os-metadata.ts';
import { osPurl } from '../os/os-purl.ts';
import { type OwnedFiles, ownedPaths, packageFiles, realFolders } from '../os/owned-files.ts';

/** A stanza of a status file. */
interface StatusData {
  readonly kind: 'package';
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly source: string | null;
  readonly maintainer: string | null;
  readonly installedSize: number | null;
  /** `Origin` of the package itself: the distribution or vendor that it is of, where it says so. */
  readonly origin: string | null;
  readonly needs: readonly Need[];
  readonly provides: readonly string[];
  /** Absolute paths with the md5 that they came with, in hex. */
  readonly conffiles: readonly (readonly [path: string, md5: string])[];
}

type DpkgData =
  | StatusData
  | { readonly kind: 'files'; readonly files: OwnedFiles; readonly expected?: string }
  | ({ readonly kind: 'diverted' } & Diversion)
  | { readonly kind: 'licenses'; readonly licenses: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: string };

const maxCopyright = 4 * 1024 * 1024;
const maxList = 64 * 1024 * 1024;
const folder = 'var/lib/dpkg';
const diversions = `${folder}/diversions`;

/**
 * Packages of dpkg: its status file, one file a package as distroless images have them, owned files and licences. Metadata:
 * `origin`, where a package says it.
 */
export const dpkg: Analyzer = {
  name: 'dpkg',
  reads: '`dpkg/status`, `status.d`, file lists, copyright files',
  version: 2,
  wants: (path, size) =>
    path.startsWith(`${folder}/`)
      ? isStatus(path) || (size <= maxList && (path === diversions || isFileList(path)))
      : size <= maxCopyright && /^usr\/share\/doc\/[^/]+\/copyright$/.test(path),
  read(file) {
    if (isFileList(file.path)) return readFileList(file);
    if (file.path === diversions) return readDiversions(file);
    return isStatus(file.path) ? readStatus(file) : readCopyright(file);
  },
  *assemble(view) {
    const byPath = new Map(view.facts.map(({ path, facts }) => [path, facts]));
    const paths = ownedPaths(view);
    const packages = packagesIn(view);
    const needed = neededPackages(packages.map(({ data }) => data));
    for (const { path, facts } of view.facts)
      for (const { data } of facts as readonly { data: DpkgData }[])
        if (data.kind === 'problem') view.note(path, data.problem);
    for (const { path, key, data } of packages) {
      const files = paths(filesOf(data, path, byPath, lists)?.files ?? []);
      yield found(data, { path, key }, files, needed, byPath, view);
    }
  },
  *owned(view) {
    const byPath = new Map(view.facts.map(({ path, facts }) => [path, facts]));
    const realFolder = realFolders(view);
    const owned = packageFiles(view);
    const diverted = divertedFiles(byPath, realFolder);
    for (const { path, data } of packagesIn(view)) {
      const it = { ...data, type: 'deb' } as const;
      const sums = filesOf(data, path, byPath, checksums);
      const known = new Map<string, ExpectedFile>();
      for (const one of owned(it, sums?.files ?? [], sums?.expected)) known.set(one.path, one.expected);
      for (const [file, md5] of data.conffiles) {
        const slash = file.lastIndexOf('/');
        const digest = digestOf(Buffer.from(md5, 'hex'));
        known.set(`${realFolder(file.slice(0, slash))}${file.slice(slash)}`, { ...unknownFile, digest, config: true });
      }
      for (const one of owned(it, filesOf(data, path, byPath, lists)?.files ?? [], null)) {
        const place = diverted.get(one.path);
        const isElsewhere = place !== undefined && place.by !== data.name;
        yield {
          ...one,
          path: isElsewhere ? place.to : one.path,
          expected: known.get(one.path) ?? unknownFile,
        };
      }
    }
  },
};

function packagesIn(view: ImageView) {
  return view.facts.flatMap(({ path, facts }) =>
    (facts as readonly { key: string; data: DpkgData }[]).flatMap(({ key, data }) =>
      data.kind === 'package' ? [{ path, key, data }] : [],
    ),
  );
}

const isFileList = (path: string) =>
  /^var\/lib\/dpkg\/(?:info\/[^/]+\.(?:list|md5sums)|status\.d\/[^/]+\.md5sums)$/.test(path);
const isStatus = (path: string) =>
  path === `${folder}/status` ||
  (/^var\/lib\/dpkg\/status\.d\/[^/]+$/.test(path) && !/\.(?:md5sums|list|conffiles)$/.test(path));

/** States in which files of the package are on the disk although dpkg does not call it installed (dpkg(1)). */
const onDisk = ['half-installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'];

const statusFields = [
  'package',
  'status',
  'version',
  'architecture',
  'source',
  'maintainer',
  'installed-size',
  'origin',
  'depends',
  'pre-depends',
  'provides',
  'conffiles',
];

function* readStatus(file: WantedFile): Generator<Fact> {
  let count = 0;
  for (const stanza of stanzas(file.content, statusFields)) {
    count++;
    const text = (field: string) => declaredText(stanza.get(field)?.split('\n', 1)[0]);
    const name = text('package');
    // One file a package has no Status: that it is there says that the package is.
    const state = text('status')?.split(/\s+/)[2] ?? 'installed';
    const version = text('version');
    if (state !== 'installed') {
      if (onDisk.includes(state))
        yield problem(`${name?.slice(0, 100) ?? 'a package'} is ${state}, not installed, and is left out`);
      continue;
    }
    const wrong = identityProblem(name, version);
    if (name === null || version === null || wrong !== null) {
      yield problem(`stanza ${count} has ${wrong} and is left out`);
      continue;
    }
    const size = text('installed-size');
    const data: StatusData = {
      kind: 'package',
      name,
      version,
      arch: text('architecture'),
      source: text('source'),
      maintainer: text('maintainer'),
      installedSize: size !== null && /^\d{1,12}$/.test(size) ? Number(size) : null,
      origin: text('origin'),
      needs: debianNeeds(stanza.get('pre-depends'), stanza.get('depends')),
      provides: debianProvides(stanza.get('provides')),
      conffiles: conffilesIn(stanza.get('conffiles') ?? ''),
    };
    yield { key: `${name} ${version} ${data.arch ?? ''}`.trim(), data };
  }
  if (count === 0 && file.size > 0) yield problem('there is no package stanza in it');
}

/** `/etc/x.conf MD5`; one that the package no longer has says `obsolete` behind, one not there yet `newconffile`. */
function conffilesIn(text: string): StatusData['conffiles'] {
  return text.split('\n').flatMap((line) => {
    const [, path, md5] = /^\s*(\/.+?)\s+([0-9a-f]{32})$/.exec(line) ?? [];
    return path === undefined || md5 === undefined ? [] : [[path, md5] as const];
  });
}

function* readFileList({ path, content }: WantedFile): Generator<Fact> {
  const { files, problem: cut } = dpkgFileList(content, path.endsWith('.md5sums'));
  if (cut !== null) yield problem(`the list of files is cut off: ${cut}`);
  const expected = files.finishExpected();
  const data: DpkgData = { kind: 'files', files: files.finish(), ...(expected === null ? {} : { expected }) };
  yield { key: 'files', data };
}

function* readDiversions({ content }: WantedFile): Generator<Fact> {
  for (const diversion of dpkgDiversions(content))
    yield { key: diversion.from, data: { kind: 'diverted', ...diversion } satisfies DpkgData };
}

function divertedFiles(byPath: FactsByPath, realFolder: (folder: string) => string) {
  const real = (path: string) => realFolder(path.slice(0, path.lastIndexOf('/'))) + path.slice(path.lastIndexOf('/'));
  const found = new Map<string, { readonly to: string; readonly by: string | null }>();
  for (const { data } of (byPath.get(diversions) ?? []) as readonly { data: DpkgData }[])
    if (data.kind === 'diverted') found.set(real(data.from), { to: real(data.to), by: data.by });
  return found;
}

function* readCopyright(file: WantedFile): Generator<Fact> {
  const licenses = debianCopyright(file.content);
  if (licenses.length > 0) yield { key: 'licenses', data: { kind: 'licenses', licenses } satisfies DpkgData };
}

function problem(text: string): Fact {
  return { key: '', data: { kind: 'problem', problem: text } satisfies DpkgData };
}

type FactsByPath = ReadonlyMap<string, readonly Fact[]>;

function found(
  data: StatusData,
  evidence: { path: string; key: string },
  files: readonly string[],
  needed: ReturnType<typeof neededPackages>,
  byPath: FactsByPath,
  view: ImageView,
): FoundPackage {
  const source = sourceOf(data);
  const requires = needed(data.name, data.needs);
  const upstream = source.version === data.version ? source.name : `${source.name}@${source.version}`;
  return {
    type: 'deb',
    name: data.name,
    version: data.version,
    arch: data.arch,
    source: `${source.name} ${source.version}`,
    origin: source,
    purl: osPurl('deb', view.distro, data.name, data.version, {
      arch: data.arch,
      upstream: upstream === data.name ? null : upstream,
    }),
    licenses: licensesOf(data.name, byPath, view),
    vendor: data.maintainer,
    size: data.installedSize === null ? null : data.installedSize * 1024,
    files,
    ...osMetadata({ origin: data.origin }),
    ...(requires.length === 0 ? {} : { requires }),
    evidence,
  };
}

/** `Source: name (version)`; where no version is given it is the package's own, without the `+bN` of a rebuild. */
function sourceOf(data: StatusData): { readonly name: string; readonly version: string } {
  const match = /^(\S+)(?:\s+\(\s*([^)\s]+)\s*\))?/.exec(data.source ?? '');
  return { name: match?.[1] ?? data.name, version: match?.[2] ?? data.version.replace(/\+b\d+$/, '') };
}

/** A package may share the documentation folder of another: then that is a symbolic link. */
function licensesOf(name: string, byPath: FactsByPath, view: ImageView): readonly string[] {
  const path = `usr/share/doc/${name}/copyright`;
  for (const { data } of (byPath.get(view.resolve(path) ?? path) ?? []) as readonly { data: DpkgData }[])
    if (data.kind === 'licenses') return data.licenses;
  return [];
}

/** Where files are listed, best first: packages that can be installed for several architectures have `name:arch.list`. */
type Places = (base: string, arch: string | null, status: string) => readonly string[];
const checksums: Places = (base, arch, status) => [`${status}.md5sums`, `${base}:${arch}.md5sums`, `${base}.md5sums`];
const lists: Places = (base, arch, status) => [
  `${base}:${arch}.list`,
  `${base}.list`,
  ...checksums(base, arch, status),
];

function filesOf({ name, arch }: StatusData, status: string, byPath: FactsByPath, places: Places) {
  for (const place of places(`${folder}/info/${name}`, arch, status))
    for (const { data } of (byPath.get(place) ?? []) as readonly { data: DpkgData }[])
      if (data.kind === 'files') return data;
  return null;
}
