/** Tags that tools give to what they store beside an image: signatures, attestations, SBOMs (cosign's tag scheme). */
const form = /^sha256-[0-9a-f]{64}(\.(sig|att|sbom))?$/;

export function isCompanionTag(tag: string): boolean {
  return form.test(tag);
}
