import type { Sql } from '#platform/sql.ts';
import { parseReference } from '#registry/reference.ts';
import { findImages } from './image-store.ts';
import { tagImages } from './tag-images-store.ts';

/**
 * What is known of a tag's image stays with the tag when it is pushed again, as in the original: the annotations of the image that the tag
 * of a push points to until then; none for a new tag, and where it points to the pushed digest already.
 */
export async function carriedAnnotations(
  world: { readonly sql: Sql },
  account: string,
  reference: string,
): Promise<Readonly<Record<string, string>>> {
  const { registry, repository, tag, digest } = parseReference(reference);
  if (tag === null) return {};
  const [last] = await tagImages(world, account, { registry, repository, tag }, 1);
  if (last == null || last.digest === digest) return {};
  const [image] = await findImages(world, account, [last.image]);
  return image?.status === 'active' ? image.annotations : {};
}
