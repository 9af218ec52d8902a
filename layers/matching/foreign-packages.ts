import { digestHex, digestOf } from '#core/digest.ts';
import type { Package } from '#core/package.ts';
import { parsePurl } from '#core/parse-purl.ts';
import { matchNames, namingWorld } from './match-name.ts';
import type { ImageReport } from '#schema/image-report.ts';

/**
 * The packages of a report that somebody brought along. Images of all accounts share what a package URL is judged by, so one whose
 * versions do not stand in its URL gets a qualifier made of what it says: nobody else's package is taken for it.
 */
export function foreignPackages(report: Pick<ImageReport, 'distro' | 'packages'>): readonly Package[] {
  const naming = namingWorld(report);
  return report.packages.map((found) => {
    const named = matchNames(found, naming);
    if (named.kind === 'unjudged' || named.names.every(({ version }) => tells(found, version))) return found;
    const mark = digestHex(digestOf(JSON.stringify(named.names))).slice(0, 16);
    return { ...found, purl: `${found.purl}${found.purl.includes('?') ? '&' : '?'}imported=${mark}` };
  });
}

/** Whether a package URL alone says that the package, under some name, is judged by this version. */
function tells({ purl: text, type }: Package, version: string): boolean {
  const purl = parsePurl(text);
  if (purl?.version === undefined) return false;
  const { epoch, upstream } = purl.qualifiers ?? {};
  const prefix = epoch == null || epoch === '0' ? '' : `${epoch}:`;
  if (version === prefix + purl.version) return true;
  // deb and apk name a source that has another version as `name@version`, rpm by its file `name-version-release.src.rpm`.
  const source = type === 'rpm' ? /-([^-]+-[^-]+)\.src\.rpm$/ : /@([^@]+)$/;
  return version === prefix + (source.exec(upstream ?? '')?.[1] ?? '');
}
