import * as z from 'zod';

/** Go writes a list that was never filled as null. */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const optionalText = z.string().nullish();

/** GOOS, GOARCH and their kind: a short word. */
const platformName = z
  .string()
  .max(100)
  .regex(/^\P{Cc}*$/u)
  .nullish();

/** What an image says it runs on (OCI image-spec, image-index.md); both names may be left out or empty. */
const platform = z.object({ os: platformName, architecture: platformName, variant: platformName });

/** OCI image-spec, descriptor.md. The digest is any text: only descriptors that are followed must be sha256. */
export const ociDescriptor = z.object({
  mediaType: z.string().default(''),
  digest: z.string(),
  size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  platform: platform.nullish(),
  artifactType: optionalText,
  annotations: z.record(z.string(), z.string()).nullish(),
});

export type OciDescriptor = z.infer<typeof ociDescriptor>;

/** OCI image index and Docker manifest list. */
export const ociIndex = z.object({
  schemaVersion: z.literal(2),
  mediaType: optionalText,
  manifests: list(ociDescriptor),
});

/** OCI image manifest and Docker manifest, version 2 schema 2. */
export const ociManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: optionalText,
  artifactType: optionalText,
  /** What it is about, where that is another manifest. */
  subject: ociDescriptor.nullish(),
  config: ociDescriptor,
  layers: list(ociDescriptor),
});

/** OCI image-spec, config.md; what is not named here stays in the raw document. */
export const ociConfig = z.object({
  os: platformName,
  architecture: platformName,
  variant: platformName,
  created: optionalText,
  rootfs: z.object({ diff_ids: list(z.string()) }),
  history: list(
    z.object({
      created: optionalText,
      created_by: optionalText,
      empty_layer: z.boolean().nullish(),
      comment: optionalText,
    }),
  ),
});

/** `manifest.json` of a docker archive: one record an image (`docker save`, image spec v1.2). */
export const dockerArchiveManifest = z.array(
  z.object({ Config: z.string(), RepoTags: list(z.string()), Layers: list(z.string()) }),
);

/** What a token server answers (distribution, token authentication); seconds count from when the answer is there. */
export const registryToken = z.object({
  token: optionalText,
  access_token: optionalText,
  expires_in: z.number().nullish(),
});

/** A page of the tags of a repository (OCI distribution-spec, listing tags). */
export const registryTags = z.object({ tags: list(z.string()) });

/** The error list of OCI distribution-spec; only codes are read, messages are the registry's own words. */
export const registryErrors = z.object({ errors: list(z.object({ code: optionalText, message: optionalText })) });

/** `config.json` of docker and `auth.json` of podman, as far as they say how to log in. */
export const dockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: optionalText,
        username: optionalText,
        password: optionalText,
        identitytoken: optionalText,
        registrytoken: optionalText,
      }),
    )
    .nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: optionalText,
});

/** What `docker-credential-NAME get` answers. */
export const helperCredentials = z.object({ Username: z.string(), Secret: z.string() });
