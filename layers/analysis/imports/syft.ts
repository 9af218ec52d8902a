import { digestHex, digestOf } from '#core/digest.ts';
import type { Distro } from '#core/distro.ts';
import { parsePurl } from '#core/parse-purl.ts';
import { formatPurl } from '#core/purl.ts';
import type { FoundPackage } from '../analyzer.ts';
import { bomPackage, type BomPackage } from '../sbom/bom-package.ts';
import { isObject, type JsonObject } from '../texts/json-file.ts';
import { identityText } from '../texts/identity-text.ts';
import { normalId } from '../texts/release-text.ts';

/** A package that a document of Syft states. */
export interface SyftPackage {
  readonly package: Omit<FoundPackage, 'evidence' | 'inside'>;
  /** Absolute in the image. */
  readonly paths: readonly string[];
  /** As the document has them: diff_ids of layers. */
  readonly layers: readonly string[];
}

export interface SyftDocument {
  /** The tool that made it, with its version. */
  readonly tool: string;
  readonly distro: Distro | null;
  readonly packages: readonly SyftPackage[];
  /** Packages that are of no known kind, or have no package URL or version. */
  readonly unread: number;
}

/** More places and CPE names of one package are not kept. */
const mostPaths = 1000;
const mostCpes = 100;

/**
 * Reads a document in Syft's own JSON (github.com/anchore/syft, schema/json, versions 1 to 16): packages by their package URLs, sources of
 * packages of distributions by their metadata. Null for what is no such document. What a package states that cannot be read is left out.
 */
export function readSyft(document: unknown): SyftDocument | null {
  if (!isObject(document) || !Array.isArray(document['artifacts'])) return null;
  const packages: SyftPackage[] = [];
  let unread = 0;
  for (const artifact of document['artifacts']) {
    const found = isObject(artifact) ? syftPackage(artifact) : null;
    if (found === null) unread++;
    else packages.push(found);
  }
  const descriptor = isObject(document['descriptor']) ? document['descriptor'] : {};
  const tool = [descriptor['name'], descriptor['version']].flatMap((text) => identityText(text) ?? []).join(' ');
  return { tool: tool === '' ? 'an unnamed tool' : tool, distro: distroOf(document['distro']), packages, unread };
}

function syftPackage(artifact: JsonObject): SyftPackage | null {
  const metadata = isObject(artifact['metadata']) ? artifact['metadata'] : {};
  const understood = bomPackage({
    purl: artifact['purl'],
    version: artifact['version'],
    licenses: listOf(artifact['licenses']).map(licenseText),
    vendor: metadata['maintainer'] ?? metadata['vendor'] ?? null,
  });
  if (understood?.kind !== 'package') return null;
  const { package: found } = understood;
  const locations = listOf(artifact['locations']).filter(isObject).slice(0, mostPaths);
  const cpes = found.type === 'binary' ? listOf(artifact['cpes']).flatMap(cpeText).slice(0, mostCpes) : [];
  const origin = sourceOf(found, metadata);
  return {
    package: {
      ...{ type: found.type, name: found.name, version: found.version, arch: found.arch },
      ...origin,
      purl: purlOf(found, metadata, origin, cpes),
      licenses: found.licenses,
      vendor: found.vendor,
      size: numberOf(metadata['installedSize'] ?? metadata['size']),
      files: [],
      ...(cpes.length === 0 ? {} : { cpes }),
    },
    paths: locations.flatMap(({ path }) => pathText(path) ?? []),
    layers: locations.flatMap(({ layerID: layer }) => (typeof layer === 'string' ? [layer] : [])),
  };
}

/** Older versions write texts, newer ones objects. */
function licenseText(license: unknown): unknown {
  return isObject(license) ? (license['spdxExpression'] ?? license['value']) : license;
}

function cpeText(cpe: unknown): readonly string[] {
  const text = identityText(isObject(cpe) ? cpe['cpe'] : cpe);
  return text?.startsWith('cpe:2.3:') ? [text] : [];
}

/** Source packages as the analyzers of dpkg, apk and rpm tell them; advisories speak of these. */
function sourceOf({ type, name, version }: BomPackage, metadata: JsonObject): Pick<FoundPackage, 'source' | 'origin'> {
  const text = (field: string) => identityText(metadata[field]);
  if (type === 'deb') {
    const origin = { name: text('source') ?? name, version: text('sourceVersion') ?? version };
    return { source: `${origin.name} ${origin.version}`, origin };
  }
  if (type === 'apk') {
    const origin = text('originPackage') ?? name;
    return { source: origin, origin: { name: origin, version } };
  }
  if (type !== 'rpm') return { source: null, origin: null };
  const file = text('sourceRpm');
  const [, source, upstream, release] = /^(.+)-([^-]+)-([^-]+)\.(?:no)?src\.rpm$/.exec(file ?? '') ?? [];
  const epoch = /^\d+:/.exec(version)?.[0] ?? '';
  const origin = source === undefined ? null : { name: source, version: `${epoch}${upstream}-${release}` };
  return { source: file, origin };
}

/**
 * The package URL with everything by which the package is judged in it: images of all accounts share what a URL is judged by, so what
 * somebody says beside it must not be taken for what others have.
 */
function purlOf(
  { type, name, version, purl }: BomPackage,
  metadata: JsonObject,
  { source, origin }: Pick<FoundPackage, 'source' | 'origin'>,
  cpes: readonly string[],
): string {
  const parsed = parsePurl(purl);
  if (parsed === null) return purl;
  const module = type === 'rpm' ? identityText(metadata['modularityLabel']) : null;
  const same = origin?.version === version;
  const upstream = same && origin.name === name ? null : same ? origin.name : `${origin?.name}@${origin?.version}`;
  return formatPurl({
    ...parsed,
    qualifiers: {
      ...parsed.qualifiers,
      ...(module === null ? {} : { rpmmod: module }),
      ...(type === 'rpm' ? { upstream: source } : {}),
      ...(type === 'deb' || type === 'apk' ? { upstream } : {}),
      ...(cpes.length === 0 ? {} : { imported: digestHex(digestOf(JSON.stringify(cpes))).slice(0, 16) }),
    },
  });
}

/** In its first form `name` is the id of os-release, in the later ones there is an `id`. */
function distroOf(distro: unknown): Distro | null {
  if (!isObject(distro)) return null;
  const text = (...fields: readonly string[]) =>
    fields.map((field) => identityText(distro[field])).find(Boolean) ?? null;
  const id = text('id', 'name');
  if (id === null) return null;
  const versionId = text('versionID', 'versionId', 'version');
  const alike = distro['idLike'];
  const words = typeof alike === 'string' ? alike.split(/\s+/) : listOf(alike);
  return {
    id: normalId(id, versionId),
    versionId,
    codename: text('versionCodename'),
    name: text('prettyName', 'name'),
    idLike: words.flatMap((word) => identityText(word) ?? []).slice(0, 20),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function pathText(path: unknown): string | null {
  if (typeof path !== 'string' || path === '' || path.length > 4096 || /\p{Cc}/u.test(path)) return null;
  return path.startsWith('/') ? path : `/${path}`;
}
