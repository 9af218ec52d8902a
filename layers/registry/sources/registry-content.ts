import { Fault } from '#core/fault.ts';
import { registryClient } from '../client/registry-client.ts';
import type { ImageContent, Root } from '../image/image-content.ts';
import { parseReference } from '../reference.ts';
import type { OpenOptions, OpenWorld } from './source-kind.ts';

/** What a reference to a registry points to, its manifest read, and where all below it is. Layers are streamed when they are read. */
export async function registryContent(
  world: OpenWorld,
  text: string,
  options: Omit<OpenOptions, 'platform'>,
): Promise<{ readonly root: Root; readonly content: ImageContent }> {
  const reference = parseReference(text);
  const { repository, tag, digest } = reference;
  const client = registryClient(world, {
    registry: reference.registry,
    credentials: options.credentials ?? null,
    plainHttp: options.plainHttp === true ? true : null,
    limits: options.limits,
  });
  const asked = digest ?? tag;
  if (asked === null) throw new Fault('input/invalid', `'${text}' names neither tag nor digest`);
  const found = await client.manifest(repository, asked);
  const content: ImageContent = {
    async document(descriptor, kind) {
      if (descriptor.digest === found.digest) return found.bytes;
      if (kind === 'config') return await client.document(repository, descriptor.digest);
      return (await client.manifest(repository, descriptor.digest)).bytes;
    },
    layer: ({ digest, size }) => ({
      kind: 'stream',
      open: async () => client.blob(repository, digest, size),
    }),
  };
  return { root: { mediaType: found.mediaType, digest: found.digest, size: found.bytes.length }, content };
}
