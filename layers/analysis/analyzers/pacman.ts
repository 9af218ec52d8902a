import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { licenseTerms } from '../licenses/license-terms.ts';
import { neededPackages, type Offers } from '../os/needed-packages.ts';
import { osMetadata } from '../os/os-metadata.ts';
import { osPurl } from '../os/os-purl.ts';
import { type OwnedFiles, type OwnedFilesBuilder, ownedPaths, packageFiles } from '../os/owned-files.ts';
import { pacmanFields, pacmanFiles, pacmanTree } from '../os/pacman-database.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';

/** A `desc` of the local database; lists without versions, time in seconds since the epoch, size in bytes. */
interface PacmanData {
  readonly kind: 'package';
  readonly name: string;
  readonly version: string;
  readonly base: string | null;
  readonly arch: string | null;
  readonly licenses: readonly string[];
  readonly packager: string | null;
  readonly size: number | null;
  readonly installed: number | null;
  readonly signed: boolean | null;
  readonly depends: readonly string[];
  readonly provides: readonly string[];
}

type PacmanFact =
  | PacmanData
  | { readonly kind: 'files'; readonly files: OwnedFiles; readonly backup: readonly string[] }
  | { readonly kind: 'tree'; readonly files: OwnedFiles; readonly expected: string | null };

const folder = 'var/lib/pacman/local/';
const maxBytes = 64 * 1024 * 1024;

/** Packages of pacman's local database (alpm-db(7)): one folder a package with `desc`, `files` and `mtree`. */
export const pacman: Analyzer = {
  name: 'pacman',
  reads: '`pacman/local/*/desc` and `files`',
  version: 1,
  wants: (path, size) =>
    path.startsWith(folder) && size <= maxBytes && /^[^/]+\/(?:desc|files|mtree)$/.test(path.slice(folder.length)),
  read(file) {
    if (file.path.endsWith('/desc')) return readDesc(file);
    return file.path.endsWith('/files') ? readFiles(file) : readTree(file);
  },
  *assemble(view) {
    const facts = factsByPath(view);
    const paths = ownedPaths(view);
    const entries = packagesIn(view);
    const needed = neededPackages(entries.map(({ data }): Offers => data));
    for (const { path, key, data } of entries)
      yield found(data, { path, key }, filesBeside(path, facts), paths, needed, view);
  },
  *owned(view) {
    const facts = factsByPath(view);
    const filesOf = packageFiles(view);
    for (const { path, data } of packagesIn(view)) {
      const tree = beside(path, 'mtree', facts);
      const listed = beside(path, 'files', facts);
      const backup = new Set(listed?.kind === 'files' ? listed.backup.map((one) => `/${one}`) : []);
      const [files, expected] = tree?.kind === 'tree' ? [tree.files, tree.expected] : [filesBeside(path, facts), null];
      for (const one of filesOf({ ...data, type: 'pacman' }, files, expected))
        yield backup.has(one.path) ? { ...one, expected: { ...one.expected, config: true } } : one;
    }
  },
};

function* readDesc({ content }: WantedFile): Generator<Fact> {
  const fields = pacmanFields(content);
  const text = (name: string) => declaredText(fields.get(name)?.[0]);
  const number = (name: string) => (/^\d{1,15}$/.test(text(name) ?? '') ? Number(text(name)) : null);
  const [name, version] = [text('NAME'), text('VERSION')];
  const wrong = identityProblem(name, version);
  if (name === null || version === null || wrong !== null)
    throw new Fault('image/corrupt', `the package of pacman has ${wrong} and is left out`);
  const validation = fields.get('VALIDATION');
  const data: PacmanData = {
    kind: 'package',
    name,
    version,
    base: text('BASE'),
    arch: text('ARCH'),
    licenses: licenseTerms((fields.get('LICENSE') ?? []).join(', ')),
    packager: text('PACKAGER'),
    size: number('SIZE'),
    installed: number('INSTALLDATE'),
    signed: validation === undefined ? null : validation.includes('pgp'),
    depends: plainNames(fields.get('DEPENDS')),
    provides: plainNames(fields.get('PROVIDES')),
  };
  yield { key: `${name} ${version} ${data.arch ?? ''}`.trim(), data };
}

/** `libplim.so=1-64`, `glibc>=2.36`, `sh`: without versions, each once. */
function plainNames(declared: readonly string[] = []): readonly string[] {
  return [...new Set(declared.map((one) => one.replace(/[<>=].*$/s, '').slice(0, 200)))].filter(Boolean);
}

function* readFiles({ content }: WantedFile): Generator<Fact> {
  const { files, backup } = pacmanFiles(content);
  yield { key: 'files', data: { kind: 'files', files: files.finish(), backup } satisfies PacmanFact };
}

function* readTree({ content }: WantedFile): Generator<Fact> {
  const tree: OwnedFilesBuilder = pacmanTree(content);
  const data: PacmanFact = { kind: 'tree', files: tree.finish(), expected: tree.finishExpected() };
  yield { key: 'tree', data };
}

type FactsByPath = ReadonlyMap<string, readonly Fact[]>;

const factsByPath = (view: ImageView): FactsByPath => new Map(view.facts.map(({ path, facts }) => [path, facts]));

function packagesIn(view: ImageView) {
  return view.facts.flatMap(({ path, facts }) =>
    (facts as readonly { key: string; data: PacmanFact }[]).flatMap(({ key, data }) =>
      data.kind === 'package' ? [{ path, key, data }] : [],
    ),
  );
}

function beside(desc: string, name: string, facts: FactsByPath): PacmanFact | undefined {
  return facts.get(desc.replace(/[^/]+$/, name))?.[0]?.data as PacmanFact | undefined;
}

function filesBeside(desc: string, facts: FactsByPath): OwnedFiles {
  const listed = beside(desc, 'files', facts);
  return listed?.kind === 'files' ? listed.files : [];
}

function found(
  data: PacmanData,
  evidence: FoundPackage['evidence'],
  files: OwnedFiles,
  paths: (files: OwnedFiles) => readonly string[],
  needed: ReturnType<typeof neededPackages>,
  view: ImageView,
): FoundPackage {
  const { name, version, base, arch, installed, signed } = data;
  const source = base ?? name;
  const requires = needed(
    name,
    data.depends.map((one) => [one]),
  );
  return {
    type: 'pacman',
    name,
    version,
    arch,
    source,
    origin: { name: source, version },
    purl: osPurl('pacman', view.distro, name, version, { arch, upstream: source === name ? null : source }),
    licenses: data.licenses,
    vendor: data.packager,
    size: data.size,
    files: paths(files),
    ...osMetadata({ installed, signed }),
    ...(requires.length === 0 ? {} : { requires }),
    evidence,
  };
}
