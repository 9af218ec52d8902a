import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Digest, digestHex, digestOf } from '#core/digest.ts';
import type { Compression } from '#registry/layer-source.ts';
import { type BuildEntry, tar } from './tar-builder.ts';

/** A layer with its bytes as stored and as a tar. */
export interface BuiltLayer {
  readonly tar: Buffer;
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly diffId: Digest;
  readonly mediaType: string;
}

/** An image or an index: its document, and every blob below it by digest (the document itself too). */
export interface Built {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly tag: string | null;
  /** `os/architecture[/variant]`; null for an index. */
  readonly platform: string | null;
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  /** Digests of what this points to that are documents, not layers: a registry serves them as manifests. */
  readonly manifests: readonly Built[];
}

export interface BuiltImage extends Built {
  readonly config: Buffer;
  readonly configDigest: Digest;
  readonly layers: readonly BuiltLayer[];
}

const suffix: Record<Compression, string> = { none: '', gzip: '+gzip', zstd: '+zstd' };

/** A layer of entries, or of a tar made elsewhere. */
export function layer(
  content: readonly BuildEntry[] | Buffer,
  options: { readonly compression?: Compression; readonly mediaType?: string } = {},
): BuiltLayer {
  const compression = options.compression ?? 'gzip';
  const inflated = Buffer.isBuffer(content) ? content : tar(content);
  const bytes =
    compression === 'gzip' ? gzipSync(inflated) : compression === 'zstd' ? zstdCompressSync(inflated) : inflated;
  return {
    tar: inflated,
    bytes,
    digest: digestOf(bytes),
    diffId: digestOf(inflated),
    mediaType: options.mediaType ?? `application/vnd.oci.image.layer.v1.tar${suffix[compression]}`,
  };
}

/** An image of layers; `config` is laid over the config that is made, `docker` gives docker's media types. */
export function image(options: {
  readonly layers: readonly BuiltLayer[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly platform?: string;
  readonly tag?: string;
  readonly docker?: boolean;
  /** Laid over the manifest that is made. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}): BuiltImage {
  const platform = options.platform ?? 'linux/amd64';
  const docker = options.docker ?? false;
  const config = json({
    created: '2024-01-01T00:00:00Z',
    ...platformFields(platform),
    config: {},
    rootfs: { type: 'layers', diff_ids: options.layers.map(({ diffId }) => diffId) },
    history: options.layers.map((_, i) => ({ created: '2024-01-01T00:00:00Z', created_by: `layer ${i + 1}` })),
    ...options.config,
  });
  const mediaType = docker
    ? 'application/vnd.docker.distribution.manifest.v2+json'
    : 'application/vnd.oci.image.manifest.v1+json';
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: docker ? 'application/vnd.docker.container.image.v1+json' : 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: options.layers.map((built) => ({
      mediaType: built.mediaType,
      digest: built.digest,
      size: built.bytes.length,
    })),
    ...options.manifest,
  });
  const blobs = new Map<Digest, Buffer>([
    [digestOf(bytes), bytes],
    [digestOf(config), config],
    ...options.layers.map((built) => [built.digest, built.bytes] as const),
  ]);
  return {
    digest: digestOf(bytes),
    mediaType,
    bytes,
    tag: options.tag ?? null,
    platform,
    blobs,
    manifests: [],
    config,
    configDigest: digestOf(config),
    layers: options.layers,
  };
}

/** An index of images, or of indexes; `docker` makes it a manifest list. */
export function index(
  images: readonly Built[],
  options: {
    readonly tag?: string;
    readonly docker?: boolean;
    /** Laid over each descriptor. */
    readonly descriptor?: (built: Built) => Readonly<Record<string, unknown>>;
  } = {},
): Built {
  const mediaType =
    options.docker === true
      ? 'application/vnd.docker.distribution.manifest.list.v2+json'
      : 'application/vnd.oci.image.index.v1+json';
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    manifests: images.map((built) => ({
      ...descriptor(built),
      ...(built.platform === null ? {} : { platform: platformFields(built.platform) }),
      ...options.descriptor?.(built),
    })),
  });
  return {
    digest: digestOf(bytes),
    mediaType,
    bytes,
    tag: options.tag ?? null,
    platform: null,
    blobs: new Map([[digestOf(bytes), bytes], ...images.flatMap((built) => [...built.blobs])]),
    manifests: images,
  };
}

/** A manifest that points to something that is no container image (a chart, a signature, ...). */
export function artifact(options: { readonly artifactType?: string; readonly tag?: string } = {}): Built {
  const empty = Buffer.from('{}');
  const bytes = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: options.artifactType ?? 'application/vnd.example.sbom.v1',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(empty), size: empty.length },
    layers: [{ mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(empty), size: empty.length }],
  });
  return {
    digest: digestOf(bytes),
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    bytes,
    tag: options.tag ?? null,
    platform: null,
    blobs: new Map([
      [digestOf(bytes), bytes],
      [digestOf(empty), empty],
    ]),
    manifests: [],
  };
}

/** The files of an OCI layout that holds these images, by path. */
export function ociFiles(images: readonly Built[]): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  files.set('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  files.set(
    'index.json',
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: images.map((built) => ({
        ...descriptor(built),
        ...(built.platform === null ? {} : { platform: platformFields(built.platform) }),
        ...(built.tag === null ? {} : { annotations: { 'org.opencontainers.image.ref.name': built.tag } }),
      })),
    }),
  );
  for (const built of images) {
    for (const [digest, bytes] of built.blobs) files.set(`blobs/sha256/${digestHex(digest)}`, bytes);
  }
  return files;
}

/** Writes an OCI layout as a folder. */
export async function writeOciLayout(folder: string, images: readonly Built[]): Promise<void> {
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  for (const [path, bytes] of ociFiles(images)) await writeFile(join(folder, path), bytes);
}

/** Writes an OCI layout as a tar, compressed when asked for. */
export async function writeOciArchive(
  file: string,
  images: readonly Built[],
  compression: Compression = 'none',
): Promise<void> {
  const entries = [...ociFiles(images)].map(([path, content]) => ({ path, content }));
  await writeFile(file, layer(entries, { compression }).bytes);
}

/** The entries of a docker archive (`docker save`) of these images, tagged `NAME:TAG` each; layers are plain tars. */
export function dockerEntries(images: readonly BuiltImage[]): readonly BuildEntry[] {
  const entries = new Map<string, BuildEntry>();
  const add = (path: string, content: Buffer) => entries.set(path, { path, content });
  for (const built of images) {
    add(`${digestHex(built.configDigest)}.json`, built.config);
    for (const { diffId, tar } of built.layers) add(`${digestHex(diffId)}/layer.tar`, tar);
  }
  const manifest = images.map((built) => ({
    Config: `${digestHex(built.configDigest)}.json`,
    RepoTags: built.tag === null ? null : [built.tag],
    Layers: built.layers.map(({ diffId }) => `${digestHex(diffId)}/layer.tar`),
  }));
  add('manifest.json', json(manifest));
  return [...entries.values()];
}

/** Writes a docker archive. */
export async function writeDockerArchive(
  file: string,
  images: readonly BuiltImage[],
  compression: Compression = 'none',
): Promise<void> {
  await writeFile(file, layer(dockerEntries(images), { compression }).bytes);
}

function descriptor(built: Built) {
  return { mediaType: built.mediaType, digest: built.digest, size: built.bytes.length };
}

function platformFields(platform: string): Record<string, string> {
  const [os, architecture, variant] = platform.split('/');
  return { os: os!, architecture: architecture!, ...(variant === undefined ? {} : { variant }) };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
