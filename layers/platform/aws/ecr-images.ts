import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  type ImageDetail,
  type ImageIdentifier,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr';
import { digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import type { ImageRegistry, RegistryImage } from '../image-registry.ts';
import { callEcr } from './ecr-call.ts';

/** What names a manifest in a repository. */
export type ManifestName = { readonly digest: string } | { readonly tag: string };

/** A manifest by BatchGetImage, or why there is none: ECR's code, as `ImageNotFound` for what is archived too. */
export type ManifestOutcome =
  | {
      readonly kind: 'manifest';
      readonly digest: string;
      readonly tag: string | null;
      readonly mediaType: string;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'missing'; readonly name: ManifestName | null; readonly reason: string };

/** Something stored about an image: a signature, an SBOM, an attestation. */
export interface ImageReferrer {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string;
  readonly size: number;
}

export interface EcrImages extends ImageRegistry {
  /** The manifests of these names, in no order, each once. Their bytes have the digest they are named by. */
  manifests(repository: string, names: readonly ManifestName[]): AsyncGenerator<ManifestOutcome>;
  /** What refers to a manifest; archived referrers are left out. */
  referrers(repository: string, digest: string): AsyncGenerator<ImageReferrer>;
}

export interface EcrImagesOptions {
  readonly client: Pick<ECRClient, 'send'>;
  readonly clock: Clock;
  /** The account whose registry it is, when it is not the client's own. */
  readonly account?: string;
}

/** The most that ECR gives or takes a call. */
const pages = { repositories: 1000, images: 1000, manifests: 100, referrers: 50 } as const;

/** Milliseconds between pages: the quota is the account's, and whoever deploys comes first. */
const pagePause = 100;

/**
 * ECR's API as the catalog needs it, one region and account. Pages are as large as ECR gives them and come as they are
 * read; calls that ECR throttles are made again (callEcr). Needs ecr:DescribeRepositories, ecr:DescribeImages and
 * ecr:BatchGetImage (which allows ListImageReferrers too).
 */
export function ecrImages({ client, clock, account }: EcrImagesOptions): EcrImages {
  const registry = account === undefined ? {} : { registryId: account };
  const call = <T>(doing: string, action: string, resource: string, work: () => Promise<T>) =>
    callEcr(clock, { doing, permission: `ecr:${action}`, resource }, work);

  const paged = async function* <T extends { readonly nextToken?: string | undefined }>(
    ask: (nextToken: string | undefined) => Promise<T>,
  ): AsyncGenerator<T> {
    for (let next: string | undefined, seen = ''; ; ) {
      const page = await ask(next);
      yield page;
      next = page.nextToken;
      if (next === undefined || next === '') return;
      if (next === seen) throw new Fault('registry/failed', 'ECR gives the same page again and again; try again later');
      seen = next;
      await clock.sleep(pagePause);
    }
  };

  const manifests = async function* (
    repository: string,
    names: readonly ManifestName[],
  ): AsyncGenerator<ManifestOutcome> {
    for (let at = 0; at < names.length; at += pages.manifests) {
      if (at > 0) await clock.sleep(pagePause);
      const imageIds = names.slice(at, at + pages.manifests).map(identifierOf);
      const { images, failures } = await call(`Reading manifests of ${repository}`, 'BatchGetImage', repository, () =>
        client.send(
          new BatchGetImageCommand({ ...registry, repositoryName: repository, imageIds, acceptedMediaTypes }),
        ),
      );
      for (const { imageId, imageManifest, imageManifestMediaType } of images ?? [])
        yield manifestOf(repository, imageId, imageManifest, imageManifestMediaType);
      for (const { imageId, failureCode } of failures ?? [])
        yield { kind: 'missing', name: nameOf(imageId), reason: failureCode ?? 'ImageNotFound' };
    }
  };

  return {
    async *listRepositories() {
      const ask = (nextToken: string | undefined) =>
        call('Listing the repositories of ECR', 'DescribeRepositories', "'*'", () =>
          client.send(new DescribeRepositoriesCommand({ ...registry, maxResults: pages.repositories, nextToken })),
        );
      for await (const { repositories } of paged(ask))
        for (const { repositoryName } of repositories ?? []) if (repositoryName !== undefined) yield repositoryName;
    },
    async *describeImages(repository) {
      // Without the filter ECR leaves out what is archived, which would look deleted.
      const asked = {
        ...registry,
        repositoryName: repository,
        maxResults: pages.images,
        filter: { imageStatus: 'ANY' as const },
      };
      const ask = (nextToken: string | undefined) =>
        call(`Listing the images of ${repository}`, 'DescribeImages', repository, () =>
          client.send(new DescribeImagesCommand({ ...asked, nextToken })),
        );
      for await (const { imageDetails } of paged(ask))
        for (const detail of imageDetails ?? [])
          if (detail.imageDigest !== undefined) yield imageOf(detail.imageDigest, detail);
    },
    manifests,
    async *referrers(repository, digest) {
      const asked = {
        ...registry,
        repositoryName: repository,
        subjectId: { imageDigest: digest },
        maxResults: pages.referrers,
      };
      const ask = (nextToken: string | undefined) =>
        call(`Listing what refers to ${digest} in ${repository}`, 'BatchGetImage', repository, () =>
          client.send(new ListImageReferrersCommand({ ...asked, nextToken })),
        );
      for await (const { referrers } of paged(ask))
        for (const { digest, mediaType, artifactType, size } of referrers ?? [])
          if (digest !== undefined)
            yield { digest, mediaType: mediaType ?? '', artifactType: artifactType ?? '', size: size ?? 0 };
    },
  };
}

const acceptedMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

function imageOf(digest: string, detail: ImageDetail): RegistryImage {
  return {
    digest,
    tags: detail.imageTags ?? [],
    pushedAt: detail.imagePushedAt?.getTime() ?? null,
    size: detail.imageSizeInBytes ?? 0,
    mediaType: detail.imageManifestMediaType ?? '',
    artifactType: detail.artifactMediaType ?? '',
    subject: detail.subjectManifestDigest ?? null,
    status:
      detail.imageStatus === 'ARCHIVED' ? 'archived' : detail.imageStatus === 'ACTIVATING' ? 'activating' : 'active',
  };
}

function identifierOf(name: ManifestName): ImageIdentifier {
  return 'digest' in name ? { imageDigest: name.digest } : { imageTag: name.tag };
}

function nameOf(id: ImageIdentifier | undefined): ManifestName | null {
  if (id?.imageDigest !== undefined) return { digest: id.imageDigest };
  return id?.imageTag === undefined ? null : { tag: id.imageTag };
}

function manifestOf(
  repository: string,
  id: ImageIdentifier | undefined,
  text: string | undefined,
  mediaType: string | undefined,
): ManifestOutcome {
  const bytes = Buffer.from(text ?? '');
  const digest = digestOf(bytes);
  if (id?.imageDigest !== undefined && id.imageDigest !== digest)
    throw new Fault(
      'image/digest-mismatch',
      `ECR gave as ${id.imageDigest} of ${repository} a manifest with the digest ${digest}`,
    );
  return { kind: 'manifest', digest, tag: id?.imageTag ?? null, mediaType: mediaType ?? '', bytes };
}
