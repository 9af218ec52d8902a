import type { RandomAccess } from '../analyzer.ts';
import type { Executable } from '../programs/executable.ts';
import { type GoBuildInfo, readGoBuildInfo } from '../programs/go-buildinfo.ts';
import { parseGoModules } from '../programs/go-modules.ts';
import { linkedVersions } from '../programs/go-linked-versions.ts';
import { openExecutables } from '../programs/open-executable.ts';

/** What the build of a Go program tells of the module that a classifier is about. */
export type GoVersion =
  /** It is built from that module, with this version if one is told. */
  | { readonly kind: 'module'; readonly version: string | null }
  /** It is built from something else. */
  | { readonly kind: 'other' }
  /** No modules are told of (Go before 1.18 without modules, or no Go): its content decides. `version` is what the linker wrote. */
  | { readonly kind: 'unknown'; readonly version: string | null };

/**
 * The version of a Go program: what its build was told to write into a variable (`-X main.version=1.2.3`), or the version of
 * the module, or what stands in the one variable that the linker filled with a version. Module paths may end in `/v2`, `/v3`.
 */
export function goVersion(content: RandomAccess, modules: readonly string[]): GoVersion {
  const [program] = openExecutables(content);
  if (program === undefined) return { kind: 'unknown', version: null };
  const info = buildInfo(program);
  if (info === null || info.modules === '') return { kind: 'unknown', version: linkedVersion(program) };
  const command = /^path\t([^\s]{1,1024})$/m.exec(info.modules)?.[1] ?? '';
  if (modules.includes(command) && command.startsWith('cmd/')) {
    return { kind: 'module', version: releasedVersion(info.goVersion.replace(/^go|\s.*$/g, '')) };
  }
  const { main, deps } = parseGoModules(info.modules);
  const own = [...(main === null ? [] : [main]), ...deps].find(({ path }) =>
    modules.some((one) => isModule(path, one)),
  );
  // Built without modules, as distributions do, it names its main package only.
  if (own === undefined && !modules.some((one) => `${command}/`.startsWith(`${one}/`))) return { kind: 'other' };
  const version = toldVersion(info) ?? releasedVersion(own?.version ?? '') ?? linkedVersion(program);
  return { kind: 'module', version };
}

/** What cannot be read of it is a note of the analyzer that is about Go. */
function buildInfo(program: Executable): GoBuildInfo | null {
  try {
    return readGoBuildInfo(program);
  } catch {
    return null;
  }
}

function isModule(path: string, module: string): boolean {
  return path === module || (path.startsWith(`${module}/v`) && /^\d{1,3}$/.test(path.slice(module.length + 2)));
}

/** A version among what `-X` sets, but for Go's own; one whose variable is called so before others. */
function toldVersion({ modules }: GoBuildInfo): string | null {
  const flags = /^build\t-ldflags=(.*)$/m.exec(modules)?.[1]?.slice(0, 16_384) ?? '';
  const told = [...flags.matchAll(/-X[ =]["'\\]{0,4}([\w./~-]{1,200})=([\w.+~-]{1,100})/g)].flatMap(
    ([, name, value]) => {
      const version = releasedVersion(value!);
      return version === null || /go_?version$/i.test(name!) ? [] : [{ named: /version$/i.test(name!), version }];
    },
  );
  return (told.find(({ named }) => named) ?? told[0])?.version ?? null;
}

/** Several are as good as none: which of them is the program's cannot be told. */
function linkedVersion(program: Executable): string | null {
  const versions = new Set([...linkedVersions(program)].map(releasedVersion));
  versions.delete(null);
  const [only = null] = versions;
  return versions.size === 1 ? only : null;
}

/** Without `v`, `release-` and build metadata; null for a version of no release (`v0.0.0-20240102150405-abcdefabcdef`, `(devel)`). */
function releasedVersion(text: string): string | null {
  const [, version] =
    /^(?:release-|v)?(\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:-?[a-z][a-z0-9.-]{0,20}|-\d{1,8})?)(?:[+~].{0,100})?\s?$/i.exec(
      text,
    ) ?? [];
  return version ?? null;
}
