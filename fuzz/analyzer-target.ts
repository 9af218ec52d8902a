import assert from 'node:assert/strict';
import type { Analyzer, ImageView, PathFacts } from '#analysis/analyzer.ts';
import { detectDistro, osRelease } from '#analysis/analyzers/os-release.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { FileTree, newFolder } from '#analysis/overlay/file-tree.ts';
import { byteOrder } from '#analysis/programs/byte-order.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import type { Fact, FileEntry } from '#schema/layer-report.ts';
import type { FuzzTarget, Seed } from './fuzz-target.ts';

/**
 * An analyzer over every file that it wants, whoever's fixture it is: the file is read damaged, then packages, details
 * and owned files are made of its facts beside those of the other files of its case.
 */
export function analyzerTarget(analyzer: Analyzer, files: () => readonly Seed[]): FuzzTarget {
  let found: readonly Seed[] | null = null;
  const cases = new Map<string, Case>();
  const caseOf = (seed: Seed): Case => {
    const known =
      cases.get(seed.case) ??
      openCase(
        analyzer,
        files().filter((one) => one.case === seed.case),
      );
    cases.set(seed.case, known);
    return known;
  };
  return {
    name: analyzer.name,
    seeds: () => (found ??= files().filter(({ path, bytes, mode }) => analyzer.wants(path, bytes.length, mode))),
    run: (seed, bytes) => {
      const { facts, fault } = read(analyzer, { ...seed, bytes });
      const { others, view } = caseOf(seed);
      const all = [...others.filter(({ path }) => path !== seed.path), { path: seed.path, facts }];
      tell(analyzer, {
        ...view,
        facts: all.filter((one) => one.facts.length > 0).sort((a, b) => byteOrder(a.path, b.path)),
      });
      if (fault !== null) throw fault;
    },
  };
}

/** Files of a case that an input is put among. */
const mostBeside = 60;

interface Case {
  readonly others: readonly PathFacts[];
  readonly view: ImageView;
}

function openCase(analyzer: Analyzer, seeds: readonly Seed[]): Case {
  const tree = new FileTree(defaultLimits);
  for (const { path, mode, bytes } of seeds) {
    const place = tree.place(path, 0);
    if ('reason' in place) continue;
    tree.put(place.folder, place.name, { ...newFolder(0), type: 'file', mode, size: bytes.length, children: null });
  }
  const entryOf = (path: string, node: Omit<FileEntry, 'path'>): FileEntry => {
    const { type, mode, uid, gid, size, sha256, link } = node;
    return { path, type, mode, uid, gid, size, sha256, link };
  };
  const all = seeds.filter(({ path, bytes, mode }) => analyzer.wants(path, bytes.length, mode));
  // Of a whole distribution the files would be assembled again for every input.
  const wanted = all.length > mostBeside ? [] : all;
  return {
    others: wanted.map((seed) => ({ path: seed.path, facts: read(analyzer, seed).facts })),
    view: {
      distro: { id: 'debian', versionId: '12', codename: null, name: null, idLike: [] },
      facts: [],
      resolve: (path) => tree.resolve(path),
      lookup: (path) => {
        const node = tree.lookup(path);
        return node === null ? null : entryOf(path, node);
      },
      *files() {
        for (const [path, node] of tree.walk()) yield entryOf(path, node);
      },
      found: () => false,
      note: (_, problem) => assert.ok(problem.length > 0),
    },
  };
}

/** As the engine reads: facts before a Fault stay. They go through JSON, as they do in a layer report. */
function read(
  analyzer: Analyzer,
  { path, mode, bytes }: Seed,
): { readonly facts: readonly Fact[]; readonly fault: Fault | null } {
  const facts: Fact[] = [];
  let kept = 0;
  const file = { path, mode, size: bytes.length, content: memoryAccess(bytes), limits: defaultLimits };
  try {
    for (const fact of analyzer.read(file)) {
      const text = JSON.stringify(fact);
      kept += text.length;
      if (kept > defaultLimits.factBytes) break;
      facts.push(JSON.parse(text) as Fact);
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { facts, fault: thrown };
  }
  return { facts, fault: null };
}

function tell(analyzer: Analyzer, view: ImageView): void {
  if (analyzer === osRelease) detectDistro(view);
  for (const { type, name, version, purl } of analyzer.assemble(view)) {
    assert.ok(
      name.length > 0 && version.length > 0,
      `a package without name or version: ${type} '${name}' '${version}'`,
    );
    assert.ok(purl === null || /^pkg:[a-z]+\/[\x21-\x7e]+$/.test(purl), `no package URL: ${purl}`);
  }
  analyzer.describe?.(view);
  for (const { path } of analyzer.owned?.(view) ?? []) assert.ok(path.startsWith('/'), `an owned file '${path}'`);
}
