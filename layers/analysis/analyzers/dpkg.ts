import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { stanzas } from '../texts/deb822.ts';
import { debianCopyright } from '../licenses/debian-copyright.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';
import { osPurl } from '../os/os-purl.ts';
import { type OwnedFiles, OwnedFilesBuilder, ownedPaths } from '../os/owned-files.ts';
import { textLines } from '../texts/text-lines.ts';

/** A stanza of a status file. */
interface StatusData {
  readonly kind: 'package';
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly source: string | null;
  readonly maintainer: string | null;
  readonly installedSize: number | null;
}

type DpkgData =
  | StatusData
  | { readonly kind: 'files'; readonly files: OwnedFiles }
  | { readonly kind: 'licenses'; readonly licenses: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: string };

const maxCopyright = 4 * 1024 * 1024;
const maxList = 64 * 1024 * 1024;
const folder = 'var/lib/dpkg';

/** Packages of dpkg: its status file, one file a package as distroless images have them, owned files and licences. */
export const dpkg: Analyzer = {
  name: 'dpkg',
  version: 1,
  wants: (path, size) =>
    path.startsWith(`${folder}/`)
      ? isStatus(path) || (size <= maxList && isFileList(path))
      : size <= maxCopyright && /^usr\/share\/doc\/[^/]+\/copyright$/.test(path),
  read(file) {
    if (isFileList(file.path)) return readFileList(file);
    return isStatus(file.path) ? readStatus(file) : readCopyright(file);
  },
  *assemble(view) {
    const byPath = new Map(view.facts.map(({ path, facts }) => [path, facts]));
    const paths = ownedPaths(view);
    for (const { path, facts } of view.facts)
      for (const { key, data } of facts as readonly { key: string; data: DpkgData }[])
        if (data.kind === 'problem') view.note(path, data.problem);
        else if (data.kind === 'package') yield found(data, { path, key }, byPath, paths, view);
  },
};

const isFileList = (path: string) =>
  /^var\/lib\/dpkg\/(?:info\/[^/]+\.(?:list|md5sums)|status\.d\/[^/]+\.md5sums)$/.test(path);
const isStatus = (path: string) =>
  path === `${folder}/status` ||
  (/^var\/lib\/dpkg\/status\.d\/[^/]+$/.test(path) && !/\.(?:md5sums|list|conffiles)$/.test(path));

/** States in which files of the package are on the disk although dpkg does not call it installed (dpkg(1)). */
const onDisk = ['half-installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'];

const statusFields = ['package', 'status', 'version', 'architecture', 'source', 'maintainer', 'installed-size'];

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
    };
    yield { key: `${name} ${version} ${data.arch ?? ''}`.trim(), data };
  }
  if (count === 0 && file.size > 0) yield problem('there is no package stanza in it');
}

/** `.list` has absolute paths, folders too; `.md5sums` has `digest  relative/path` of plain files. */
function* readFileList(file: WantedFile): Generator<Fact> {
  const listed: string[] = [];
  const folders = new Set<string>();
  const checksums = file.path.endsWith('.md5sums');
  for (const line of textLines(file.content, 8192)) {
    const path = (checksums ? /^[0-9a-f]{32}\s+\*?(.+)$/i.exec(line)?.[1] : line)?.replace(/^\.?\//, '');
    if (!path || path === '.') continue;
    listed.push(path);
    folders.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  }
  const builder = new OwnedFilesBuilder();
  try {
    for (const path of listed) {
      if (folders.has(path)) continue;
      const slash = path.lastIndexOf('/');
      builder.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1));
    }
  } catch (thrown) {
    yield problem(`the list of files is cut off: ${Fault.from(thrown).message}`);
  }
  yield { key: 'files', data: { kind: 'files', files: builder.finish() } satisfies DpkgData };
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
  byPath: FactsByPath,
  paths: (files: OwnedFiles) => readonly string[],
  view: ImageView,
): FoundPackage {
  const source = sourceOf(data);
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
    files: filesOf(data, evidence.path, byPath, paths),
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

/** Packages that can be installed for several architectures have `name:arch.list`. */
function filesOf(
  { name, arch }: StatusData,
  evidence: string,
  byPath: FactsByPath,
  paths: (files: OwnedFiles) => readonly string[],
): readonly string[] {
  const base = `${folder}/info/${name}`;
  const lists = [
    `${base}:${arch}.list`,
    `${base}.list`,
    `${evidence}.md5sums`,
    `${base}:${arch}.md5sums`,
    `${base}.md5sums`,
  ];
  for (const list of lists)
    for (const { data } of (byPath.get(list) ?? []) as readonly { data: DpkgData }[])
      if (data.kind === 'files') return paths(data.files);
  return [];
}
