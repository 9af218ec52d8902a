import type { Distro } from '#core/distro.ts';
import type { PackageType } from '#core/ecosystem.ts';
import type { Limits } from '#core/limits.ts';
import type { Note } from '#core/note.ts';
import type { Package } from '#core/package.ts';
import { advisoryName } from '#core/package-name.ts';
import { stopwatch } from '#platform/stopwatch.ts';
import type { ImageDetails } from '#schema/image-report.ts';
import type { Analyzer, FoundPackage, ImageView } from './analyzer.ts';
import { detectDistro, osRelease } from './analyzers/os-release.ts';
import { packageProblem } from './package-problem.ts';
import { withOwners } from './os/path-owners.ts';
import { byteOrder } from './programs/byte-order.ts';
import type { Composed } from './compose.ts';
import { problemText } from './texts/problem-text.ts';

export interface Assembled {
  readonly distro: Distro | null;
  /** One for each distinct type, name, version, arch and source, sorted by these in the order of their bytes. */
  readonly packages: readonly Package[];
  readonly details: ImageDetails;
  readonly notes: readonly Note[];
}

/** A package with what is known of all its copies so far. */
interface Gathered {
  /** The first copy; an installed one rather than one that is only declared. */
  package: FoundPackage;
  readonly paths: Set<string>;
  readonly licenses: Set<string>;
  readonly files: Set<string>;
  /** Index of the layer of the oldest copy. */
  layer: number;
}

/**
 * Makes packages and details out of the facts that survive in an image. `diffIds` are those of its layers, base first. An analyzer
 * that throws, or takes longer than analyzerSeconds, is a note, and the packages it gave before stay.
 */
export function assemble(
  composed: Composed,
  diffIds: readonly string[],
  analyzers: readonly Analyzer[],
  limits: Limits,
  elapsed: () => number = stopwatch,
): Assembled {
  const notes: Note[] = [];
  const gathered = new Map<string, Gathered>();
  const view = (analyzer: string, distro: Distro | null): ImageView => ({
    ...viewOf(composed, analyzer, distro, notes, limits),
    found: finder(gathered),
  });
  const distro = guarded(osRelease.name, notes, () => detectDistro(view(osRelease.name, null)));
  const details: Partial<ImageDetails>[] = [];
  for (const analyzer of analyzers) {
    const seen = view(analyzer.name, distro);
    guarded(analyzer.name, notes, () => {
      for (const found of inTime(analyzer.assemble(seen), limits, elapsed)) {
        const problem = packageProblem(found);
        if (problem === null) gather(gathered, found, layerOf(composed, analyzer, found));
        else seen.note(found.evidence.path, `a package is left out: it has ${problem}`);
      }
    });
    guarded(analyzer.name, notes, () => details.push(analyzer.describe?.(seen) ?? {}));
  }
  const packages = [...gathered.values()].map((copies) => finish(copies, diffIds)).sort(packageOrder);
  const owned = withOwners(packages, (path) => composed.resolve(path)).flatMap(unownedProgram);
  return { distro, packages: owned, details: joinDetails(details), notes };
}

/**
 * A program that was recognised by its bytes says nothing new where a package of the distribution put it there: only its other
 * places are shown. Other packages keep their owners, so that findings can be judged by both.
 */
function unownedProgram(found: Package): readonly Package[] {
  if (found.type !== 'binary' || found.owners === undefined) return [found];
  const owned = new Set(found.owners.map(({ path }) => path));
  const { owners: _, ...program } = found;
  const paths = found.paths.filter((path) => !owned.has(path));
  return paths.length === 0 ? [] : [{ ...program, paths }];
}

/** Details that nobody tells are empty lists. */
function joinDetails(parts: readonly Partial<ImageDetails>[]): ImageDetails {
  return {
    users: parts.flatMap(({ users = [] }) => users),
    privilegedFiles: parts.flatMap(({ privilegedFiles = [] }) => privilegedFiles),
    secrets: parts.flatMap(({ secrets = [] }) => secrets),
    contentMatches: parts.flatMap(({ contentMatches = [] }) => contentMatches),
    retrievedFiles: parts.flatMap(({ retrievedFiles = [] }) => retrievedFiles),
    malware: parts.flatMap(({ malware = [] }) => malware),
  };
}

function viewOf(
  composed: Composed,
  analyzer: string,
  distro: Distro | null,
  notes: Note[],
  limits: Limits,
): Omit<ImageView, 'found'> {
  let count = 0;
  return {
    distro,
    facts: composed.facts(analyzer),
    resolve: (path) => composed.resolve(path),
    lookup: (path) => composed.lookup(path),
    files: () => composed.files(),
    note: (path, problem) => {
      count += 1;
      if (count > limits.notes) return;
      const where = path === null ? null : `/${path.replace(/^\/+/, '')}`;
      const layer = path === null ? null : (composed.lookup(where!.slice(1))?.layer ?? null);
      if (count < limits.notes) notes.push({ analyzer, layer, path: where, problem });
      else notes.push({ analyzer, layer: null, path: null, problem: 'further problems are not listed (limit notes)' });
    },
  };
}

/** Says what was gathered when it is first asked. */
function finder(gathered: ReadonlyMap<string, Gathered>): ImageView['found'] {
  const identity = (type: PackageType, name: string, version: string) =>
    JSON.stringify([type, advisoryName(type, name), version]);
  let known: ReadonlySet<string> | null = null;
  return (type, name, version) => {
    known ??= new Set(Array.from(gathered.values(), ({ package: it }) => identity(it.type, it.name, it.version)));
    return known.has(identity(type, name, version));
  };
}

/** The packages until their analyzer has taken its time; then throws. */
function* inTime<T>(found: Iterable<T>, { analyzerSeconds }: Limits, elapsed: () => number): Generator<T> {
  const end = elapsed() + analyzerSeconds * 1000;
  for (const one of found) {
    yield one;
    if (elapsed() > end) throw new Error(`it has taken more than ${analyzerSeconds} s (limit analyzerSeconds)`);
  }
}

function guarded<T>(analyzer: string, notes: Note[], work: () => T): T | null {
  try {
    return work();
  } catch (thrown) {
    notes.push({ analyzer, layer: null, path: null, problem: `could not assemble: ${problemText(thrown)}` });
    return null;
  }
}

/** The layer whose fact is the evidence; evidence that names no fact counts for the layer that wrote the file. */
function layerOf(composed: Composed, analyzer: Analyzer, { evidence }: FoundPackage): number {
  return composed.since(analyzer.name, evidence.path, evidence.key) ?? composed.layerIndex(evidence.path) ?? -1;
}

function gather(gathered: Map<string, Gathered>, found: FoundPackage, layer: number): void {
  const identity = JSON.stringify([found.type, found.name, found.version, found.arch, found.source]);
  const known = gathered.get(identity);
  const copies = known ?? { package: found, paths: new Set(), licenses: new Set(), files: new Set(), layer };
  // An installed copy is worth more than any document that names the package.
  if (copies.package.declared !== undefined && found.declared === undefined) copies.package = found;
  const inside = found.inside === undefined ? '' : `:${found.inside}`;
  copies.paths.add(absolute(found.location ?? `${found.evidence.path}${inside}`));
  for (const path of found.otherPaths ?? []) copies.paths.add(absolute(path));
  for (const license of found.licenses) copies.licenses.add(license);
  for (const file of found.files) copies.files.add(file);
  if (layer >= 0 && (copies.layer < 0 || layer < copies.layer)) copies.layer = layer;
  if (known === undefined) gathered.set(identity, copies);
}

function finish(copies: Gathered, diffIds: readonly string[]): Package {
  const { type, name, version, arch, source, origin, purl, vendor, size } = copies.package;
  const { declared, metadata, requires, cpes } = copies.package;
  return {
    type,
    name,
    version,
    arch,
    source,
    origin,
    purl,
    paths: [...copies.paths].sort(byteOrder),
    layer: diffIds[copies.layer] ?? null,
    licenses: [...copies.licenses],
    vendor,
    size,
    files: [...copies.files],
    ...(declared === undefined ? {} : { declared }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(requires === undefined ? {} : { requires }),
    ...(cpes === undefined ? {} : { cpes }),
  };
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function packageOrder(a: Package, b: Package): number {
  return (
    byteOrder(a.type, b.type) ||
    byteOrder(a.name, b.name) ||
    byteOrder(a.version, b.version) ||
    byteOrder(a.arch ?? '', b.arch ?? '') ||
    byteOrder(a.source ?? '', b.source ?? '')
  );
}
