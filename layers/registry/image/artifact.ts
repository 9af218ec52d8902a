import type { OciDescriptor } from '#schema/oci.ts';

/** What says of a manifest that it is no image. */
interface Described {
  readonly artifactType?: string | null | undefined;
  readonly subject?: { readonly digest: string } | null | undefined;
  readonly config: Pick<OciDescriptor, 'mediaType'>;
  readonly layers: readonly Pick<OciDescriptor, 'mediaType'>[];
}

/**
 * What a manifest holds when it is no container image, for people: "a signature of sha256:...", "a Helm chart", "an artifact of type ...".
 * Null for images. Artifacts say what they are by `artifactType` or the media type of their config (OCI image-spec 1.1, manifest.md); what
 * was made before that has the config of an image and layers that are no file system (cosign's signatures, attestations of BuildKit). What
 * has a `subject` is about another manifest.
 */
export function artifactOf({ artifactType, subject, config, layers }: Described): string | null {
  const stated = artifactType || (isImageConfig(config.mediaType) ? '' : config.mediaType);
  const held = layers.length > 0 && !layers.some(({ mediaType }) => isLayer(mediaType)) ? layers[0]!.mediaType : '';
  if (stated === '' && held === '' && subject == null) return null;
  const known = kinds.find(({ form }) => form.test(stated) || form.test(held));
  const what =
    known?.name ?? (stated === '' && held === '' ? 'an artifact' : `an artifact of type ${short(stated || held)}`);
  return subject == null ? what : `${what} of ${short(subject.digest)}`;
}

/** By artifact type, type of the config or of the layers: the table of what tools push beside images. */
const kinds: readonly { readonly form: RegExp; readonly name: string }[] = [
  {
    form: /^application\/vnd\.(dev\.cosign\.(simplesigning|artifact\.sig)|cncf\.notary\.signature)/,
    name: 'a signature',
  },
  { form: /^application\/vnd\.dev\.sigstore\.bundle/, name: 'a signature or attestation' },
  { form: /^application\/(vnd\.in-toto|vnd\.dsse|vnd\.dev\.cosign\.artifact\.(att|intoto))/, name: 'an attestation' },
  {
    form: /^(text\/spdx|application\/(spdx|vnd\.cyclonedx|vnd\.syft|vnd\.dev\.cosign\.artifact\.sbom|sarif))/,
    name: 'an SBOM or report',
  },
  { form: /^application\/vnd\.cncf\.helm\./, name: 'a Helm chart' },
  { form: /^application\/vnd\.(wasm|module\.wasm|bytecodealliance)/, name: 'a WebAssembly module' },
];

/** Old registries gave configs as octet streams. */
function isImageConfig(mediaType: string): boolean {
  return [
    'application/vnd.oci.image.config.v1+json',
    'application/vnd.docker.container.image.v1+json',
    'application/octet-stream',
    '',
  ].includes(mediaType);
}

/** Tars of any compression, foreign and encrypted ones too: an image with layers that are not read is an image. */
function isLayer(mediaType: string): boolean {
  return /^(application\/vnd\.(oci\.image\.layer\.|docker\.(container\.)?image\.rootfs\.)|$)/.test(mediaType);
}

function short(text: string): string {
  return text.slice(0, 200);
}
