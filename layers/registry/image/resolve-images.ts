import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { ImageSource } from '../layer-source.ts';
import { chooseOffers, platformOf, readOffer } from './choose-image.ts';
import { descriptorOf, documentReader, type ImageContent, type ResolveOptions, type Root } from './image-content.ts';
import { formatPlatform, type ImagePlatform, platformRank, type WantedPlatforms } from './image-platform.ts';
import { readImage } from './resolve-image.ts';

/** The images of a reference, opened. */
export interface ResolvedImages {
  /** Digest of what the reference points to: of an index, or of the one image. */
  readonly digest: Digest;
  /** At least one; the one that is meant when nobody says which, linux/amd64 where there is one, is the first. */
  readonly images: readonly ImageSource[];
  /** False: it is one image, for a platform that would not be taken of an index. */
  readonly isWanted: boolean;
  /** Images of an index that could not be opened, and why. */
  readonly leftOut: readonly { readonly digest: Digest; readonly platform: string; readonly reason: string }[];
}

/** More images of one index are not taken. */
const mostImages = 64;

/**
 * Opens every image for the wanted platforms that an index lists, or the one image that a manifest is, whatever its platform. What cannot
 * be opened of an index is left out as long as something can, unless a second try may mend it. Verifies and throws as resolveImage.
 */
export async function resolveImages(
  content: ImageContent,
  root: Root,
  wanted: WantedPlatforms,
  options: Omit<ResolveOptions, 'platform'>,
): Promise<ResolvedImages> {
  const resolve = { ...options, platform: null };
  const reader = documentReader(content, resolve);
  const found = await reader.manifest(descriptorOf(root, options.reference));
  const { digest } = found.descriptor;
  if (found.manifest.kind === 'image') {
    const chosen = { ...found, manifest: found.manifest, platform: platformOf(root) };
    const image = await readImage(content, reader, chosen, null, null, resolve);
    return { digest, images: [image], isWanted: isWanted(wanted, image.config), leftOut: [] };
  }
  const offers = await chooseOffers(reader, found.manifest.manifests, wanted, resolve);
  const images: ImageSource[] = [];
  const leftOut: { digest: Digest; platform: string; reason: string }[] = [];
  let first: Fault | null = null;
  for (const offer of offers.slice(0, mostImages)) {
    try {
      const chosen = await readOffer(reader, offer, resolve);
      images.push(await readImage(content, reader, chosen, null, digest, resolve));
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (!isOfTheImage(fault)) throw fault;
      first ??= fault;
      leftOut.push({ ...nameOf(offer), reason: fault.message });
    }
  }
  const reason = `at most ${mostImages} images of an index are taken`;
  leftOut.push(...offers.slice(mostImages).map((offer) => ({ ...nameOf(offer), reason })));
  if (images.length === 0 && first !== null) throw first;
  return { digest, images, isWanted: true, leftOut };
}

function isWanted(wanted: WantedPlatforms, platform: ImagePlatform): boolean {
  if (wanted === 'all') return platform.os !== 'windows';
  return wanted.some((one) => platformRank(one, platform) !== null);
}

/** Not of the registry, the network or us: another try gives the same. */
function isOfTheImage({ code }: Fault): boolean {
  return code.startsWith('image/') || code === 'registry/not-found';
}

function nameOf({ descriptor, platform }: Awaited<ReturnType<typeof chooseOffers>>[number]) {
  return { digest: descriptor.digest, platform: formatPlatform(platform) };
}
