import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Image } from '#catalog/image.ts';
import type { PackageType } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { parsePurl } from '#core/parse-purl.ts';
import { version } from '#core/version.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { jsonList } from './json-list.ts';
import type { Download } from './route.ts';

/**
 * What is in an image as a document in Syft's JSON (schema 1.1.0, as the original kept it), which `POST /imports/images/.../packages` takes
 * again. Written while it is read, packed with gzip.
 */
export function nativeSbom({ digest, imageId }: Image, report: ImageReport): Download {
  const tail = JSON.stringify({
    artifactRelationships: [],
    source: { type: 'image', target: targetOf(report, imageId) },
    distro: distroOf(report),
    descriptor: { name: 'plimsoll', version },
    schema: {
      version: '1.1.0',
      url: 'https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-1.1.0.json',
    },
  }).slice(1);
  const text = jsonList('{"artifacts":[', artifacts(report.packages), `],${tail}`);
  return {
    type: 'application/gzip',
    name: `${digest}_native.json.gzip`,
    // What fails on the way ends the file without its end: a reader of gzip is told so.
    bytes: pipeline(Readable.from(text), createGzip(), () => {}),
  };
}

async function* artifacts(packages: readonly Package[]) {
  for (const [at, found] of packages.entries()) yield artifactOf(found, at);
}

function artifactOf(found: Package, at: number) {
  const { type, name, version: own, purl, licenses, cpes = [], paths, layer } = found;
  return {
    id: String(at + 1),
    name,
    version: own,
    type: kinds[type]?.type ?? type,
    foundBy: 'plimsoll',
    locations: paths.map((path) => ({ path, ...(layer === null ? {} : { layerID: layer }) })),
    licenses,
    language: kinds[type]?.language ?? '',
    cpes,
    purl,
    metadataType: '',
    metadata: metadataOf(found),
  };
}

/** Syft's words, where they are others. */
const kinds: Readonly<Partial<Record<PackageType, { readonly type: string; readonly language: string }>>> = {
  npm: { type: 'npm', language: 'javascript' },
  python: { type: 'python', language: 'python' },
  gem: { type: 'gem', language: 'ruby' },
  java: { type: 'java-archive', language: 'java' },
  golang: { type: 'go-module', language: 'go' },
  cargo: { type: 'rust-crate', language: 'rust' },
  nuget: { type: 'dotnet', language: 'dotnet' },
  composer: { type: 'php-composer', language: 'php' },
};

/** What readers of the document judge packages of distributions by. */
function metadataOf({ type, name, origin, source, arch, vendor, size, purl }: Package) {
  switch (type) {
    case 'deb':
      return {
        ...{ package: name, source: origin?.name ?? '', sourceVersion: origin?.version ?? '', architecture: arch },
        ...{ maintainer: vendor, installedSize: size },
      };
    case 'apk':
      return {
        package: name,
        originPackage: origin?.name ?? name,
        architecture: arch,
        maintainer: vendor,
        installedSize: size,
      };
    case 'rpm':
      return {
        sourceRpm: source,
        architecture: arch,
        vendor,
        size,
        modularityLabel: parsePurl(purl)?.qualifiers?.['rpmmod'],
      };
    default:
      return {};
  }
}

function targetOf({ reference, digest, configDigest, size, layers }: ImageReport, imageId: string) {
  return {
    userInput: reference,
    imageID: configDigest ?? `sha256:${imageId}`,
    manifestDigest: digest ?? '',
    imageSize: size,
    layers: layers.map(({ mediaType, diffId, size: bytes }) => ({ mediaType, digest: diffId, size: bytes })),
  };
}

function distroOf({ distro }: ImageReport) {
  return { name: distro?.id ?? '', version: distro?.versionId ?? '', idLike: distro?.idLike.join(' ') ?? '' };
}
