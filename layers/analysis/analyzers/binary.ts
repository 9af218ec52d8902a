import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, RandomAccess, WantedFile } from '../analyzer.ts';
import type { Classifier } from '../binaries/classifier.ts';
import { classifiers } from '../binaries/classifiers.ts';
import { compileFileNames } from '../binaries/file-names.ts';
import { goVersion } from '../binaries/go-version.ts';
import { contains, findNear, scanContent } from '../binaries/scan-content.ts';
import { openExecutables } from '../programs/open-executable.ts';

/**
 * Programs that were built from source or copied in, recognised by their names and by what stands in their bytes
 * (layers/analysis/binaries/classifiers.ts): each with the CPE names that it is judged by. A program that has its version in a
 * shared library is shown with the library. What packages of the distribution own is left out when all is assembled.
 */
export const binary: Analyzer = {
  name: 'binary',
  reads: 'programs of no package manager, by their bytes',
  version: 1,
  wants: (path, size) => size > 0 && classifiersFor(path).length > 0,
  read: readFile,
  assemble: assemblePackages,
};

const classifiersFor = compileFileNames(classifiers);
const cpesOf: ReadonlyMap<string, readonly string[]> = new Map(classifiers.map(({ name, cpes }) => [name, cpes]));

/** Scripts are texts of some lines, but for archives of PHP. */
const scriptBytes = 16 * 1024 * 1024;

/** What a file says of one program: its version, or the shared library that has it. The key is the program's name. */
type BinaryFact = { readonly version: string } | { readonly library: string };

function* readFile(file: WantedFile): Iterable<Fact> {
  const isProgram = looksCompiled(file.content);
  const asked = classifiersFor(file.path).filter(({ kind = 'program' }) => (kind === 'program') === isProgram);
  if (asked.length === 0 || (!isProgram && file.size > scriptBytes)) return;
  const open: Classifier[] = [];
  for (const classifier of asked) {
    const told = versionOfBuild(file.content, classifier);
    if (told.kind === 'version') yield factOf(classifier, { version: told.version });
    else if (told.kind === 'silent') open.push(classifier);
  }
  const found = open.length === 0 ? [] : scanContent(file.content, open);
  for (const [index, classifier] of open.entries()) {
    const version = found[index] ?? null;
    if (version !== null) yield factOf(classifier, { version });
    else if (classifier.library !== undefined) {
      const library = findNear(file.content, classifier.library);
      if (library !== null) yield factOf(classifier, { library });
    }
  }
}

/** ELF, PE, Mach-O, or an archive of objects (`.a`). */
function looksCompiled(content: RandomAccess): boolean {
  return Buffer.from(content.read(0, 8)).toString('latin1') === '!<arch>\n' || openExecutables(content).length > 0;
}

type ToldByBuild = { readonly kind: 'version'; readonly version: string } | { readonly kind: 'silent' | 'other' };

/** What the build of a Go program tells: its version, that it is another program, or nothing, so that the content must. */
function versionOfBuild(content: RandomAccess, { goModules }: Classifier): ToldByBuild {
  if (goModules === undefined) return { kind: 'silent' };
  const told = goVersion(content, goModules);
  if (told.kind === 'other' || (told.kind === 'unknown' && !contains(content, goModules))) return { kind: 'other' };
  return told.version === null ? { kind: 'silent' } : { kind: 'version', version: told.version };
}

function factOf({ name }: Classifier, data: BinaryFact): Fact {
  return { key: name, data };
}

/** A file that tells the version of a program. */
interface Told {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  const all = view.facts.flatMap(({ path, facts }) =>
    facts.map(({ key, data }) => ({ path, name: key, fact: data as BinaryFact })),
  );
  const told = all.flatMap(({ path, name, fact }): Told[] =>
    'version' in fact ? [{ path, name, version: fact.version }] : [],
  );
  for (const one of told) yield foundPackage(one, []);
  for (const { path, name, fact } of all) {
    if ('version' in fact) continue;
    const library = told.find((one) => one.name === name && isCalled(view, one.path, fact.library));
    if (library !== undefined) yield foundPackage(library, [path]);
  }
}

/** Whether a library at a path is the one of that name: by its own name, or by a link beside it. */
function isCalled(view: ImageView, path: string, library: string): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return path === folder + library || view.resolve(folder + library) === path;
}

function foundPackage({ path, name, version }: Told, otherPaths: readonly string[]): FoundPackage {
  const cpes = (cpesOf.get(name) ?? []).map((cpe) => `cpe:2.3:a:${cpe}:${cpeValue(version)}:*:*:*:*:*:*:*`);
  return {
    type: 'binary',
    name,
    version,
    arch: null,
    source: null,
    origin: null,
    purl: formatPurl({ type: 'generic', name, version }),
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    ...(cpes.length === 0 ? {} : { cpes }),
    evidence: { path, key: name },
    otherPaths,
  };
}

/** A version as the binding of CPE 2.3 writes it: punctuation other than dot, hyphen and underscore is escaped. */
function cpeValue(version: string): string {
  return version.toLowerCase().replace(/[^a-z0-9._-]/g, (char) => `\\${char}`);
}
