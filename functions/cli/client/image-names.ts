import { Fault } from '#core/fault.ts';
import type { ApiClient } from './api-client.ts';
import { type Item, itemsOf, textAt } from './shown.ts';

/** What an image was named by. */
export type ImageName =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'tag'; readonly tag: string };

/** The argument of commands that take an image. */
export const imageArgument = {
  name: 'IMAGE',
  help: 'registry/repository:tag, a digest (sha256:...) or an image id',
} as const;

/** Reads `repo@sha256:...`, `sha256:...`, `sha256%3A...`, `local:...` (digests), 64 hex digits (an id), else a tag. */
export function imageName(text: string): ImageName {
  const digest = /(?:^|@)((?:sha256|local):[0-9a-f]+)$/i.exec(text.replace(/%3a/gi, ':'))?.[1];
  if (digest !== undefined) return { kind: 'digest', digest };
  return /^[0-9a-f]{64}$/i.test(text) ? { kind: 'id', id: text } : { kind: 'tag', tag: text };
}

/** The records of an image, the newest first; of a tag all that it ever pointed to where history is asked for. */
export async function findImages(api: ApiClient, text: string, history = false): Promise<readonly Item[]> {
  const found = itemsOf(await askFor(api, imageName(text), history));
  if (found.length === 0) throw notThere(text);
  return found;
}

/** The digest of an image, asked for where it was named otherwise. */
export async function findDigest(api: ApiClient, text: string): Promise<string> {
  const name = imageName(text);
  if (name.kind === 'digest') return name.digest;
  const [image] = await findImages(api, text);
  const digest = textAt(image, 'imageDigest');
  if (digest === '') throw notThere(text);
  return digest;
}

async function askFor(api: ApiClient, name: ImageName, history: boolean): Promise<unknown> {
  switch (name.kind) {
    case 'digest':
      return await api.get(['images', name.digest], { history: false });
    case 'id':
      return await api.get(['images', 'by_id', name.id], { history: false });
    case 'tag':
      return await api.get(['images'], { fulltag: name.tag, history });
    default:
      return name satisfies never;
  }
}

function notThere(text: string): Fault {
  return new Fault(
    'state/not-found',
    `the server has no image '${text.slice(0, 300)}'; plimsoll image list tells which it has`,
    {
      detail: { httpcode: 404 },
    },
  );
}
