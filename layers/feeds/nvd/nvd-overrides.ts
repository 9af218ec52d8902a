import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import type { TarEntry } from '#registry/tar/tar-stream.ts';
import type { SetAside } from '../advisory.ts';
import { fetchParts, type Part } from '../conditional.ts';
import type { FeedWorld, Mark } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';
import { type Json, object, text } from '../json-fields.ts';

const url = 'https://github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz';

/** 32,000 files with 54 MB. */
const archiveBytes = 2 * 1024 ** 3;
const maxFiles = 500_000;
const fileBytes = 4 * 1024 * 1024;

/** The archive, not read yet. */
export interface NvdOverrides {
  /** False where upstream has what it had at the mark, or nothing at all. */
  readonly changed: boolean;
  /** Upstream has no archive. */
  readonly absent: boolean;
  readonly mark: Mark;
  /** Configurations by CVE, and files that could not be read. Throws `feed/failed`, `network/*`. */
  read(): Promise<{ readonly configurations: Map<string, unknown>; readonly aside: readonly SetAside[] }>;
  cancel(): Promise<void>;
}

/**
 * Corrections of NVD's configurations (https://github.com/anchore/nvd-data-overrides, CC0): for CVEs that NVD has not looked at yet,
 * and for old ones whose products and versions are far too wide. They stand in the place of NVD's.
 */
export async function nvdOverrides(world: FeedWorld, mark: Mark | null): Promise<NvdOverrides> {
  const answer = await fetchParts(world, [url], mark);
  if (answer.kind === 'unchanged') {
    return {
      changed: false,
      absent: false,
      mark: Object.fromEntries(Object.entries(mark ?? {}).filter(([key]) => key.endsWith(` ${url}`))),
      async read() {
        const again = await fetchParts(world, [url], null);
        return await readArchive(again.kind === 'changed' ? (again.parts.get(url) ?? null) : null);
      },
      cancel: async () => {},
    };
  }
  const part = answer.parts.get(url) ?? null;
  return {
    changed: part !== null,
    absent: part === null,
    mark: answer.mark,
    read: () => readArchive(part),
    cancel: async () => await part?.cancel(),
  };
}

async function readArchive(part: Part | null) {
  const configurations = new Map<string, unknown>();
  const aside: SetAside[] = [];
  if (part === null) return { configurations, aside };
  let files = 0;
  for await (const { path, body, size } of filesOf(part)) {
    const name = /(?:^|\/)(CVE-\d{4}-\d{4,19})\.json$/.exec(path)?.[1];
    if (name === undefined) continue;
    if (++files > maxFiles) throw failed(`it has more than ${maxFiles} files`);
    const read = size > fileBytes ? null : object(parsed(await bytesOf(body)));
    const replaced = object(read?.['cve'])?.['configurations'];
    if (read === null) aside.push({ record: `override ${name}`, reason: 'it is no JSON object' });
    else if (Array.isArray(replaced)) configurations.set(idOf(read) ?? name, replaced);
  }
  return { configurations, aside };
}

async function* filesOf(part: Part): AsyncGenerator<TarEntry> {
  const { tarEntries } = await import('#registry/tar/tar-stream.ts');
  try {
    for await (const entry of tarEntries(inflatedPart(part, archiveBytes), defaultLimits)) {
      if (entry.type === 'file' && entry.problem === null) yield entry;
    }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code.startsWith('image/')) throw failed(thrown.message, thrown);
    throw thrown;
  }
}

function failed(problem: string, cause?: Fault): Fault {
  return new Fault('feed/failed', `reading ${url}: ${problem}; try again later`, { cause });
}

function idOf(file: Json): string | null {
  const id = text(object(file['_annotation'])?.['cve_id'], 100);
  return id !== null && /^CVE-\d{4}-\d{4,19}$/.test(id) ? id : null;
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
