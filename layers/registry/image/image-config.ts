import { type Digest, parseDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { ociConfig } from '#schema/oci.ts';
import { parseDocument } from './document.ts';
import type { ImagePlatform } from './image-platform.ts';
import type { ImageConfig } from '../layer-source.ts';

/**
 * Reads an image config (OCI image-spec, config.md; Docker's has the same fields). What it does not say of its platform is
 * taken from `described`, the descriptor in an index, then linux/amd64. Throws `image/corrupt` when it is no config.
 */
export function parseConfig(
  bytes: Uint8Array,
  digest: Digest | null,
  described: ImagePlatform | null,
  where: string,
): { readonly config: ImageConfig; readonly diffIds: readonly Digest[] } {
  const { value, raw } = parseDocument(bytes, ociConfig, where);
  const config: ImageConfig = {
    digest,
    os: value.os || (described?.os ?? 'linux'),
    architecture: value.architecture || (described?.architecture ?? 'amd64'),
    variant: value.variant || (described?.variant ?? null),
    created: value.created ?? null,
    history: value.history.map((step) => ({
      createdBy: step.created_by ?? '',
      created: step.created ?? null,
      emptyLayer: step.empty_layer ?? false,
      comment: step.comment ?? null,
    })),
    raw: raw as Record<string, unknown>,
  };
  return { config, diffIds: value.rootfs.diff_ids.map((id) => parseDiffId(id, where)) };
}

function parseDiffId(text: string, where: string): Digest {
  try {
    return parseDigest(text, where);
  } catch (cause) {
    throw new Fault('image/corrupt', `${where} has a diff_id that is no sha256 digest: '${text.slice(0, 100)}'`, {
      cause,
    });
  }
}
