import { digestHex, digestOf } from '#core/digest.ts';
import type { Platform } from '#platform/platform.ts';

/** Keeps a Dockerfile that came with an image under a key that names its content, and gives the key: `Image.dockerfile`. */
export async function putDockerfile({ blobs }: Pick<Platform, 'blobs'>, content: Uint8Array): Promise<string> {
  const key = `dockerfiles/${digestHex(digestOf(content))}`;
  await blobs.put(key, content);
  return key;
}
