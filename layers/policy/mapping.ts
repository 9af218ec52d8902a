import type { ImageSelection } from '#schema/policy-bundle.ts';
import type { EvaluatedTag } from './evaluated-tag.ts';
import { compilePattern } from './pattern.ts';

/** The image that is evaluated, as mappings and image lists see it. */
export interface SelectedImage extends EvaluatedTag {
  /** Digests under which the image is known: of its manifest, and of the index it came out of. */
  readonly digests: readonly string[];
  /** 64 hex digits of the config's digest; empty when there is none. */
  readonly imageId: string;
}

/**
 * The first of the selections that matches: registry and repository by pattern, and the image by tag pattern, digest or
 * id. Mapping rules and the two image lists use the same form. Throws what a pattern throws.
 */
export function firstSelected<S extends ImageSelection>(selections: readonly S[], image: SelectedImage): S | null {
  return selections.find((selection) => selects(selection, image)) ?? null;
}

function selects(selection: ImageSelection, image: SelectedImage): boolean {
  return (
    matches(selection.registry, image.registry) &&
    repositoryNames(image).some((name) => matches(selection.repository, name)) &&
    selectsImage(selection.image, image)
  );
}

/**
 * Official images of Docker Hub have two names: `alpine`, as bundles of the original say it, which leaves such tags as they were typed,
 * and `library/alpine`, which is what the registry calls it.
 */
function repositoryNames({ registry, repository }: EvaluatedTag): readonly string[] {
  if (registry !== 'docker.io') return [repository];
  const [, official] = /^(?:library\/)?([^/]+)$/.exec(repository) ?? [];
  return official === undefined ? [repository] : [official, `library/${official}`];
}

function selectsImage(wanted: ImageSelection['image'], image: SelectedImage): boolean {
  switch (wanted.type) {
    case 'tag':
      return matches(wanted.value, image.tag);
    case 'digest':
      return image.digests.includes(wanted.value);
    case 'id':
      return image.imageId !== '' && wanted.value.replace(/^sha256:/, '') === image.imageId;
    default:
      return wanted.type satisfies never;
  }
}

/** A pattern that does not compile is refused when the bundle is parsed; here it matches nothing. */
function matches(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  return compiled.kind === 'pattern' && compiled.pattern.matches(text);
}
