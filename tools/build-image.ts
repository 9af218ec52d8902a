import { parseArgs } from 'node:util';
import { finishDigest, startDigest, type Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { version } from '#core/version.ts';
import { openAwsPlatform } from '#platform/aws/aws-platform.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { dockerCredentials, type FindCredentials, firstCredentials } from '#registry/client/credentials.ts';
import { dockerFolder } from '#registry/client/docker-folder.ts';
import { pushImage } from '#registry/client/push-image.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import { openImage, sourceKinds } from '#registry/open-image.ts';
import { parseReference } from '#registry/reference.ts';
import type { OpenWorld } from '#registry/sources/source-kind.ts';
import { layoutFolder } from '#registry/sources/layout-folder.ts';
import { bundleTasks } from './bundle-tasks.ts';
import type { ImageFile } from './image-tar.ts';
import { writeLayout } from './write-layout.ts';

export interface BuildRequest {
  /** An image with node: a reference with its digest, or a layout or archive on this machine. */
  readonly base: string;
  /** Folder of the OCI layout. */
  readonly out: string;
  /** `os/architecture`: that of the tasks. */
  readonly platform: string;
  readonly files: readonly ImageFile[];
  readonly credentials: FindCredentials | null;
}

const folder = 'app';

/**
 * Builds the container image of the tasks without a container engine, and reads all of it again: an image that does not verify is
 * never given. Throws `input/invalid` for a base of a registry without a digest: a tag is another image tomorrow.
 */
export async function buildImage(world: OpenWorld, request: BuildRequest): Promise<Digest> {
  const { base, out, platform, credentials } = request;
  const isLocal = sourceKinds.some(({ prefix }) => base.startsWith(`${prefix}:`));
  if (!isLocal && parseReference(base).digest === null)
    throw new Fault('input/invalid', `The base ${base} is not pinned; write NAME@sha256:...`);
  const options = { limits: defaultLimits, platform, ...(credentials === null ? {} : { credentials }) };
  await using opened = await openImage(world, base, options);
  const digest = await writeLayout(out, opened, {
    files: request.files,
    workingDir: `/${folder}`,
    command: ['analyzer.mjs'],
    user: '1000:1000',
    version,
  });
  await verify(world, out, digest, platform);
  return digest;
}

/** Reads the layout as an image that somebody else made: every layer has its digest, and its diff_id once it is inflated. */
async function verify(world: OpenWorld, out: string, digest: Digest, platform: string): Promise<void> {
  await using image = await openImage(world, `oci:${out}`, { limits: defaultLimits, platform });
  let good = image.digest === digest;
  for (const { bytes, diffId, digest: stored } of image.layers) {
    if (bytes.kind === 'folder') continue;
    const [outer, inner] = [startDigest(), startDigest()];
    const observed = async function* () {
      for await (const piece of openLayerBytes(bytes)) {
        outer.update(piece);
        yield piece;
      }
    };
    for await (const piece of inflate(observed())) inner.update(piece);
    good &&= finishDigest(outer) === stored && finishDigest(inner) === diffId;
  }
  if (!good) throw new Fault('image/digest-mismatch', `the image in ${out} is not what was written; build it again`);
}

const help = `node tools/build-image.ts --base NAME@sha256:... [--out DIR] [--platform OS/ARCH] [--push REFERENCE]

  --base      an image with node 24: NAME@sha256:..., oci:DIR, oci-archive:FILE
  --out       folder of the OCI layout (default dist/image-layout)
  --platform  default linux/arm64, which the tasks run on
  --push      pushes it there: ECR with the AWS credentials of this shell, others with docker's
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      base: { type: 'string' },
      out: { type: 'string', default: 'dist/image-layout' },
      platform: { type: 'string', default: 'linux/arm64' },
      push: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true || values.base === undefined) {
    process.stdout.write(help);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  const world = { clock: systemClock, fetch: systemFetch({ proxies: process.env }) };
  const aws = openAwsPlatform({ log: silentLog, patienceMs: 0 });
  const credentials = firstCredentials(aws.findEcrLogin, dockerCredentials(dockerFolder(process.env)));
  const { base, out, platform } = values;
  const digest = await buildImage(world, { base, out, platform, files: bundleTasks(folder), credentials });
  process.stdout.write(`${digest} ${platform} in ${out}\n`);
  if (values.push === undefined) return;
  const target = parseReference(values.push);
  await pushImage(world, layoutFolder(out), target, { credentials, plainHttp: null, limits: defaultLimits });
  process.stdout.write(`pushed to ${values.push}\n`);
}

if (import.meta.main) {
  await main().catch((thrown: unknown) => {
    const { code, message } = Fault.from(thrown);
    process.stderr.write(`build-image: ${message} (${code})\n`);
    process.exitCode = 2;
  });
}
