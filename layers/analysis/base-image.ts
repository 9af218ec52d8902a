import type { BaseQuestion, KnownBase } from '#catalog/base-image-store.ts';
import { type Digest, digestOf, isDigest } from '#core/digest.ts';
import type { BaseImage, ImageReport } from '#schema/image-report.ts';
import { isObject } from './texts/json-file.ts';

/**
 * The image that this one was built on: as it says itself, else as the longest chain of its layers that is another known image.
 * Where it names a digest, only the layers of that image are counted as the base's: another chain below it belongs to the
 * base's own base. Null when neither tells.
 */
export async function findBaseImage(
  { base: stated, layers }: Pick<ImageReport, 'base' | 'layers'>,
  look: (question: BaseQuestion) => Promise<KnownBase | null>,
): Promise<BaseImage | null> {
  const chains = chainIds(layers.map(({ diffId }) => diffId as Digest)).slice(0, -1);
  const known = chains.length === 0 ? null : await look({ chains, stated: stated?.digest ?? null });
  if (known === null) return stated;
  const { reference, digest, layers: count } = known;
  if (stated === null) return { reference, digest, layers: count, by: 'layers' };
  if (stated.digest !== null && !known.isStated) return stated;
  return { ...stated, reference: stated.reference ?? reference, layers: count };
}

/**
 * What an image says of the one it was built on, in the annotations of its manifest or else the labels of its config
 * (OCI image-spec, annotations.md: `org.opencontainers.image.base.name`, `.digest`). Null when it says nothing that can be understood.
 */
export function statedBase(manifest: string | null, config: Readonly<Record<string, unknown>>): BaseImage | null {
  const container = config['config'];
  const told = [manifest === null ? null : fieldOf(JSON.parse(manifest), 'annotations'), fieldOf(container, 'Labels')];
  for (const texts of told) {
    const reference = nameOf(fieldOf(texts, 'org.opencontainers.image.base.name'));
    const digest = digestIn(fieldOf(texts, 'org.opencontainers.image.base.digest'));
    if (reference !== null || digest !== null) return { reference, digest, layers: null, by: 'annotation' };
  }
  return null;
}

/** The ChainID of the lowest layer, of the two lowest, and so on to that of all (OCI image-spec, config.md). */
export function chainIds(diffIds: readonly Digest[]): readonly Digest[] {
  const chains: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    chains.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chains;
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : null;
}

/** `scratch` is what builders call having none. */
function nameOf(value: unknown): string | null {
  return typeof value === 'string' && referenceForm.test(value) && value !== 'scratch' ? value : null;
}

/** Longer than any reference (255 of the name, 128 of the tag, a digest). */
const referenceForm = /^[\x21-\x7e]{1,512}$/;

function digestIn(value: unknown): Digest | null {
  return typeof value === 'string' && isDigest(value) ? value : null;
}
