import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { personText } from '../texts/declared-person.ts';

/**
 * WordPress by its version.php (a program of no package manager, with its CPE), its plugins and themes by the header comments that
 * WordPress itself reads (developer.wordpress.org: plugin header requirements, main stylesheet). A plugin or theme is called like
 * its folder, a plugin of a single file like the file, as `wp plugin list` has it; its source is `plugin` or `theme`.
 * Metadata: `title`, its name for people.
 */
export const wordpress: Analyzer = {
  name: 'wordpress',
  reads: '`version.php`, headers of plugins and themes',
  version: 1,
  wants: (path) => (path.endsWith('.php') || path.endsWith('/style.css')) && placeOf(path) !== null,
  read: readFile,
  assemble: assemblePackages,
};

/** As much of a file as WordPress looks at for its header (get_file_data). */
const headerBytes = 8 * 1024;
const versionBytes = 64 * 1024;
const maxValue = 256;

type Kind = 'core' | 'plugin' | 'theme';

interface Place {
  readonly kind: Kind;
  /** Folder or file name without its ending; empty for WordPress itself. */
  readonly slug: string;
}

function placeOf(path: string): Place | null {
  if (path.endsWith('wp-includes/version.php')) return { kind: 'core', slug: '' };
  const at = path.lastIndexOf('wp-content/');
  if (at < 0) return null;
  const [folder, slug = '', file, ...deeper] = path.slice(at + 'wp-content/'.length).split('/');
  if (deeper.length > 0 || slug.startsWith('.')) return null;
  if (folder === 'themes') return file === 'style.css' ? { kind: 'theme', slug } : null;
  if (!path.endsWith('.php') || (folder !== 'plugins' && folder !== 'mu-plugins')) return null;
  if (file === undefined) return { kind: 'plugin', slug: slug.slice(0, -'.php'.length) };
  return folder === 'plugins' ? { kind: 'plugin', slug } : null;
}

interface Extension {
  readonly title: string;
  readonly version: string;
  readonly license: string | null;
  readonly author: string | null;
  readonly requires: readonly string[];
}

/** A file without header, which most files of a plugin are, tells nothing; WordPress takes no version for none, we for unknown. */
function* readFile(file: WantedFile): Iterable<Fact> {
  const { kind } = placeOf(file.path)!;
  if (kind === 'core') {
    const text = Buffer.from(file.content.read(0, versionBytes)).toString('utf8');
    const version = /^[ \t]*\$wp_version\s*=\s*(['"])([0-9][\w.+-]{0,60})\1/m.exec(text)?.[2];
    if (version !== undefined) yield { key: 'wordpress', data: { version } };
    return;
  }
  const header = headerOf(file.content.read(0, headerBytes));
  const title = header.get(kind === 'plugin' ? 'plugin name' : 'theme name');
  const version = header.get('version');
  if (title === undefined || version === undefined || !/^[^\s\p{Cc}]+$/u.test(version)) return;
  const needed = kind === 'plugin' ? header.get('requires plugins') : header.get('template');
  const data: Extension = {
    title,
    version,
    license: declaredLicense(header.get('license') ?? ''),
    author: personText(header.get('author'), null),
    requires: [...new Set((needed ?? '').split(',').map((one) => one.trim()))].filter((one) => one !== ''),
  };
  yield { key: kind, data };
}

/** Fields of the header by lower-case name, the first of each, behind whatever a comment begins its lines with. */
function headerOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of Buffer.from(bytes)
    .toString('utf8')
    .split(/\r\n?|\n/)) {
    const [, name = '', value = ''] = /^(?:[ \t]*<\?php)?[ \t/*#@]*([A-Za-z ]{4,20}):(.*)$/.exec(line) ?? [];
    const clean = value.replace(/\*\/.*|\?>.*/, '').trim();
    if (clean !== '' && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), clean.slice(0, maxValue));
  }
  return fields;
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { kind, slug } = placeOf(path)!;
      if (kind === 'core') yield coreOf(path, key, (data as { version: string }).version);
      else yield extensionOf(path, key, kind, slug, data as Extension);
    }
  }
}

function coreOf(path: string, key: string, version: string): FoundPackage {
  return {
    type: 'binary',
    name: 'wordpress',
    version,
    arch: null,
    source: null,
    origin: null,
    purl: formatPurl({ type: 'generic', name: 'wordpress', version }),
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    cpes: [`cpe:2.3:a:wordpress:wordpress:${cpeVersion(version)}:*:*:*:*:*:*`],
    evidence: { path, key },
  };
}

/** Version and update of a CPE: `6.5-RC1-57775` is `6.5:rc1`. */
function cpeVersion(version: string): string {
  const [, release = version, update = '*'] = /^([\d.]+)-(alpha|beta\d*|RC\d*)/i.exec(version) ?? [];
  return `${release.replace(/[^\w.]/g, '\\$&')}:${update.toLowerCase()}`;
}

function extensionOf(path: string, key: string, kind: Kind, slug: string, found: Extension): FoundPackage {
  const { title, version, license, author, requires } = found;
  return {
    type: 'wordpress',
    name: slug,
    version,
    arch: null,
    source: kind,
    origin: null,
    purl: formatPurl({ type: 'wordpress', namespace: kind, name: slug, version }),
    licenses: license === null ? [] : licenseNames(license),
    vendor: author,
    size: null,
    files: [],
    metadata: { title },
    ...(requires.length > 0 ? { requires } : {}),
    evidence: { path, key },
  };
}
