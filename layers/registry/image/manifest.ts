import { Fault } from '#core/fault.ts';
import { type OciDescriptor, ociIndex, ociManifest } from '#schema/oci.ts';
import { artifactOf } from './artifact.ts';
import { parseDocument, parseJson } from './document.ts';

/** A manifest of any kind that Plimsoll reads: OCI and Docker differ only in media types. */
export type Manifest =
  | { readonly kind: 'index'; readonly manifests: readonly OciDescriptor[] }
  | {
      readonly kind: 'image';
      /** What it is, for people, when it is no container image. */
      readonly artifact: string | null;
      readonly config: OciDescriptor;
      readonly layers: readonly OciDescriptor[];
    };

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const schema1Types = [
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
];

/** Media types of manifests, for an Accept header. */
export const manifestTypes: readonly string[] = [...indexTypes, ...imageTypes];

/** True for the media type of an index. */
export function isIndexType(mediaType: string): boolean {
  return indexTypes.includes(mediaType);
}

/**
 * Reads an OCI index or manifest, a Docker manifest list or schema 2 manifest. Its own media type decides what it is, then
 * the one it came under, then its shape. Throws `image/unsupported` for schema 1, `image/corrupt` for what has no valid
 * form or both at once (OCI image-spec GHSA-77vh-xpmg-72qh).
 */
export function parseManifest(bytes: Uint8Array, mediaType: string, where: string): Manifest {
  const raw = parseJson(bytes, where);
  const fields = raw !== null && typeof raw === 'object' ? (raw as Record<string, unknown>) : {};
  const own = typeof fields['mediaType'] === 'string' ? fields['mediaType'] : '';
  if (fields['schemaVersion'] === 1 || schema1Types.includes(own)) {
    throw new Fault(
      'image/unsupported',
      `${where} is a schema 1 manifest, which Docker gave up in 2017; push the image again`,
    );
  }
  const listed = fields['manifests'] !== undefined;
  const layered = fields['layers'] !== undefined || fields['config'] !== undefined;
  if (listed && layered) throw new Fault('image/corrupt', `${where} is an index and an image manifest at once`);
  const known = [own, mediaType].find((type) => isIndexType(type) || imageTypes.includes(type));
  if (known === undefined ? listed : isIndexType(known)) {
    return { kind: 'index', manifests: parseDocument(bytes, ociIndex, where).value.manifests };
  }
  const manifest = parseDocument(bytes, ociManifest, where).value;
  return { kind: 'image', artifact: artifactOf(manifest), config: manifest.config, layers: manifest.layers };
}

const layerForm =
  /^application\/vnd\.(oci\.image\.layer\.v1\.tar(\+gzip|\+zstd)?|docker\.(container\.)?image\.rootfs\.diff(\.tar(\.gzip|\.zstd)?|\+x-gtar))$/;

/** True for a layer that is a tar, compressed or not; false for foreign, encrypted and unknown ones. */
export function isReadableLayer(mediaType: string): boolean {
  return layerForm.test(mediaType);
}
