import type { Image } from '#catalog/image.ts';
import { readBlob } from '#platform/blobs.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { DocumentType } from './content-types.ts';
import type { ApiWorld } from './route.ts';

/**
 * A metadata document of an image in MIME base64: the manifest byte for byte, the history in the form of the original, the
 * Dockerfile that came with the image. A guessed Dockerfile is for policies and is not shown: the text is empty then.
 */
export async function imageDocument(
  world: ApiWorld,
  image: Image,
  report: ImageReport,
  type: DocumentType,
): Promise<string> {
  switch (type) {
    case 'manifest':
      return base64(report.manifest ?? '');
    case 'docker_history':
      return base64(JSON.stringify(dockerHistory(report)));
    case 'dockerfile':
      return image.dockerfile === null ? '' : base64((await readBlob(world.blobs, image.dockerfile)) ?? '');
    default:
      return type satisfies never;
  }
}

/**
 * The steps of the history, oldest first, each with the layer that it made (`<missing>` for none) and that layer's stored
 * bytes. Steps are told by what the config says of empty layers; where it says less than there are layers, steps that are
 * not empty beyond the last layer made none.
 */
function dockerHistory({ history, layers }: ImageReport) {
  let next = 0;
  return history.map(({ created, createdBy, comment, emptyLayer }) => {
    const layer = emptyLayer ? undefined : layers[next++];
    return {
      Created: created,
      CreatedBy: createdBy,
      Comment: comment ?? '',
      Id: layer === undefined ? '<missing>' : (layer.digest ?? layer.diffId),
      Size: layer?.size ?? 0,
      Tags: [],
    };
  });
}

/** MIME base64 (RFC 2045, 6.8): lines of 76 characters. */
function base64(content: string | Buffer): string {
  return Buffer.from(content)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');
}
