/** A module in a Go program. `replaces` is the module that go.mod asked for where another was built in. */
export interface GoModule {
  readonly path: string;
  /** With its `v`; `(devel)` where the build did not know one. */
  readonly version: string;
  readonly replaces?: string;
}

/** What a Go program was built from. */
export interface GoModules {
  readonly main: GoModule | null;
  readonly deps: readonly GoModule[];
  /** Of the build settings, those that may tell the main module's version, and the target. */
  readonly settings: Readonly<Record<string, string>>;
  /** Lines that name a module but cannot be read, or come after too many others. */
  readonly unreadable: number;
}

/** Version of a module that was built from a working tree. */
const develVersion = '(devel)';

/** The largest programs have some 2,000. */
const maxDeps = 20_000;

const keptSettings = new Set(['GOOS', 'GOARCH', 'CGO_ENABLED', 'vcs', 'vcs.revision', 'vcs.time', 'vcs.modified']);

/**
 * The module information of a Go program (Go, runtime/debug, BuildInfo): lines of `path`, `mod`, `dep`, `=>` and `build`,
 * fields separated by tabs. A replacement wins: it is the code that was built in. One by a folder (`=> ./fork`) has no name
 * the world knows, so the module keeps its name, with version `(devel)`.
 */
export function parseGoModules(text: string): GoModules {
  const deps: GoModule[] = [];
  const settings: Record<string, string> = {};
  let main: GoModule | null = null;
  let unreadable = 0;
  let flags = '';
  let last: 'main' | 'dep' | 'none' = 'none';
  for (const line of text.split('\n')) {
    const [word = '', first = '', second = ''] = line.split('\t');
    if (word === 'mod' || word === 'dep') {
      const module = deps.length < maxDeps ? moduleOf(first, second) : null;
      last = module === null ? 'none' : word === 'mod' ? 'main' : 'dep';
      if (module === null) unreadable++;
      else if (word === 'mod') main = module;
      else deps.push(module);
    } else if (word === '=>' && last !== 'none') {
      const replaced = replacement((last === 'main' ? main : deps.at(-1))!, first, second);
      if (replaced === null) unreadable++;
      else if (last === 'main') main = replaced;
      else deps[deps.length - 1] = replaced;
      last = 'none';
    } else if (word === 'build' && first.startsWith('-ldflags=')) {
      flags = first;
    } else if (word === 'build') {
      keepSetting(first, settings);
    }
  }
  return { main, deps, settings: { ...settings, ...stampedVersions(flags) }, unreadable };
}

function moduleOf(path: string, version: string): GoModule | null {
  const clean = version === '' ? develVersion : version;
  return readable(path, 1024) && readable(clean, 256) ? { path, version: joinMetadata(clean) } : null;
}

const readable = (text: string, most: number) => text.length > 0 && text.length <= most && !/[\s\p{Cc}]/u.test(text);

/** Go 1.24 stamps `v1.2.3+incompatible+dirty`, which is no semantic version: it has one `+`, and dots after it. */
function joinMetadata(version: string): string {
  const plus = version.indexOf('+');
  return plus < 0 ? version : version.slice(0, plus + 1) + version.slice(plus + 1).replaceAll('+', '.');
}

function replacement(original: GoModule, path: string, version: string): GoModule | null {
  const replaces = `${original.path}@${original.version}`;
  if (/^(\.{0,2}[\\/]|\.{1,2}$|[A-Za-z]:[\\/])/.test(path)) {
    return { path: original.path, version: develVersion, replaces };
  }
  const module = moduleOf(path, version);
  return module === null ? null : { ...module, replaces };
}

function keepSetting(setting: string, settings: Record<string, string>): void {
  const equals = setting.indexOf('=');
  const key = setting.slice(0, Math.max(0, equals));
  if (keptSettings.has(key)) settings[key] = setting.slice(equals + 1).slice(0, 256);
}

/** `-X main.version=1.2.3` of the linker's flags; the others may hold anything, secrets too. */
function stampedVersions(flags: string): Record<string, string> {
  const stamps = flags.slice(0, 16_384).matchAll(/-X[ =]["'\\]{0,4}([\w./~-]{0,200}[Vv]ersion)=([\w.+~-]{1,100})/g);
  return Object.fromEntries([...stamps].slice(0, 16).map(([, name, version]) => [`-X ${name}`, version ?? '']));
}
