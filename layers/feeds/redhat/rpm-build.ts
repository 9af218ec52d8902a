/** What a product of a CSAF document is, when it is an rpm. */
export interface RpmBuild {
  /** With the module's stream before it: `nodejs:18/nodejs`. */
  readonly name: string;
  /** Null where a build has no architecture: the source or a binary package of that name. */
  readonly source: boolean | null;
  /** `EPOCH:VERSION-RELEASE`; null where no build is named. */
  readonly evr: string | null;
}

const longest = 1000;

/**
 * The rpm that a product of a document stands for, by its package URL, or by its id where it has none: `openssl`,
 * `postgresql:15/postgresql`; null for what is no rpm (containers, jars), a text where it cannot be told which it is.
 */
export function rpmBuild(id: string, purl: string | null): RpmBuild | string | null {
  if (id.length > longest || (purl?.length ?? 0) > longest) return 'its name is too long';
  if (purl === null) return buildOfId(id);
  const [, path, query = ''] = /^pkg:rpm\/([^?#]+)(?:\?([^#]*))?/.exec(purl) ?? [];
  if (path === undefined) return null;
  const [, name, version] = /^(?:[^/@]+\/)*([^/@]+)(?:@([^/@]+))?$/.exec(path)?.map(decoded) ?? [];
  if (name == null || version === null) return `the package URL ${purl.slice(0, 200)} cannot be read`;
  const qualifiers = new URLSearchParams(query.replaceAll('+', '%2B'));
  const stream = streamOf(qualifiers.get('rpmmod') ?? /::([^:/]+:[^:/]+)$/.exec(id)?.[1] ?? prefixOf(id));
  if (stream === undefined) return `the module of ${purl.slice(0, 200)} has no stream`;
  const arch = qualifiers.get('arch');
  const isSource = arch === 'src' || arch === 'nosrc';
  if (version === undefined) return { name: `${stream}${name}`, source: isSource, evr: null };
  const [, release = ''] = /-([^-]+)$/.exec(version) ?? [];
  // `3.9-8100020240826142629.d47b87a4` is the version of a module, which says nothing of those of the packages in it.
  if (/^\d{16,22}\.[0-9a-f]{8}$/.test(release)) return `${name}-${version} is a module: its packages are not told`;
  if (stream === '' && /\.module[_+]/.test(release)) return `${name}-${version} is built in a module that is not told`;
  const epoch = /^\d{1,9}$/.exec(qualifiers.get('epoch') ?? epochOf(id, name))?.[0] ?? '0';
  return { name: `${stream}${name}`, source: arch === null ? null : isSource, evr: `${epoch}:${version}` };
}

function buildOfId(id: string): RpmBuild | null {
  const [, stream, name] = /^(?:([^:/]+:[^:/]+)\/)?([A-Za-z0-9][\w.+-]*)$/.exec(id) ?? [];
  if (name === undefined) return null;
  // Documents without package URLs name what was put together by a maintainer: the source.
  return { name: `${stream === undefined ? '' : `${stream}/`}${name}`, source: true, evr: null };
}

/** `nodejs:18/` of `nodejs:18:8100020240301110609:489197e6`; undefined where there is no stream. */
function streamOf(module: string | null): string | undefined {
  if (module === null) return '';
  const [name, stream] = module.split(':');
  return name && stream ? `${name}:${stream}/` : undefined;
}

/** `python36:3.6` of `python36:3.6/python36.src`. */
function prefixOf(id: string): string | null {
  return /^([^:/]+:[^:/]+)\//.exec(id)?.[1] ?? null;
}

/** `1` of `openssl-libs-1:3.0.7-27.el9.x86_64`, where the package URL leaves it out. */
function epochOf(id: string, name: string): string {
  const rest = id.startsWith(`${name}-`) ? id.slice(name.length + 1) : '';
  return /^(\d+):/.exec(rest)?.[1] ?? '0';
}

function decoded(part: string | undefined): string | null | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return null;
  }
}
