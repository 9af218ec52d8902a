import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, OwnedFile, WantedFile } from '../analyzer.ts';
import { licenseTerms } from '../licenses/license-terms.ts';
import { digestOf, unknownFile } from '../os/expected-file.ts';
import { neededPackages } from '../os/needed-packages.ts';
import { osMetadata } from '../os/os-metadata.ts';
import { type OwnedFiles, OwnedFilesBuilder, ownedPaths, packageFiles } from '../os/owned-files.ts';
import { declaredText } from '../texts/declared-text.ts';
import { textLines } from '../texts/text-lines.ts';

type PortageFact =
  | { readonly kind: 'contents'; readonly files: OwnedFiles; readonly expected: string | null }
  | { readonly kind: 'text'; readonly text: string };

const folder = 'var/db/pkg/';
const maxContents = 256 * 1024 * 1024;
const maxText = 256 * 1024;

/** Small files of a package that are kept: a value each. */
const texts = new Set(['SLOT', 'LICENSE', 'repository', 'SIZE', 'RDEPEND']);

/**
 * Packages of Portage (PMS, appendix on the installed package database): a folder `CATEGORY/NAME-VERSION` each, whose
 * CONTENTS say that it is merged. Names are `category/name`. Metadata: `slot`, `repository`. What a package needs are
 * those packages of its RDEPEND that are there: conditions on USE flags are not worked out.
 */
export const portage: Analyzer = {
  name: 'portage',
  reads: '`var/db/pkg/*/*/`',
  version: 1,
  wants(path, size) {
    if (!path.startsWith(folder)) return false;
    const [category, build, name, ...more] = path.slice(folder.length).split('/');
    if (!category || !build || !name || more.length > 0 || build.startsWith('-MERGING-')) return false;
    return name === 'CONTENTS' ? size <= maxContents : texts.has(name) && size <= maxText;
  },
  read: (file) => (file.path.endsWith('/CONTENTS') ? readContents(file) : readText(file)),
  *assemble(view) {
    const merged = mergedIn(view);
    const paths = ownedPaths(view);
    const needed = neededPackages(merged.map(({ name }) => ({ name, provides: [] })));
    for (const one of merged) yield found(one, paths(one.files), needed);
  },
  *owned(view) {
    const filesOf = packageFiles(view);
    for (const { name, version, files, expected } of mergedIn(view))
      yield* filesOf(identity(name, version), files, expected) satisfies Iterable<OwnedFile>;
  },
};

const identity = (name: string, version: string) => ({ type: 'portage', name, version, arch: null }) as const;

/** `obj PATH MD5 TIME`, `sym PATH -> TARGET TIME`, `dir PATH`, `dev PATH`, `fif PATH`; paths may have blanks in them. */
function* readContents({ content }: WantedFile): Generator<Fact> {
  const files = new OwnedFilesBuilder();
  for (const line of textLines(content, 16 * 1024)) {
    const [, file, md5] = /^obj (.+) ([0-9a-f]{32}) \d+$/.exec(line) ?? [];
    const path = file ?? linkIn(line) ?? /^(?:dev|fif) (.+)$/.exec(line)?.[1];
    if (path === undefined) continue;
    const slash = path.lastIndexOf('/');
    const digest = md5 === undefined ? null : digestOf(Buffer.from(md5, 'hex'));
    files.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1), { ...unknownFile, digest });
  }
  const data: PortageFact = { kind: 'contents', files: files.finish(), expected: files.finishExpected() };
  yield { key: 'merged', data };
}

/** By hand: a pattern would try every arrow of a long line for every other. */
function linkIn(line: string): string | undefined {
  const arrow = line.startsWith('sym ') ? line.indexOf(' -> ', 4) : -1;
  return arrow < 5 ? undefined : line.slice(4, arrow);
}

function* readText({ content }: WantedFile): Generator<Fact> {
  const text = Buffer.from(content.all(maxText)).toString('utf8').trim();
  if (text !== '') yield { key: 'text', data: { kind: 'text', text } satisfies PortageFact };
}

interface Merged {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly files: OwnedFiles;
  readonly expected: string | null;
  readonly text: (name: string) => string | null;
}

/** A version at the end of a name (PMS, 3.2): `-1.2.3b_rc1-r4`. */
const versionAtEnd = /^(.+?)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/;

function mergedIn(view: ImageView): readonly Merged[] {
  const facts = new Map(view.facts.map((file) => [file.path, file.facts]));
  const dataAt = (path: string) => facts.get(path)?.[0]?.data as PortageFact | undefined;
  return view.facts.flatMap(({ path }): readonly Merged[] => {
    const data = dataAt(path);
    if (data?.kind !== 'contents') return [];
    const [category = '', build = ''] = path.slice(folder.length).split('/');
    const [, name, version] = versionAtEnd.exec(build) ?? [];
    if (name === undefined || version === undefined || build.length > 1024) {
      view.note(path, 'its folder is not called NAME-VERSION; the package is left out');
      return [];
    }
    const text = (file: string) => {
      const beside = dataAt(`${folder}${category}/${build}/${file}`);
      return beside?.kind === 'text' ? beside.text : null;
    };
    return [{ path, name: `${category}/${name}`, version, files: data.files, expected: data.expected, text }];
  });
}

function found(
  { path, name, version, text }: Merged,
  files: readonly string[],
  needed: ReturnType<typeof neededPackages>,
): FoundPackage {
  const [category = '', plain = ''] = name.split('/');
  const word = (file: string) => declaredText(text(file)?.split('\n', 1)[0]);
  const slot = word('SLOT');
  const repository = word('repository');
  const size = text('SIZE') ?? '';
  const requires = needed(name, atoms(text('RDEPEND') ?? ''));
  return {
    ...identity(name, version),
    source: null,
    origin: { name, version },
    purl: formatPurl({ type: 'ebuild', namespace: category, name: plain, version, qualifiers: { repository, slot } }),
    licenses: licenseTerms(licenseWords(text('LICENSE') ?? '')),
    vendor: null,
    size: /^\d{1,15}$/.test(size) ? Number(size) : null,
    files,
    ...osMetadata({ slot, repository }),
    ...(requires.length === 0 ? {} : { requires }),
    evidence: { path, key: 'merged' },
  };
}

/** `|| ( MIT GPL-2+ ) doc? ( FDL-1.3 )`: the names in it. */
function licenseWords(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => /^[\w.+-]+$/.test(word))
    .join(', ');
}

/** `>=dev-libs/openssl-3.0:0/3=[static-libs?]` names `dev-libs/openssl`; `!` before it is what must not be there. */
function atoms(text: string): readonly (readonly string[])[] {
  return text.split(/\s+/, 20_000).flatMap((word) => {
    const [, operator, atom] = /^([~<>=]*)([\w+.-]+\/[\w+-]+[\w+.*-]*?)(?::[^[\s]*)?(?:\[[^\]]*\])?$/.exec(word) ?? [];
    if (atom === undefined) return [];
    return [[operator === '' ? atom : (versionAtEnd.exec(atom.replace(/\*$/, ''))?.[1] ?? atom)]];
  });
}
