import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { readGoBuildInfo } from '../programs/go-buildinfo.ts';
import { type GoModule, parseGoModules } from '../programs/go-modules.ts';
import { mayBeProgram } from '../programs/may-be-program.ts';
import { openExecutables } from '../programs/open-executable.ts';

/**
 * Modules that Go programs were built from: the main module (source `mod`), its dependencies (`dep`), and Go's own library as
 * `stdlib` (`toolchain`). Programs are ELF, PE or Mach-O; one without build information is not taken for Go.
 */
export const golang: Analyzer = {
  name: 'golang',
  reads: 'build information in programs',
  version: 2,
  wants: mayBeProgram,
  read: readProgram,
  assemble: assemblePackages,
};

type Kind = 'mod' | 'dep' | 'toolchain';

interface GoFact {
  readonly kind: Kind;
  readonly name: string;
  readonly version: string;
  readonly replaces?: string;
  readonly build?: Readonly<Record<string, string>>;
}

function* readProgram(file: WantedFile): Iterable<Fact> {
  const seen = new Set<string>();
  let unread = 0;
  for (const program of openExecutables(file.content)) {
    const info = readGoBuildInfo(program);
    if (info === null) continue;
    const { main, deps, settings, unreadable } = parseGoModules(info.modules);
    const facts: readonly GoFact[] = [
      ...(main === null ? [] : [{ ...factOf('mod', main), build: settings }]),
      ...deps.map((dep) => factOf('dep', dep)),
      { kind: 'toolchain', name: 'stdlib', version: libraryVersion(info.goVersion) },
    ];
    for (const data of facts) {
      const key = `${data.kind} ${data.name} ${data.version}`;
      if (!seen.has(key)) yield { key, data };
      seen.add(key);
    }
    unread += unreadable;
  }
  if (unread > 0) throw new Fault('image/corrupt', `${unread} modules of its Go build information cannot be read`);
}

function factOf(kind: Kind, { path, version, replaces }: GoModule): GoFact {
  return { kind, name: path, version, ...(replaces === undefined ? {} : { replaces }) };
}

/**
 * The version of Go's library by the version of Go: `go1.20.4 X:boringcrypto` is 1.20.4, `devel go1.21-b1f3e2a Tue Jan ...`
 * is 1.21-b1f3e2a; a development version that names no release is `(devel)`.
 */
function libraryVersion(goVersion: string): string {
  const word = goVersion.split(' ').find((part) => /^go\d/.test(part));
  return word === undefined ? '(devel)' : word.slice('go'.length);
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as GoFact);
  }
}

function foundPackage(path: string, key: string, { kind, name, version }: GoFact): FoundPackage {
  const slash = name.lastIndexOf('/');
  return {
    type: 'golang',
    name,
    version,
    arch: null,
    source: kind,
    origin: null,
    purl: formatPurl({
      type: 'golang',
      namespace: name.slice(0, Math.max(0, slash)),
      name: name.slice(slash + 1),
      version,
    }),
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    evidence: { path, key },
  };
}
