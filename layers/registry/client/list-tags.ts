import { Fault } from '#core/fault.ts';
import { registryTags } from '#schema/oci.ts';
import { parseDocument } from '../image/document.ts';
import { isTag } from '../reference.ts';

/** Bytes of one page: some registries know no pages and give all tags at once. */
export const largestPage = 32 * 1024 * 1024;

/** Tags asked for at a time; what comes is the registry's to say. */
const pageSize = 1000;

/** Pages of one list: a registry that goes on for ever is left. */
const mostPages = 2000;

/** A page as it came. */
type ReadPage = (path: string | URL) => Promise<{ readonly response: Response; readonly bytes: Uint8Array }>;

/**
 * The tags of a repository, page by page along the Link headers (OCI distribution-spec 1.1, listing tags). Links are followed at the
 * registry itself, whatever host they name: some registries do not know their own. Throws `registry/failed` for a list without end or one
 * that leads out of the API, and what `read` throws.
 */
export async function* listTags(origin: string, repository: string, read: ReadPage): AsyncGenerator<readonly string[]> {
  const where = `the list of tags of ${new URL(origin).host}/${repository}`;
  const asked = new Set<string>();
  for (let next: string | URL | null = `tags/list?n=${pageSize}`; next !== null; ) {
    if (asked.size === mostPages || asked.has(String(next)))
      throw new Fault('registry/failed', `${where} has no end; tell whoever runs the registry`);
    asked.add(String(next));
    const { response, bytes } = await read(next);
    const { tags } = parseDocument(bytes, registryTags, where).value;
    yield tags.filter(isTag);
    next = nextPage(response.headers.get('link'), origin, repository, where);
  }
}

/** Where the next page is (RFC 8288); null after the last. */
function nextPage(link: string | null, origin: string, repository: string, where: string): URL | null {
  const target = /<([^<>]{1,4096})>\s*;[^,]*\brel="?next"?(?![\w-])/i.exec((link ?? '').slice(0, 8192))?.[1];
  if (target === undefined) return null;
  const base = `${origin}/v2/${repository}/tags/list`;
  if (!URL.canParse(target, base))
    throw new Fault('registry/failed', `${where} goes on at something that is no address`);
  const { pathname, search } = new URL(target, base);
  if (!pathname.startsWith('/v2/'))
    throw new Fault('registry/failed', `${where} goes on outside of the registry's API`);
  return new URL(origin + pathname + search);
}
