import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { type Digest, digestHex, digestOf, finishDigest, startDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { isReadableLayer } from '#registry/image/manifest.ts';
import { openLayerBytes } from '#registry/layer-bytes.ts';
import type { ImageSource, SourceLayer } from '#registry/layer-source.ts';
import { type ImageFile, imageTar } from './image-tar.ts';

/** What the image says beyond its base. */
export interface Addition {
  readonly files: readonly ImageFile[];
  readonly workingDir: string;
  readonly command: readonly string[];
  /** Numeric `UID:GID`. */
  readonly user: string;
  readonly version: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

const refName = 'org.opencontainers.image.ref.name';

/**
 * Writes an OCI layout (OCI image-spec, image-layout.md) of one image: the layers of the base as they are, and one layer with the
 * files on top. The same base and files give the same bytes on every machine. A layout that was in the folder is replaced; a folder
 * with anything else in it is `input/invalid`. Throws `image/digest-mismatch` for a base that is damaged.
 */
export async function writeLayout(folder: string, base: ImageSource, addition: Addition): Promise<Digest> {
  await emptyFolder(folder);
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const layers: Descriptor[] = [];
  for (const layer of base.layers) layers.push(await copyLayer(blobs, base, layer));
  const tar = imageTar(addition.files);
  layers.push(await put(blobs, gzip(tar), 'application/vnd.oci.image.layer.v1.tar+gzip'));
  const config = await put(
    blobs,
    json(configOf(base, digestOf(tar), addition)),
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await put(blobs, json({ schemaVersion: 2, mediaType, config, layers }), mediaType);
  const [os, architecture, variant] = base.platform.split('/');
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  const annotations = { [refName]: addition.version };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...manifest, platform, annotations }],
  };
  await writeFile(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  // The last, so that a layout that is not whole is none.
  await writeFile(join(folder, 'index.json'), json(index));
  return manifest.digest;
}

async function emptyFolder(folder: string): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  if (found.length === 0) return;
  if (found.some((name) => !['blobs', 'index.json', 'oci-layout'].includes(name)))
    throw new Fault('input/invalid', `The folder ${folder} holds more than an OCI layout; give another one with --out`);
  for (const name of ['index.json', 'oci-layout', 'blobs'])
    await rm(join(folder, name), { recursive: true, force: true });
}

async function copyLayer(blobs: string, base: ImageSource, layer: SourceLayer): Promise<Descriptor> {
  const { bytes, digest, diffId, size } = layer;
  if (bytes.kind === 'folder' || digest === null || diffId === null || size === null)
    throw new Fault(
      'input/invalid',
      `${base.reference} does not say what its layers are; give an OCI layout or a registry`,
    );
  if (!isReadableLayer(layer.mediaType))
    throw new Fault('image/unsupported', `${base.reference} has a layer of ${layer.mediaType}, which cannot be copied`);
  const hash = startDigest();
  let length = 0;
  const observed = async function* () {
    for await (const piece of openLayerBytes(bytes)) {
      hash.update(piece);
      length += piece.length;
      yield piece;
    }
  };
  await pipeline(observed(), createWriteStream(join(blobs, digestHex(digest))));
  if (finishDigest(hash) !== digest || length !== size)
    throw new Fault('image/digest-mismatch', `layer ${digest} of ${base.reference} was changed or damaged`);
  return { mediaType: ociType(layer.mediaType), digest, size };
}

/** Docker's names of the same things. */
function ociType(mediaType: string): string {
  const [, compression = ''] = /^application\/vnd\.docker\..*\.tar(?:\.(gzip|zstd))?$/.exec(mediaType) ?? [];
  if (mediaType.startsWith('application/vnd.oci.')) return mediaType;
  return `application/vnd.oci.image.layer.v1.tar${compression === '' ? '' : `+${compression}`}`;
}

/** The base's config (OCI image-spec, config.md) with a layer, a command and a user of ours; node is the entry point. */
function configOf(base: ImageSource, diffId: Digest, addition: Addition): object {
  const { raw } = base.config;
  const created = base.config.created ?? '1970-01-01T00:00:00Z';
  const run = (raw['config'] ?? {}) as Readonly<Record<string, unknown>>;
  const rootfs = raw['rootfs'] as { readonly diff_ids: readonly string[] };
  const entry = run['Entrypoint'];
  const isNode = Array.isArray(entry) && entry.length === 1 && /(^|\/)node$/.test(String(entry[0]));
  return {
    created,
    architecture: raw['architecture'],
    ...(raw['variant'] === undefined ? {} : { variant: raw['variant'] }),
    os: raw['os'],
    config: {
      ...(run['Env'] === undefined ? {} : { Env: run['Env'] }),
      Entrypoint: isNode ? entry : ['node'],
      Cmd: addition.command,
      WorkingDir: addition.workingDir,
      User: addition.user,
      // Where all else is read only an engine mounts a volume here, with the rights that the base gives the folder.
      Volumes: { '/tmp': {} },
      Labels: {
        ...((run['Labels'] ?? {}) as object),
        'org.opencontainers.image.title': 'plimsoll',
        'org.opencontainers.image.version': addition.version,
        ...(base.digest === null ? {} : { 'org.opencontainers.image.base.digest': base.digest }),
      },
    },
    rootfs: { type: 'layers', diff_ids: [...rootfs.diff_ids, diffId] },
    history: [
      ...((raw['history'] ?? []) as readonly object[]),
      { created, created_by: `COPY bundles ${addition.workingDir} # plimsoll ${addition.version}` },
    ],
  };
}

async function put(blobs: string, bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await writeFile(join(blobs, digestHex(digest)), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Without time, name and system in its header (RFC 1952, 2.3.1). */
function gzip(bytes: Buffer): Buffer {
  const compressed = gzipSync(bytes, { level: 9 });
  compressed[9] = 255;
  return compressed;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
