import { getImageReport } from '#analysis/image-report-store.ts';
import type { Image, ImageContent } from '#catalog/image.ts';
import { findImage, findImageById } from '#catalog/image-store.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { Fault } from '#core/fault.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { Call } from './route.ts';

type ImageCall = Pick<Call, 'world' | 'principal' | 'params'>;

/**
 * The image a path names: by `{digest}`, its own or that of its index, or by `{imageId}`, which is tried as a digest when
 * no config has it. Throws `state/not-found`.
 */
export async function storedImage({ world, principal, params }: ImageCall): Promise<Image> {
  const { digest, imageId } = params;
  const byId = imageId === undefined ? null : await findImageById(world, principal.account, imageId);
  const image = byId ?? (await findImage(world, principal.account, digest ?? imageId ?? ''));
  return requireStored(image);
}

/** The image a path names and its report; throws `state/not-found` with the words the CLI looks for until it is analysed. */
export async function analyzedImage(call: ImageCall): Promise<{ readonly image: Image; readonly report: ImageReport }> {
  const image = requireAnalyzed(await storedImage(call));
  return { image, report: await getImageReport(call.world, image.content.report) };
}

/** The image, if it is analysed; throws as {@link analyzedImage}. */
export function requireAnalyzed(image: Image): Image & { readonly content: ImageContent } {
  const { state, content } = image;
  if (state !== 'analyzed' || content === null)
    throw new Fault('state/not-found', `image is not analyzed - analysis_status: ${publicState(state)}`);
  return { ...image, content };
}

/** What was found under the name of an image; throws `state/not-found` for nothing. */
export function requireStored<T>(found: T | null): T {
  if (found === null) throw new Fault('state/not-found', 'image not found in DB');
  return found;
}
