import { digestHex, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { type OciDescriptor, ociIndex } from '#schema/oci.ts';
import type { ImageFiles } from './archive.ts';
import { parseDocument } from '../image/document.ts';
import type { ImageSource } from '../layer-source.ts';
import type { Descriptor, ImageContent, Root } from '../image/image-content.ts';
import { resolveImage } from '../image/resolve-image.ts';
import type { OpenOptions } from './source-kind.ts';

const refName = 'org.opencontainers.image.ref.name';
const containerdName = 'io.containerd.image.name';

/**
 * Opens one image of an OCI layout (OCI image-spec, image-layout.md), wherever its files lie. `tag` is a name that its
 * index gives or a digest; without it, the layout must hold one image, or one for each of several platforms. Throws
 * `input/invalid` with the names there are when it is not clear which is meant.
 */
export async function openOciLayout(
  files: ImageFiles,
  place: string,
  request: { readonly reference: string; readonly tag: string | null; readonly options: OpenOptions },
): Promise<ImageSource> {
  const { reference, tag, options } = request;
  const index = await files.read('index.json', options.limits.documentBytes);
  if (index === null) {
    throw new Fault(
      'image/not-an-image',
      `'${place}' holds no image: it has no index.json, which every OCI layout has`,
    );
  }
  const { manifests } = parseDocument(index, ociIndex, `index.json of '${place}'`).value;
  const roots = tag === null ? withoutTag(manifests, place) : withTag(manifests, tag, place);
  return await resolveImage(contentOf(files, place, options), roots, {
    reference,
    platform: options.platform ?? null,
    limits: options.limits,
  });
}

function contentOf(files: ImageFiles, place: string, options: OpenOptions): ImageContent {
  const blob = ({ digest }: Descriptor) => `blobs/sha256/${digestHex(digest)}`;
  const missing = ({ digest }: Descriptor) =>
    new Fault('image/corrupt', `'${place}' names ${digest} but does not hold it`);
  return {
    async document(descriptor) {
      const bytes = await files.read(blob(descriptor), options.limits.documentBytes);
      if (bytes === null) throw missing(descriptor);
      return bytes;
    },
    async layer(descriptor) {
      const bytes = await files.locate(blob(descriptor));
      if (bytes === null) throw missing(descriptor);
      if (descriptor.size !== null && bytes.length !== descriptor.size) {
        const sizes = `${bytes.length} bytes long, not ${descriptor.size} as stated`;
        throw new Fault('image/corrupt', `layer ${descriptor.digest} of '${place}' is ${sizes}`);
      }
      return bytes;
    },
  };
}

function withoutTag(manifests: readonly OciDescriptor[], place: string): readonly OciDescriptor[] {
  if (manifests.length === 0) throw new Fault('image/not-an-image', `'${place}' is an OCI layout without any image`);
  // One digest under several tags, as docker save writes it, is one image.
  const distinct = [...new Map(manifests.map((listed) => [listed.digest, listed])).values()];
  const names = namesOf(manifests);
  if (distinct.length === 1 || names.length <= 1) return distinct;
  throw new Fault('input/invalid', `'${place}' holds several images; choose one by adding :NAME of ${shown(names)}`);
}

function withTag(manifests: readonly OciDescriptor[], tag: string, place: string): readonly Root[] {
  if (isDigest(tag))
    return [manifests.find(({ digest }) => digest === tag) ?? { mediaType: '', digest: tag, size: null }];
  const called = (name: string | undefined) => name === tag || name?.endsWith(`:${tag}`) === true;
  const found = manifests.filter(
    ({ annotations }) => called(annotations?.[refName]) || called(annotations?.[containerdName]),
  );
  if (found.length > 0) return [...new Map(found.map((listed) => [listed.digest, listed])).values()];
  const names = namesOf(manifests);
  const there = names.length === 0 ? 'it gives no names' : `it has ${shown(names)}`;
  throw new Fault('input/invalid', `'${place}' has no image named '${tag.slice(0, 200)}'; ${there}`);
}

function namesOf(manifests: readonly OciDescriptor[]): readonly string[] {
  const names = manifests.map(({ annotations }) => annotations?.[refName] ?? annotations?.[containerdName]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function shown(names: readonly string[]): string {
  return names
    .slice(0, 20)
    .map((name) => `'${name.slice(0, 200)}'`)
    .join(', ');
}
