import type { Digest } from '#core/digest.ts';
import type { StoredImage, StoredRepository } from './ecr-store.ts';

/** An error of the API by its name. */
export class EcrError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Where an operation works: the registry that was asked for, and what calls can be told of it. */
export interface OperationWorld {
  readonly account: string;
  readonly region: string;
  readonly repositories: Readonly<Record<string, StoredRepository>>;
  /** A presigned address of a layer. */
  downloadUrl(repository: string, digest: string): string;
}

type Input = Readonly<Record<string, unknown>>;

/** What the fake knows of the API of 2015-09-21, with the bounds and defaults of its reference. */
export const operations: Readonly<Record<string, (world: OperationWorld, input: Input) => object>> = {
  DescribeRepositories(world, input) {
    const names = input['repositoryNames'] as readonly string[] | undefined;
    for (const name of names ?? []) repositoryOf(world, name);
    const { page, nextToken } = paginate(names ?? Object.keys(world.repositories).sort(), input, 'all', 1000);
    const { account, region } = world;
    return {
      repositories: page.map((repositoryName) => ({
        repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${repositoryName}`,
        registryId: account,
        repositoryName,
        repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`,
        imageTagMutability: 'MUTABLE',
      })),
      nextToken,
    };
  },
  ListImages(world, input) {
    const { repositoryName, repository } = named(world, input);
    const ids = filtered(repository, input).flatMap((image) => {
      const tags = tagsOf(repository, image.digest);
      const imageDigest = image.digest;
      return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }));
    });
    const { page, nextToken } = paginate(ids, input, repositoryName, 1000);
    return { imageIds: page, nextToken };
  },
  DescribeImages(world, input) {
    const { repositoryName, repository } = named(world, input);
    const ids = input['imageIds'] as readonly ImageId[] | undefined;
    if (ids !== undefined && (input['maxResults'] !== undefined || input['nextToken'] !== undefined))
      throw new EcrError('InvalidParameterException', 'maxResults and nextToken cannot be used with imageIds');
    if (ids !== undefined && ids.length > 100)
      throw new EcrError('InvalidParameterException', "Invalid parameter at 'imageIds': at most 100");
    const images =
      ids === undefined
        ? filtered(repository, input)
        : ids.map((id) => {
            const found = find(repository, id);
            if (typeof found !== 'string') return found;
            throw new EcrError('ImageNotFoundException', `The image with imageId ${JSON.stringify(id)} does not exist`);
          });
    const { page, nextToken } = paginate(images, input, repositoryName, 1000);
    const imageDetails = page.map((image) => ({
      registryId: world.account,
      repositoryName,
      imageDigest: image.digest,
      ...(tagsOf(repository, image.digest).length === 0 ? {} : { imageTags: tagsOf(repository, image.digest) }),
      imageSizeInBytes: image.size,
      imagePushedAt: image.pushedAt / 1000,
      imageManifestMediaType: image.mediaType,
      ...(image.artifactType === null ? {} : { artifactMediaType: image.artifactType }),
      ...(image.subject === null ? {} : { subjectManifestDigest: image.subject }),
      imageStatus: image.status,
    }));
    return { imageDetails, nextToken };
  },
  BatchGetImage(world, input) {
    const { repositoryName, repository } = named(world, input);
    const ids = (input['imageIds'] ?? []) as readonly ImageId[];
    if (ids.length === 0 || ids.length > 100)
      throw new EcrError('InvalidParameterException', "Invalid parameter at 'imageIds': 1 to 100");
    const images: object[] = [];
    const failures: object[] = [];
    for (const imageId of ids) {
      const found = find(repository, imageId);
      if (typeof found === 'string' || found.status !== 'ACTIVE') {
        const failureCode = typeof found === 'string' ? found : 'ImageNotFound';
        failures.push({ imageId, failureCode, failureReason: 'Requested image not found' });
      } else
        images.push({
          registryId: world.account,
          repositoryName,
          imageId: { ...imageId, imageDigest: found.digest },
          imageManifest: found.bytes.toString(),
          imageManifestMediaType: found.mediaType,
        });
    }
    return { images, failures };
  },
  GetDownloadUrlForLayer(world, input) {
    const { repositoryName, repository } = named(world, input);
    const digest = input['layerDigest'] as Digest;
    if (!repository.blobs.has(digest))
      throw new EcrError('LayersNotFoundException', `The layer with digest '${digest}' does not exist`);
    const holders = [...repository.images.values()].filter(({ layers }) => layers.includes(digest));
    if (!holders.some(({ status }) => status === 'ACTIVE'))
      throw new EcrError('LayerInaccessibleException', `The layer '${digest}' is not associated with an image`);
    return { layerDigest: digest, downloadUrl: world.downloadUrl(repositoryName, digest) };
  },
  ListImageReferrers(world, input) {
    const { repositoryName, repository } = named(world, input);
    const subject = (input['subjectId'] as { readonly imageDigest?: string } | undefined)?.imageDigest;
    if (subject === undefined || !repository.images.has(subject as Digest))
      throw new EcrError('ImageNotFoundException', `The image with digest ${subject} does not exist`);
    const filter = (input['filter'] ?? {}) as {
      readonly artifactTypes?: readonly string[];
      readonly artifactStatus?: string;
    };
    const wanted = [...repository.images.values()].filter(
      (image) =>
        image.subject === subject &&
        hasStatus(image, filter.artifactStatus) &&
        (filter.artifactTypes?.includes(image.artifactType ?? '') ?? true),
    );
    const { page, nextToken } = paginate(wanted, input, `${repositoryName} ${subject}`, 50, 20);
    const referrers = page.map(({ digest, mediaType, artifactType, bytes, status }) => ({
      ...{ digest, mediaType, artifactType, size: bytes.length, artifactStatus: status },
    }));
    return { referrers, nextToken };
  },
};

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

function repositoryOf(world: OperationWorld, name: string): StoredRepository {
  const found = Object.hasOwn(world.repositories, name) ? world.repositories[name] : undefined;
  if (found !== undefined) return found;
  throw new EcrError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${world.account}'`,
  );
}

function named(world: OperationWorld, input: Input) {
  const repositoryName = input['repositoryName'];
  if (typeof repositoryName !== 'string' || repositoryName.length < 2)
    throw new EcrError('InvalidParameterException', "Invalid parameter at 'repositoryName'");
  return { repositoryName, repository: repositoryOf(world, repositoryName) };
}

/** What a listing shows: without a filter only what is active. */
function filtered(repository: StoredRepository, input: Input): readonly StoredImage[] {
  const { tagStatus = 'ANY', imageStatus } = (input['filter'] ?? {}) as { tagStatus?: string; imageStatus?: string };
  return [...repository.images.values()].filter((image) => {
    const tagged = tagsOf(repository, image.digest).length > 0;
    return hasStatus(image, imageStatus) && (tagStatus === 'ANY' || tagged === (tagStatus === 'TAGGED'));
  });
}

function hasStatus(image: StoredImage, wanted = 'ACTIVE'): boolean {
  return wanted === 'ANY' || image.status === wanted;
}

function tagsOf(repository: StoredRepository, digest: Digest): readonly string[] {
  return [...repository.tags].filter(([, one]) => one === digest).map(([tag]) => tag);
}

/** The image, or the failure code that says why there is none. */
function find(repository: StoredRepository, { imageDigest, imageTag }: ImageId): StoredImage | string {
  if (imageDigest === undefined && imageTag === undefined) return 'MissingDigestAndTag';
  if (imageDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(imageDigest)) return 'InvalidImageDigest';
  const tagged = imageTag === undefined ? undefined : repository.tags.get(imageTag);
  const image = repository.images.get((imageDigest ?? tagged) as Digest);
  if (image === undefined) return 'ImageNotFound';
  return imageTag === undefined || tagged === image.digest ? image : 'ImageTagDoesNotMatchDigest';
}

/** A page; tokens are opaque and count only for the listing that they come from. */
function paginate<T>(items: readonly T[], input: Input, listing: string, most: number, usual = 100) {
  const size = (input['maxResults'] as number | undefined) ?? usual;
  if (!Number.isInteger(size) || size < 1 || size > most)
    throw new EcrError('InvalidParameterException', `Invalid parameter at 'maxResults': 1 to ${most}`);
  const token = input['nextToken'] as string | undefined;
  const [from, where] =
    token === undefined ? [0, listing] : (JSON.parse(Buffer.from(token, 'base64').toString()) as [number, string]);
  if (where !== listing) throw new EcrError('InvalidParameterException', "Invalid parameter at 'nextToken'");
  const rest = from + size < items.length;
  const nextToken = rest ? Buffer.from(JSON.stringify([from + size, listing])).toString('base64') : undefined;
  return { page: items.slice(from, from + size), nextToken };
}
